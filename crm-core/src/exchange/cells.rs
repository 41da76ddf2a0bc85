//! The cells of one row of a file.

/// The cells of one row.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub row: &'a [u8],
    pub ends: &'a [usize],
    pub one_byte: bool,
}

impl<'a> Cells<'a> {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell; empty when the row has no such cell.
    pub fn bytes(&self, at: usize) -> &'a [u8] {
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(0) };
        self.ends.get(at).map_or(&[], |end| &self.row[start..*end])
    }

    /// The text of a cell; `None` when its bytes do not belong to the file's encoding.
    pub fn text(&self, at: usize) -> Option<&'a str> {
        let text = std::str::from_utf8(self.bytes(at)).ok()?;
        // Unassigned bytes of the one-byte encodings decode to control characters that no text has.
        let strange = self.one_byte && text.contains(|letter| ('\u{80}'..='\u{9f}').contains(&letter));
        (!strange).then_some(text)
    }

    /// Every text, to be kept beyond the row; bad ones become empty.
    pub fn owned(&self) -> Vec<String> {
        (0..self.len()).map(|at| self.text(at).unwrap_or_default().to_owned()).collect()
    }
}
