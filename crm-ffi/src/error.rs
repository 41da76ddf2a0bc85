//! The error, one variant for each of the library's.

/// Declares the error from the library's list.
macro_rules! errors {
    ($( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => {
        /// An error a caller can act on. `field` says where (a field, table or file; empty when there is no such place) and
        /// `reason` why, in words ready to show; neither ever holds the offending value.
        #[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
        pub enum CrmError {
            $( $(#[doc = $doc])* $variant {
                /// The field or place concerned, or empty.
                field: String,
                /// Why, ready to show.
                reason: String,
            }, )*
        }

        impl From<crm_core::Error> for CrmError {
            fn from(error: crm_core::Error) -> Self {
                let (field, reason) = (error.field().to_owned(), error.reason().to_owned());
                match error.code() {
                    $( $code => Self::$variant { field, reason }, )*
                    _ => Self::Storage { field, reason },
                }
            }
        }

        impl std::fmt::Display for CrmError {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crm_core::pastey::paste! { match self { $( Self::$variant { field, reason } => crm_core::Error::[<$variant:snake>](field, reason).fmt(out), )* } }
            }
        }
    };
}

crm_core::for_error!(errors);

impl std::error::Error for CrmError {}

/// The result of everything that can fail here.
pub type Result<T, E = CrmError> = std::result::Result<T, E>;

impl CrmError {
    pub(crate) fn invalid(field: &str, reason: &str) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }
}
