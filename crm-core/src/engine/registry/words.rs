//! The first words of dictionaries.

/// A dictionary that a file gets once, with its first words. It is open: users add words, take words out, and may close it.
#[derive(Debug)]
pub(crate) struct Words {
    pub dictionary: &'static str,
    /// What the dictionary is for.
    pub about: &'static str,
    /// Each with what it means, where it means something.
    pub words: &'static [(&'static str, Option<&'static str>)],
}

/// What a first word means, where its declaration says so.
macro_rules! meaning {
    () => {
        None
    };
    ($meaning:ident) => {
        Some(stringify!($meaning))
    };
}
pub(crate) use meaning;
