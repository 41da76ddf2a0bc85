//! What can go wrong, as one list that every binding expands.

use std::fmt;

/// Declares the error once: the enum here, and `for_error!` which hands the list to a binding.
macro_rules! errors {
    ($( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => { errors!{@go ($) $( $(#[doc = $doc])* $variant $code, )*} };
    (@go ($d:tt) $( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => {
        /// An error a caller can act on. Every variant says where (`field`: a field, column, table or
        /// file, empty when there is no such place) and why (`reason`), in words ready to show. Neither
        /// ever holds the offending value, so errors can be logged without leaking data of persons.
        ///
        /// ```
        /// let crm = crm_core::Crm::open(":memory:")?;
        /// let wrong = crm.organizations().find("emploees > 10").unwrap_err();
        /// assert!(wrong.to_string().contains("did you mean `employees`"));
        /// # Ok::<(), crm_core::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Error {
            $( $(#[doc = $doc])* $variant {
                /// The field or place concerned, or empty.
                field: String,
                /// Why, ready to show.
                reason: String,
            }, )*
        }

        impl Error {
            /// The variant's stable name in every language and on every wire, such as `not_found`.
            pub fn code(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $code, )* }
            }

            /// The field, column, table or file concerned; empty when there is none.
            pub fn field(&self) -> &str {
                match self { $( Self::$variant { field, .. } => field, )* }
            }

            /// Why, in words ready to show and free of personal data.
            pub fn reason(&self) -> &str {
                match self { $( Self::$variant { reason, .. } => reason, )* }
            }

            /// The same kind of error, told about another place in other words.
            pub(crate) fn retold(&self, field: String, reason: String) -> Self {
                match self { $( Self::$variant { .. } => Self::$variant { field, reason }, )* }
            }
        }

        /// Hands every error variant, with its doc text and code, to `callback!`; the bindings expand it.
        #[macro_export]
        macro_rules! for_error {
            ($d callback:ident) => { $d callback! { $( $(#[doc = $doc])* $variant $code, )* } };
        }
    };
}

errors! {
    /// No such record, or none that this reader may see.
    NotFound "not_found",
    /// A value, name or argument that cannot be accepted; nothing was written.
    Invalid "invalid",
    /// The acting user lacks the right for this.
    Denied "denied",
    /// Someone else changed the same thing meanwhile, or later changes stand in the way.
    Conflict "conflict",
    /// The record was sent, approved or booked: what it says stays. A revision is a new record that replaces it.
    Sealed "sealed",
    /// Another writer holds the file and did not let go within the busy timeout; try again.
    Busy "busy",
    /// The time limit of the handle ran out.
    TimedOut "timed_out",
    /// The caller cancelled the work; nothing was written.
    Cancelled "cancelled",
    /// The file was opened for reading only.
    ReadOnly "read_only",
    /// The file was written by a newer version of this library; it was not touched.
    NewerFile "newer_file",
    /// The file is no CRM file; it was not touched.
    NotACrmFile "not_a_crm_file",
    /// The file is damaged; it was not touched.
    Corrupt "corrupt",
    /// No room is left on the disk or within the file's size limit; nothing was written.
    Full "full",
    /// The storage failed in a way of its own; the reason says how.
    Storage "storage",
}

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }

    pub(crate) fn not_found(entity: &str) -> Self {
        Self::NotFound { field: entity.into(), reason: format!("no such {entity}, or none you may see") }
    }

    pub(crate) fn denied(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Denied { field: field.into(), reason: reason.into() }
    }

    pub(crate) fn conflict(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Conflict { field: field.into(), reason: reason.into() }
    }

    pub(crate) fn storage(reason: impl Into<String>) -> Self {
        Self::Storage { field: String::new(), reason: reason.into() }
    }

    pub(crate) fn corrupt(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Corrupt { field: field.into(), reason: reason.into() }
    }

    /// An unknown name, with the nearest known one.
    pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let hint = super::text::nearest(name, known).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        Self::invalid(name, format!("unknown {what} `{name}`{hint}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, reason) = (self.field(), self.reason());
        if field.is_empty() || reason.contains(field) { out.write_str(reason) } else { write!(out, "{field}: {reason}") }
    }
}

impl std::error::Error for Error {}
