//! Whether the write-ahead log beside a file belongs to it. SQLite takes any: where one of the two was replaced, such as by a backup that was copied back
//! while the log of what came after it was still there, it would mix two pasts without a word.
//!
//! Every commit writes the page with the head of the log, which names the hash of the change set before it, too, and says which file it is. So what the file itself
//! says of its end, without its `-wal`, stands in one of the pages that the `-wal` has for that row, unless it has none.

use crate::engine::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The sizes of the log's own header and of that of a frame, in bytes.
const HEADER: usize = 32;
const FRAME: usize = 24;
/// While others take the log over into the file and begin it anew, it may seem foreign for a moment.
const LOOKS: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(20);

/// A file beside another, called after it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What a file says of itself without the log beside it.
struct Own {
    page: u32,
    identity: Vec<u8>,
    head: Vec<u8>,
}

/// Refuses a log that is of another past than the file.
pub(super) fn check(path: &Path, wal: &Path) -> Result<()> {
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(BETWEEN);
        }
        // What cannot be read, or is of a version that did not say, is left to SQLite.
        let Some(own) = own(path) else { return Ok(()) };
        match belongs(&own, wal) {
            Ok(false) => {}
            Ok(true) | Err(_) => return Ok(()),
        }
    }
    Err(Error::corrupt(
        "path",
        "the log beside the file (`-wal`) is of another past than the file: one of them was replaced; nothing was changed. Put both back as they were, or, if the \
         file is right as it is, move the log away",
    ))
}

/// Reads the file alone.
fn own(path: &Path) -> Option<Own> {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            other => write!(uri, "%{other:02x}").ok()?,
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(uri, flags).ok()?;
    let sql = "select s.rootpage, m.identity, m.head_hash from crm_meta m, sqlite_schema s where s.type = 'table' and s.name = 'crm_meta'";
    conn.query_row(sql, [], |row| Ok(Own { page: row.get(0)?, identity: row.get(1)?, head: row.get(2)? })).ok()
}

/// Whether the log goes on from what the file says of its end. One that has no such page, or whose header says nothing, does no harm.
fn belongs(own: &Own, wal: &Path) -> std::io::Result<bool> {
    match names_its_end(own, wal, Some(own.page))? {
        Some(true) | None => Ok(true),
        // What was brought back from a backup may have the row elsewhere.
        Some(false) => Ok(names_its_end(own, wal, None)? == Some(true)),
    }
}

/// Whether any of the log's pages of this number, or of any, names the file and its end; `None` where it has none.
fn names_its_end(own: &Own, wal: &Path, wanted: Option<u32>) -> std::io::Result<Option<bool>> {
    let mut log = BufReader::new(File::open(wal)?);
    let mut header = [0; HEADER];
    if log.read_exact(&mut header).is_err() {
        return Ok(None);
    }
    let number = |bytes: &[u8]| bytes.try_into().map(u32::from_be_bytes).unwrap_or_default();
    let (page_size, salts) = (number(&header[8..12]) as usize, header[16..24].to_vec());
    if !page_size.is_power_of_two() || !(512..=65_536).contains(&page_size) {
        return Ok(None);
    }
    let (mut frame, mut page, mut any) = ([0; FRAME], vec![0; page_size], None);
    let has = |page: &[u8], bytes: &[u8]| !bytes.is_empty() && page.windows(bytes.len()).any(|window| window == bytes);
    while log.read_exact(&mut frame).is_ok() && frame[8..16] == salts[..] {
        if wanted.is_some_and(|wanted| wanted != number(&frame[0..4])) {
            log.seek_relative(page_size as i64)?;
            continue;
        }
        if log.read_exact(&mut page).is_err() {
            break;
        }
        if has(&page, &own.identity) && has(&page, &own.head) {
            return Ok(Some(true));
        }
        any = Some(false);
    }
    Ok(any)
}
