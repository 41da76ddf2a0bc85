//! The chain that makes the log tamper-evident: SHA-256 over everything that a change set says, the hash of the one before it last.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// A hash as it is told.
pub(crate) fn in_hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a hash is over, in the making.
#[derive(Clone, Default)]
pub(crate) struct Chain(Sha256);

impl Chain {
    /// One entry of the log; `digest` is over the versions that it brought about.
    pub fn entry(&mut self, entity: &str, (first, last): (i64, i64), operation: &str, digest: Option<Hash>) {
        self.text(entity);
        self.0.update(first.to_le_bytes());
        self.0.update(last.to_le_bytes());
        self.text(operation);
        self.0.update(digest.unwrap_or_default());
    }

    /// What the change set says of itself, and the hash of the one before it.
    pub fn finish(mut self, set: &Said<'_>, former: &[u8]) -> Hash {
        let Said { id, at, actor, undoes, label, cause } = set;
        for number in [*id, *at, actor.unwrap_or_default(), undoes.unwrap_or_default()] {
            self.0.update(number.to_le_bytes());
        }
        self.text(label.unwrap_or_default());
        self.text(cause.unwrap_or_default());
        self.0.update(former);
        self.0.finalize().into()
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }
}

/// What a change set says of itself.
pub(crate) struct Said<'a> {
    pub id: i64,
    pub at: i64,
    pub actor: Option<i64>,
    pub undoes: Option<i64>,
    pub label: Option<&'a str>,
    pub cause: Option<&'a str>,
}

/// The digest of the versions of an entry: of one it is that version's own, of several it is over theirs, in the order of their ids.
#[derive(Clone, Default)]
pub(crate) struct Versions {
    only: Option<Hash>,
    several: bool,
    all: Sha256,
}

impl Versions {
    pub fn push(&mut self, digest: Hash) {
        self.several = self.only.is_some();
        self.only = Some(digest);
        self.all.update(digest);
    }

    /// None where there are no versions.
    pub fn finish(self) -> Option<Hash> {
        let Self { only, several, all } = self;
        if several { Some(all.finalize().into()) } else { only }
    }
}
