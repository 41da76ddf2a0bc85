//! The chain that makes the log tamper-evident: SHA-256 over the former hash and everything the change set says.

use sha2::{Digest, Sha256};

/// What a hash is over, in the making.
#[derive(Clone)]
pub(crate) struct Chain(Sha256);

impl Chain {
    pub fn new(former: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(former);
        Self(hash)
    }

    /// One entry of the log; `former` is the digest of the versions that it ended.
    pub fn entry(&mut self, entity: &str, record: i64, last: i64, operation: &str, former: Option<[u8; 32]>) {
        self.text(entity);
        self.0.update(record.to_le_bytes());
        self.0.update(last.to_le_bytes());
        self.text(operation);
        self.0.update(former.unwrap_or_default());
    }

    /// What the change set says of itself; `cause` is left out where it was called for, as it was before causes were kept.
    pub fn finish(mut self, id: i64, at: i64, actor: Option<i64>, label: Option<&str>, undoes: Option<i64>, cause: Option<&str>) -> [u8; 32] {
        for number in [id, at, actor.unwrap_or_default(), undoes.unwrap_or_default()] {
            self.0.update(number.to_le_bytes());
        }
        self.text(label.unwrap_or_default());
        if let Some(cause) = cause {
            self.text(cause);
        }
        self.0.finalize().into()
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }
}
