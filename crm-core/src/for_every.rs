//! The lists of everything that the areas declare, handed to the bindings' macros.

// The lists are expanded in the bindings.
pub use pastey;

/// Goes from area to area with what those before declared of one sort, and hands all of it to a binding's macro.
#[doc(hidden)]
#[macro_export]
macro_rules! of_areas {
    ($what:ident $callback:ident
        below { $($below:ident),* } areas { $($area:ident),* } above { $($above:ident),* }) => {
        // Each area has a macro that knows what it declares.
        $crate::pastey::paste! { $crate::next_area! { [$what $callback] [] $([<area_ $below>])* $([<area_ $area>])* $([<area_ $above>])* } }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! next_area {
    ([$what:ident $callback:ident] [$($known:tt)*]) => { $callback! { $($known)* } };
    ([$what:ident $callback:ident] [$($known:tt)*] $next:ident $($rest:ident)*) => {
        $crate::$next! { $what ($crate::next_area) [$what $callback] [$($known)*] $($rest)* }
    };
}

/// Hands every entity, with its `for_…!`, to `callback!`; the bindings expand it.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_entity {
    ($callback:ident) => {
        $crate::for_every_area! { [$crate::of_areas] entities $callback }
    };
}

/// Hands every closed set of words, with its `for_…!`, to `callback!`; the bindings expand it.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_choice {
    ($callback:ident) => {
        $crate::for_every_area! { [$crate::of_areas] choices $callback }
    };
}

/// Hands every plain outcome, with its `for_…!`, to `callback!`; the bindings expand it.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_outcome {
    ($callback:ident) => {
        $crate::for_every_area! { [$crate::of_areas] outcomes $callback }
    };
}

/// Hands the options of every call, with their `for_…!`, to `callback!`; the bindings expand it.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_options {
    ($callback:ident) => {
        $crate::for_every_area! { [$crate::of_areas] options $callback }
    };
}

/// Hands every call to `callback!`; the bindings expand it. Of each: its documentation, an example in Python, its kind, its name, its name where hosts
/// have another, its arguments (each with what it is lent as and its default), how Rust's parameters come of them, and its result.
#[doc(hidden)]
#[macro_export]
macro_rules! for_every_call {
    ($callback:ident) => {
        $crate::for_every_area! { [$crate::of_areas] calls $callback }
    };
}
