//! Digests of versions: of what a record says at one time. What is personal and the rest are apart, and the personal half begins with the record's
//! salt, so that it can be taken away with its salt and nothing that stays confirms a guess.

use super::cell::{Cell, ResultRow, ToCell};
use crate::engine::chain::{Hash, Versions};
use crate::engine::error::{Error, Result};
use crate::engine::store::schema::{Digested, Table};
use sha2::{Digest, Sha256};

/// How many bytes a salt has.
pub(crate) const SALT: usize = 16;
/// Most halves are shorter, in bytes.
const USUAL: usize = 512;

/// What a version's digest is over: the hash of what is personal, and the rest as it is.
pub(crate) struct Halves {
    pub personal: Hash,
    rest: Vec<u8>,
}

impl Halves {
    /// The same with another hash in the place of what was personal, where there is one.
    pub fn with_personal(self, personal: Option<Hash>) -> Self {
        Self { personal: personal.unwrap_or(self.personal), ..self }
    }

    /// The digest: over the rest, and the hash of what is personal last.
    pub fn whole(mut self) -> Hash {
        self.rest.extend_from_slice(&self.personal);
        Sha256::digest(&self.rest).into()
    }
}

/// A version of which the personal half was erased.
pub(in crate::engine::store) struct ErasedVersion {
    pub revision: i64,
    /// The change set that erased it.
    pub change_set: i64,
    /// The half of the digest over what is gone.
    pub personal: Hash,
    /// The same half over what is left.
    pub left: Hash,
}

/// The digest of an entry that erased versions of a record.
pub(in crate::engine::store) fn erased_digest<'v>(versions: impl Iterator<Item = &'v ErasedVersion>) -> Option<Hash> {
    let mut digests = Versions::default();
    for ErasedVersion { revision, change_set: _, personal, left } in versions {
        let mut hash = Sha256::new();
        hash.update(revision.to_le_bytes());
        hash.update(personal);
        hash.update(left);
        digests.push(hash.finalize().into());
    }
    digests.finish()
}

/// The digest of what the columns of a record hold, which come in the order of their names. What is empty does not count, so that new columns change
/// no digest.
fn halves<'c>(salt: &[u8], columns: impl Iterator<Item = (&'c Digested, Cell<'c>)>) -> Halves {
    let (mut personal, mut rest) = (Vec::with_capacity(USUAL), Vec::with_capacity(USUAL));
    personal.extend_from_slice(salt);
    for (Digested { name, personal: is_personal, .. }, cell) in columns {
        let (kind, number, bytes): (u8, _, &[u8]) = match &cell {
            Cell::Null => continue,
            Cell::Integer(number) => (1, number.to_le_bytes(), &[]),
            Cell::Real(number) => (2, number.to_le_bytes(), &[]),
            Cell::Text(text) => (3, (text.len() as u64).to_le_bytes(), text.as_bytes()),
            Cell::Blob(bytes) => (4, (bytes.len() as u64).to_le_bytes(), bytes),
        };
        let into = if *is_personal { &mut personal } else { &mut rest };
        into.extend_from_slice(&[kind, name.len() as u8]);
        into.extend_from_slice(name.as_bytes());
        into.extend_from_slice(&number);
        into.extend_from_slice(bytes);
    }
    Halves { personal: Sha256::digest(&personal).into(), rest }
}

impl Table {
    /// The columns that a digest is read from: the salt, then those it is over, under an alias that ends with a dot.
    pub fn digest_list(&self, alias: &str) -> String {
        let columns = self.digested.iter().map(|column| format!(", {alias}\"{}\"", column.name));
        format!("{alias}salt{}", columns.collect::<String>())
    }

    /// The digest of a row that was just added: its id, the moment, and what its columns hold.
    pub fn digest_of_new(&self, salt: &[u8; SALT], (id, at): (i64, i64), cells: &[Cell<'_>]) -> Halves {
        halves(
            salt,
            self.digested.iter().map(|column| {
                let cell = match (column.column, column.name.as_str()) {
                    (Some(place), _) => cells[place].to_cell(),
                    (None, "id") => Cell::Integer(id),
                    (None, "created_at" | "updated_at") => Cell::Integer(at),
                    // A field that is gone has nothing in new rows.
                    (None, _) => Cell::Null,
                };
                (column, cell)
            }),
        )
    }

    /// The digest of a row whose columns from `at` on are those of [`digest_list`](Self::digest_list).
    pub fn digest(&self, row: &ResultRow<'_>, at: usize) -> Result<Halves> {
        digest(&self.digested, row, at)
    }
}

/// The digest of a row whose columns from `at` on are a salt and those that the digest is over.
pub(super) fn digest(columns: &[Digested], row: &ResultRow<'_>, at: usize) -> Result<Halves> {
    let salt = match row.cell(at)? {
        Cell::Blob(salt) => salt.into_owned(),
        Cell::Null => Vec::new(),
        _ => return Err(Error::corrupt("salt", "a column holds a value of a wrong kind")),
    };
    let cells = (0..columns.len()).map(|place| row.cell(at + 1 + place)).collect::<Result<Vec<_>>>()?;
    Ok(halves(&salt, columns.iter().zip(cells)))
}
