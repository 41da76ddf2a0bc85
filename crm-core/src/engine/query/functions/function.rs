//! What is declared of a function.

/// One function, or several that differ by little.
pub(crate) struct Function {
    pub names: &'static [&'static str],
    /// Its arguments as they are shown; those in brackets may be left out.
    pub arguments: &'static str,
    /// What it gives.
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub about: &'static str,
    /// A call of it, and what that gives.
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub example: (&'static str, &'static str),
    pub reach: Reach,
}

/// Where a function may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In filters, formulas and `sql()`.
    Everywhere,
    /// In filters alone.
    Filters,
    /// In `sql()` alone.
    Sql,
    /// In `sql()` alone, and only a file has it: SQLite's own.
    File,
}

/// Functions that belong together.
pub(crate) struct Section {
    #[allow(dead_code)] // It is read by the test that writes the page.
    pub title: &'static str,
    pub functions: &'static [Function],
}

pub(super) const fn function(
    reach: Reach,
    names: &'static [&'static str],
    arguments: &'static str,
    about: &'static str,
    example: &'static str,
    gives: &'static str,
) -> Function {
    Function { names, arguments, about, example: (example, gives), reach }
}
