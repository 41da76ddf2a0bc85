//! The first words of dictionaries.

/// A dictionary that a file gets once, with its first words. It is open: users add words, take words out, and may close it.
#[derive(Debug)]
pub(crate) struct Words {
    pub dictionary: &'static str,
    /// What the dictionary is for.
    pub about: &'static str,
    pub words: &'static [&'static str],
}
