//! What can go wrong, as one list that every binding expands.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use std::io;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// Declares the error once: the enum here, with `thiserror`, and `for_error!` which hands the list to a binding.
macro_rules! errors {
    ($( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => { errors!{@go ($) $( $(#[doc = $doc])* $variant $code, )*} };
    (@go ($d:tt) $( $(#[doc = $doc:literal])* $variant:ident $code:literal, )*) => {
        /// An error a caller can act on. Every variant says where (`field`: a field, column, table or
        /// file, empty when there is no such place) and why (`reason`), in words ready to show. Neither
        /// ever holds the offending value, so errors can be logged without leaking data of persons. Where the
        /// operating system or the database failed, [`source`](std::error::Error::source) leads to their own error.
        ///
        /// Two errors are equal when they say the same, whatever caused them.
        ///
        /// ```
        /// let crm = crm_core::Crm::open(":memory:")?;
        /// let wrong = crm.organizations().find("emploees > 10").unwrap_err();
        /// assert!(wrong.to_string().contains("did you mean `employees`"));
        /// assert_eq!(crm_core::Error::invalid("name", "is required").to_string(), "name: is required");
        /// # Ok::<(), crm_core::Error>(())
        /// ```
        #[derive(Clone, Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum Error {
            $( $(#[doc = $doc])*
            #[error("{}", Told(.field, .reason))]
            #[non_exhaustive]
            $variant {
                /// The field or place concerned, or empty.
                field: String,
                /// Why, ready to show.
                reason: String,
                /// The error below this one, if there is one.
                #[source]
                cause: Option<Cause>,
            }, )*
        }

        pastey::paste! { impl Error {
            $( #[doc = "An error of the kind [`" $variant "`](Error::" $variant ")."]
            pub fn [<$variant:snake>](field: impl Into<String>, reason: impl Into<String>) -> Self {
                Self::$variant { field: field.into(), reason: reason.into(), cause: None }
            } )*
        } }

        impl Error {
            /// The names of all variants, in order.
            pub(crate) const CODES: &'static [&'static str] = &[$($code),*];

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

            /// The same kind of error, with the same cause, told about another place in other words.
            pub(crate) fn retold(&self, field: String, reason: String) -> Self {
                match self { $( Self::$variant { cause, .. } => Self::$variant { field, reason, cause: cause.clone() }, )* }
            }

            fn cause_mut(&mut self) -> &mut Option<Cause> {
                match self { $( Self::$variant { cause, .. } => cause, )* }
            }
        }

        /// Hands every error variant, with its doc text and code, to `callback!`; the bindings expand it.
        #[doc(hidden)]
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
    /// The file was written by an earlier version of this library, and the way of opening it leaves it as it is; it was not touched.
    OlderFile "older_file",
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
    pub(crate) fn no_such(entity: &str) -> Self {
        Self::not_found(entity, format!("no such {entity}, or none you may see"))
    }

    /// An unknown name, with the nearest known one.
    pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let hint = super::text::nearest(name, known).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        Self::invalid(name, format!("unknown {what} `{name}`{hint}"))
    }

    /// This error, caused by another, which must hold no value and no path: whoever logs an error logs its causes, too.
    pub(crate) fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        *self.cause_mut() = Some(Cause(Arc::new(Box::new(cause))));
        self
    }

    /// This error, caused by one of the operating system. Only its number or kind is kept, since what wraps such an error may
    /// have put a path or a part of a file into it.
    pub(crate) fn caused_by_io(self, cause: &io::Error) -> Self {
        self.caused_by(cause.raw_os_error().map_or_else(|| cause.kind().into(), io::Error::from_raw_os_error))
    }

    /// The error that one of the operating system becomes: what could not be done, and why.
    pub(crate) fn io(failed: &str, cause: &io::Error) -> Self {
        Self::storage("", format!("{failed}: {}", cause.kind())).caused_by_io(cause)
    }
}

/// The error below an [`Error`], free of personal data: an [`io::Error`], or one of the database.
///
/// ```
/// # use crm_core::*;
/// use std::error::Error as _;
/// let error = Crm::open_with("/nowhere/acme.crm", Options::new().create(false)).unwrap_err();
/// assert!(matches!(error, Error::NotFound { .. }));
/// let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
/// assert_eq!(cause, Some(std::io::ErrorKind::NotFound));
/// ```
// Boxed within the `Arc`, so that it takes one word of every `Result`.
#[derive(Clone)]
pub struct Cause(Arc<Box<dyn std::error::Error + Send + Sync>>);

// What is below is never changed, so that a panic leaves nothing half done in it.
impl UnwindSafe for Cause {}
impl RefUnwindSafe for Cause {}

impl fmt::Debug for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self.0, out)
    }
}

// By way of this, and since a `Cause` is no error itself, `source()` gives the cause rather than what holds it.
impl Deref for Cause {
    type Target = dyn std::error::Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &**self.0
    }
}

// By hand, because causes do not count: many cannot be compared, and two callers who are told the same have the same error.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        (self.code(), self.field(), self.reason()) == (other.code(), other.field(), other.reason())
    }
}

impl Eq for Error {}

/// `code`, `field` and `reason`. The cause is for those who are in the same process.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut error = out.serialize_struct("Error", 3)?;
        error.serialize_field("code", self.code())?;
        error.serialize_field("field", self.field())?;
        error.serialize_field("reason", self.reason())?;
        error.end()
    }
}

/// How an error is told: the place before the reason, unless the reason names it.
struct Told<'a>(&'a str, &'a str);

impl fmt::Display for Told<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(field, reason) = self;
        if field.is_empty() || reason.contains(field) { out.write_str(reason) } else { write!(out, "{field}: {reason}") }
    }
}
