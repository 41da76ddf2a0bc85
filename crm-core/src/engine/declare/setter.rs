//! Methods that set a field of what a caller gives, one after another.

/// Expands into the method that sets a field, named like it: documentation, name, type in parentheses, and where the field lies when it is not
/// in the struct itself. What may be empty is given as what it holds; texts and lists as anything that becomes one; all else as it is, so that
/// `"2026-01-31".parse()?` and `10` need no type.
macro_rules! setter {
    ($doc:tt $f:ident ($($ty:tt)*)) => { $crate::engine::declare::setter! { $doc $f ($($ty)*) in $f } };
    ($doc:tt $f:ident (String) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @method $doc $f (impl Into<String>) $($place).+ = $f.into() }
    };
    ($doc:tt $f:ident (Option<String>) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @method $doc $f (impl Into<String>) $($place).+ = Some($f.into()) }
    };
    ($doc:tt $f:ident (Option<(String, String)>) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @method $doc $f ((impl Into<String>, impl Into<String>)) $($place).+ = Some(($f.0.into(), $f.1.into())) }
    };
    ($doc:tt $f:ident (Option<$inner:ty>) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @method $doc $f ($inner) $($place).+ = Some($f) }
    };
    ($doc:tt $f:ident (Vec<(String, String)>) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @pairs $doc $f (impl Into<String>) $($place).+ }
    };
    ($doc:tt $f:ident (Vec<(String, $second:ty)>) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @pairs $doc $f ($second) $($place).+ }
    };
    ($doc:tt $f:ident (Named) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @pairs $doc $f (impl Into<$crate::engine::value::Value>) $($place).+ }
    };
    (@pairs $doc:tt $f:ident ($second:ty) $($place:ident).+) => {
        $crate::engine::declare::setter! {
            @method $doc $f (impl IntoIterator<Item = (impl Into<String>, $second)>) $($place).+ =
                $f.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
        }
    };
    ($doc:tt $f:ident (Vec<$inner:ty>) in $($place:ident).+) => {
        $crate::engine::declare::setter! {
            @method $doc $f (impl IntoIterator<Item = impl Into<$inner>>) $($place).+ = $f.into_iter().map(Into::into).collect()
        }
    };
    ($doc:tt $f:ident ($ty:ty) in $($place:ident).+) => {
        $crate::engine::declare::setter! { @method $doc $f ($ty) $($place).+ = $f }
    };
    (@method ($(#[doc = $doc:literal])*) $f:ident ($ty:ty) $($place:ident).+ = $value:expr) => {
        $(#[doc = $doc])*
        #[must_use]
        #[inline]
        #[allow(clippy::useless_conversion)] // Of pairs, not every second is converted.
        pub fn $f(mut self, $f: $ty) -> Self {
            self.$($place).+ = $value;
            self
        }
    };
}
pub(crate) use setter;
