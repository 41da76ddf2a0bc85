//! A CSV file as records: its encoding and delimiter found out, its text decoded, its limits kept, without ever
//! holding more than one row and a buffer.

use super::cells::Cells;
use super::mapping::Plan;
use super::options::Import;
use super::rows::{Cell, MAX_COLUMNS, MAX_ROW, Next, Rows};
use crate::engine::error::{Error, Result};
use crate::engine::value::Value;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv_core::ReadRecordResult;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use std::io::Read;

/// How much of the file is looked at to find its encoding and delimiter.
const SAMPLE: u64 = 1 << 20;
/// How much of it, decoded, is looked at for the delimiter.
const DELIMITER_SAMPLE: usize = 64 << 10;
/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// What files are separated by, the likeliest first.
const DELIMITERS: [u8; 4] = *b",;\t|";
/// Stands for bytes that are wrong in the file's encoding: no UTF-8 text holds it, so its cell is refused.
const BAD: u8 = 0xFF;

pub(super) struct Source<'r> {
    raw: Box<dyn Read + 'r>,
    decoder: Option<Decoder>,
    encoding: &'static Encoding,
    delimiter: u8,
    parser: csv_core::Reader,
    /// Decoded text not yet parsed, from `at` on.
    text: Vec<u8>,
    at: usize,
    ended: bool,
    /// The row: its cells one after another, and where each ends.
    row: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    /// The physical line that is being read.
    reading: u64,
    /// The physical line, counted from 1, on which the row begins.
    line: u64,
    /// Bytes of the file read so far.
    read: u64,
}

impl<'r> Source<'r> {
    pub fn open(mut raw: impl Read + 'r, import: &Import) -> Result<Self> {
        let mut sample = Vec::new();
        raw.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(unreadable)?;
        let whole = (sample.len() as u64) < SAMPLE;
        let bom = Encoding::for_bom(&sample);
        let encoding = match (&import.encoding, bom) {
            (Some(label), _) => Encoding::for_label(label.as_bytes())
                .ok_or_else(|| Error::invalid("encoding", "unknown; expected a name such as utf-8, windows-1250 or utf-16le"))?,
            (None, Some((encoding, _))) => encoding,
            (None, None) => detect(&sample, whole),
        };
        if let Some((_, length)) = bom.filter(|(marked, _)| *marked == encoding) {
            sample.drain(..length);
        }
        let delimiter = match import.delimiter.as_deref() {
            Some(given) => one_byte(given)?,
            None => {
                let start = &sample[..sample.len().min(DELIMITER_SAMPLE)];
                let (text, _) = encoding.decode_without_bom_handling(start);
                find_delimiter(text.as_bytes(), start.len() == sample.len() && whole)
            }
        };
        Ok(Self {
            raw: Box::new(std::io::Cursor::new(sample).chain(raw)),
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling()),
            encoding,
            delimiter,
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: Vec::new(),
            at: 0,
            ended: false,
            row: vec![0; 4096],
            ends: vec![0; MAX_COLUMNS + 2],
            cells: 0,
            reading: 1,
            line: 0,
            read: 0,
        })
    }

    /// Takes the next text in; false at the end of the file.
    fn fill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.at = 0;
        let Some(decoder) = &mut self.decoder else {
            self.text.resize(CHUNK, 0);
            let count = read(&mut self.raw, &mut self.text)?;
            self.text.truncate(count);
            self.read += count as u64;
            self.finish(count == 0);
            return Ok(true);
        };
        let mut raw = [0; CHUNK];
        let count = read(&mut self.raw, &mut raw)?;
        self.read += count as u64;
        let mut rest = &raw[..count];
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(count).unwrap_or(CHUNK * 3));
        self.text.clear();
        loop {
            let (result, used) = decoder.decode_to_string_without_replacement(rest, &mut text, count == 0);
            rest = &rest[used..];
            self.text.extend_from_slice(text.as_bytes());
            text.clear();
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(_, _) => self.text.push(BAD),
            }
        }
        self.finish(count == 0);
        Ok(true)
    }

    /// Ends the last row with a line's end, so that a quote still open shows.
    fn finish(&mut self, ended: bool) {
        if ended {
            self.text.push(b'\n');
            self.ended = true;
        }
    }

    /// The cells of the row.
    pub fn cells(&self) -> Cells<'_> {
        Cells { row: &self.row, ends: &self.ends[..self.cells], one_byte: self.encoding.is_single_byte() }
    }
}

impl Rows for Source<'_> {
    fn headers(&mut self) -> Result<Vec<String>> {
        match self.next()? {
            Next::End => return Err(Error::invalid("file", "the file has no header")),
            Next::Bad(reason) => return Err(Error::invalid("file", format!("the header cannot be read: {reason}"))),
            Next::Row => {}
        }
        let cells = self.cells();
        let headers = (0..cells.len().min(MAX_COLUMNS)).map(|at| cells.text(at).map(|header| header.trim().to_owned()));
        let headers =
            headers.collect::<Option<Vec<_>>>().ok_or_else(|| Error::invalid("encoding", "the header has bytes that do not belong to the encoding"))?;
        if headers.iter().all(String::is_empty) { Err(Error::invalid("file", "the file has no header")) } else { Ok(headers) }
    }

    /// Lines without any text are no rows.
    fn next(&mut self) -> Result<Next> {
        loop {
            match self.text.get(self.at).copied() {
                Some(b'\n') => self.reading += 1,
                Some(b'\r') => {}
                Some(_) => break,
                None if self.fill()? => continue,
                None => return Ok(Next::End),
            }
            self.at += 1;
        }
        self.line = self.reading;
        let (mut length, mut cells, mut problem) = (0, 0, None);
        loop {
            if self.at == self.text.len() && !self.fill()? {
                self.parser.reset();
                return Ok(Next::Bad("a quote is opened and never closed"));
            }
            let (result, used, written, ended) = self.parser.read_record(&self.text[self.at..], &mut self.row[length..], &mut self.ends[cells..]);
            self.reading += self.text[self.at..self.at + used].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.at += used;
            length += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.row.len() < MAX_ROW => self.row.resize((self.row.len() * 2).min(MAX_ROW), 0),
                // The row is read to its end and thrown away.
                ReadRecordResult::OutputFull => (length, problem) = (0, Some("longer than 1 MB; perhaps a quote is never closed")),
                ReadRecordResult::OutputEndsFull => (cells, problem) = (0, Some("more than 1000 columns")),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.cells = cells;
        Ok(match problem {
            Some(problem) => Next::Bad(problem),
            None if cells > MAX_COLUMNS => Next::Bad("more than 1000 columns"),
            None => Next::Row,
        })
    }

    fn cell(&self, at: usize) -> Cell<'_> {
        self.cells().text(at).map_or(Cell::Bad("has bytes that do not belong to the file's encoding"), Cell::Text)
    }

    fn kept(&self) -> Vec<Value> {
        let cells = self.cells();
        (0..cells.len()).map(|at| cells.text(at).unwrap_or_default().into()).collect()
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn read(&self) -> u64 {
        self.read
    }

    fn problem(&self, plan: &Plan<'_>) -> Option<String> {
        plan.width_problem(self.cells())
    }

    fn described(&self) -> (String, String) {
        (self.encoding.name().to_lowercase(), char::from(self.delimiter).to_string())
    }
}

fn read(raw: &mut impl Read, into: &mut [u8]) -> Result<usize> {
    loop {
        match raw.read(into) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            done => return done.map_err(unreadable),
        }
    }
}

pub(super) fn unreadable(error: std::io::Error) -> Error {
    Error::invalid("file", format!("the file cannot be read: {}", error.kind())).caused_by_io(&error)
}

fn one_byte(given: &str) -> Result<u8> {
    match given.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) && !byte.is_ascii_alphanumeric() => Ok(*byte),
        _ => Err(Error::invalid("delimiter", "expected one ASCII character such as `,` or `;`")),
    }
}

/// The encoding that the beginning of a file is in: UTF-8 where that fits, else the likeliest one.
fn detect(sample: &[u8], whole: bool) -> &'static Encoding {
    let utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // The sample may end within a character.
        Err(error) => !whole && error.error_len().is_none(),
    };
    if utf8 {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, whole);
    detector.guess(None, Utf8Detection::Deny)
}

/// The delimiter that gives the most rows as many cells as the header has, and the header the most cells.
fn find_delimiter(text: &[u8], whole: bool) -> u8 {
    const ROWS: usize = 50;
    let score = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
        let mut lengths: Vec<usize> = reader.byte_records().take(ROWS).map_while(|row| row.ok().map(|row| row.len())).collect();
        // The last row of a sample may be cut off.
        if !whole && lengths.len() > 2 && lengths.len() < ROWS {
            lengths.pop();
        }
        let header = lengths.first().copied().unwrap_or(0);
        let alike = lengths.iter().filter(|length| **length == header).count();
        if header > 1 { (alike * 100 / lengths.len(), header) } else { (0, 0) }
    };
    // Of equals the last wins, so the likeliest goes last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}
