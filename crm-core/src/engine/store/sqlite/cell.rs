//! What a column holds, what is bound to a statement, and a row of a result: the library's own types, so that nobody outside needs to
//! know the database's.

use crate::engine::error::{Error, Result};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use std::borrow::Cow;

/// What a column holds, or is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    #[default]
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Blob(Cow<'a, [u8]>),
}

impl Cell<'_> {
    /// The same content as a cell of its own.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(number),
            Self::Real(number) => Cell::Real(number),
            Self::Text(text) => Cell::Text(text.into_owned().into()),
            Self::Blob(bytes) => Cell::Blob(bytes.into_owned().into()),
        }
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What can be bound to a statement.
pub(crate) trait ToCell {
    fn to_cell(&self) -> Cell<'_>;
}

macro_rules! to_cell {
    ($( $ty:ty: |$value:ident| $cell:expr; )*) => { $( impl ToCell for $ty { fn to_cell(&self) -> Cell<'_> { let $value = self; $cell } } )* };
}
to_cell! {
    i64: |number| Cell::Integer(*number);
    bool: |yes| Cell::Integer((*yes).into());
    str: |text| Cell::Text(text.into());
    String: |text| Cell::Text(text.as_str().into());
    [u8; 16]: |bytes| Cell::Blob(bytes.as_slice().into());
    [u8; 32]: |bytes| Cell::Blob(bytes.as_slice().into());
    Cell<'_>: |cell| match cell {
        Cell::Text(text) => Cell::Text(text.as_ref().into()),
        Cell::Blob(bytes) => Cell::Blob(bytes.as_ref().into()),
        Cell::Null => Cell::Null,
        Cell::Integer(number) => Cell::Integer(*number),
        Cell::Real(number) => Cell::Real(*number),
    };
}

impl<T: ToCell + ?Sized> ToCell for &T {
    fn to_cell(&self) -> Cell<'_> {
        (**self).to_cell()
    }
}

impl<T: ToCell> ToCell for Option<T> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, T::to_cell)
    }
}

/// The values of a statement's parameters, in order: an array, a tuple, a vector or a slice.
pub(crate) trait Params {
    fn each(&self, bind: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()>;
}

// An array without elements says nothing of their type, so that arrays are listed by length.
impl Params for [&dyn ToCell; 0] {
    fn each(&self, _: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()> {
        Ok(())
    }
}

macro_rules! arrays {
    ($($length:literal)*) => { $(
        impl<T: ToCell> Params for [T; $length] {
            fn each(&self, bind: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()> { self.iter().try_for_each(|value| bind(value.to_cell())) }
        }
    )* };
}
arrays!(1 2 3 4 5 6 7 8);

impl<T: ToCell> Params for Vec<T> {
    fn each(&self, bind: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()> {
        self.as_slice().each(bind)
    }
}

impl<T: ToCell> Params for &[T] {
    fn each(&self, bind: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()> {
        self.iter().try_for_each(|value| bind(value.to_cell()))
    }
}

macro_rules! tuples {
    ($( ($($T:ident)*) )*) => { $(
        impl<$($T: ToCell),*> Params for ($($T,)*) {
            #[allow(non_snake_case)]
            fn each(&self, bind: &mut dyn FnMut(Cell<'_>) -> Result<()>) -> Result<()> {
                let ($($T,)*) = self;
                $( bind($T.to_cell())?; )*
                Ok(())
            }
        }
    )* };
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// What a cell can be read as.
pub(crate) trait FromCell: Sized {
    /// `None` when the cell holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! from_cell {
    ($( $ty:ty: $pattern:pat => $value:expr; )*) => { $(
        impl FromCell for $ty {
            fn from_cell(cell: Cell<'_>) -> Option<Self> { if let $pattern = cell { Some($value) } else { None } }
        }
    )* };
}
from_cell! {
    i64: Cell::Integer(number) => number;
    bool: Cell::Integer(number) => number != 0;
    String: Cell::Text(text) => text.into_owned();
    Vec<u8>: Cell::Blob(bytes) => bytes.into_owned();
}

impl FromCell for [u8; 32] {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Blob(bytes) = cell { bytes.as_ref().try_into().ok() } else { None }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}

/// A row of a result.
pub(crate) struct ResultRow<'a>(&'a rusqlite::Row<'a>);

impl<'a> ResultRow<'a> {
    pub(super) fn new(row: &'a rusqlite::Row<'a>) -> Self {
        Self(row)
    }

    /// What a column holds, as a type; something else there means a damaged file.
    pub fn get<T: FromCell>(&self, at: usize) -> Result<T> {
        T::from_cell(self.cell(at)?).ok_or_else(|| Error::corrupt("", "a column holds a value of a wrong kind"))
    }

    /// What a column holds, without a copy.
    #[inline(always)] // Millions of cells become columns by it.
    pub fn cell(&self, at: usize) -> Result<Cell<'a>> {
        Ok(match self.0.get_ref(at).map_err(super::error::storage)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).map_err(|_| Error::corrupt("", "a text in the file is not UTF-8"))?.into()),
            ValueRef::Blob(bytes) => Cell::Blob(bytes.into()),
        })
    }

    /// The text of a column without a copy, if it has one.
    pub fn text(&self, at: usize) -> Result<Option<&'a str>> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Text(Cow::Borrowed(text)) => Ok(Some(text)),
            _ => Err(Error::corrupt("", "a column holds a value of a wrong kind")),
        }
    }
}

impl std::fmt::Debug for ResultRow<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ResultRow")
    }
}
