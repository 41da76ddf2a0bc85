//! What a caller says about an import, and what the import tells afterwards.

use crate::engine::declare::{ChangeSetId, options, outcome};
use crate::engine::money::Currency;
use crate::engine::value::Named;
use rust_decimal::Decimal;

options! {
    /// How a CSV file or a data frame becomes records. The default detects encoding and delimiter, maps columns by their headers and adds
    /// every row as a new record.
    ///
    /// Limits: a row has at most 1 MB and 1,000 columns; a row must have as many columns as the header.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Import as for_import {
        /// Column and field; a column may fill several fields. Empty: each column whose header is the name of a field,
        /// whatever its case, spaces and underscores; a reference also without its `_id`.
        ///
        /// A cell of a column mapped to a reference (`("account", "organization_id")`) names the record it refers to, by
        /// the first of these that fits: its title without regard to case and spaces, an alias, its key in the system
        /// of `external`. In a column whose header is the field's own name (`organization_id`), whole numbers are ids.
        /// `organization_id.id` takes ids only, `product_id.code` finds the record by that field. Where several records
        /// have the name, the one that belongs to what the row already refers to is meant, such as the stage of the
        /// row's process; if that does not decide, the row fails. A record may refer to one that comes later in
        /// the same file. `annual_revenue_currency` is the currency of `annual_revenue`.
        pub mapping: Vec<(String, String)>,
        /// The fields by which an existing record is found and then updated; text without regard to case and spaces.
        /// Empty: every row is new. `id` alone means the record's id. A row whose key is empty, or that several records
        /// have, fails. Key fields themselves stay as they are in the record.
        pub key: Vec<String>,
        /// Another system and the column with its keys: the record known by the key there is updated. If there is none,
        /// one found by `key`, or a new one, becomes known by it.
        pub external: Option<(String, String)>,
        /// Values that new records get in fields that the file leaves empty.
        pub defaults: Named,
        /// The currency of amounts written without one.
        pub currency: Option<Currency>,
        /// Columns of numbers or money, and what their numbers are multiplied by: 1,000,000 for a revenue in millions.
        pub scale: Vec<(String, Decimal)>,
        /// The delimiter, one ASCII character; found out among `,` `;` tab `|` when left out.
        pub delimiter: Option<String>,
        /// The encoding by its WHATWG name, such as `windows-1250`; found out when left out.
        pub encoding: Option<String>,
        /// What separates the thousands in numbers. When left out, a number with separators is a mistake.
        pub thousands: Option<String>,
        /// Numbers have a decimal comma.
        pub decimal_comma: bool,
        /// How days and moments are written, such as `%d.%m.%Y` or `%m/%d/%Y %H:%M`; ISO 8601 when left out. Times
        /// without a zone are UTC.
        pub date_format: Option<String>,
        /// Drops white space around every cell.
        pub trim: bool,
        /// An empty cell empties the field of the record it updates; otherwise the record keeps what it has.
        pub clear_empty: bool,
        /// The first row that fails ends the import, and nothing is written.
        pub strict: bool,
        /// How many failed rows are listed (1,000); further ones are only counted.
        pub max_errors: i64,
        /// Does everything but keep it.
        pub dry_run: bool,
    }
}

impl Default for Import {
    fn default() -> Self {
        Self {
            mapping: Vec::new(),
            key: Vec::new(),
            external: None,
            defaults: Named::new(),
            currency: None,
            scale: Vec::new(),
            delimiter: None,
            encoding: None,
            thousands: None,
            decimal_comma: false,
            date_format: None,
            trim: false,
            clear_empty: false,
            strict: false,
            max_errors: 1_000,
            dry_run: false,
        }
    }
}

outcome! {
    /// What an import did, or would do.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Imported as for_imported {
        /// The change set, to be undone with [`Crm::undo`](crate::Crm::undo); `None` when nothing changed.
        pub change_set: Option<ChangeSetId>,
        /// Rows of the file without the header: the sum of the next four.
        pub rows: i64,
        /// Records added.
        pub added: i64,
        /// Records changed.
        pub updated: i64,
        /// Rows that say what the record already says.
        pub unchanged: i64,
        /// Rows that could not be taken.
        pub failed: i64,
        /// Why rows failed, in the order of the file, at most as many as asked for.
        pub errors: Vec<RowError>,
        /// Values of pick-list fields that the dictionary does not hold, the most frequent first; at most 1,000.
        pub suspects: Vec<Suspect>,
        /// What was allowed but deserves a look.
        pub warnings: Vec<String>,
        /// The encoding the file was read in; empty for a frame.
        pub encoding: String,
        /// The delimiter it was read with; empty for a frame.
        pub delimiter: String,
        /// Column and field, as used.
        pub mapping: Vec<(String, String)>,
        /// Columns that were left out.
        pub unmapped: Vec<String>,
    }
}

outcome! {
    /// Why a row could not be taken; free of the row's values.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RowError as for_row_error {
        /// The line of the file on which the row begins, counted from 1 as editors do; the row of a frame, counted from 0.
        pub line: i64,
        /// The header of the column concerned, or the field, or empty.
        pub column: String,
        /// The [code](crate::Error::code) of the error.
        pub code: String,
        /// Why, ready to show.
        pub reason: String,
    }
}

outcome! {
    /// A word that its dictionary does not hold: a new one, or a mistake.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Suspect as for_suspect {
        /// The field.
        pub field: String,
        /// The word in the file.
        pub value: String,
        /// How many rows have it.
        pub count: i64,
        /// The line of the first of them.
        pub line: i64,
        /// The word of the dictionary that may be meant.
        pub nearest: Option<String>,
    }
}

outcome! {
    /// How an import would read a file.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct CsvPreview as for_csv_preview {
        /// The encoding given or found.
        pub encoding: String,
        /// The delimiter given or found.
        pub delimiter: String,
        /// The headers.
        pub columns: Vec<String>,
        /// Column and field, as they would be used.
        pub mapping: Vec<(String, String)>,
        /// Columns that would be left out.
        pub unmapped: Vec<String>,
        /// Required fields that neither a column nor a default fills.
        pub missing: Vec<String>,
        /// The first 20 rows.
        pub rows: Vec<Vec<String>>,
        /// Rows among these that cannot be read; a cell that cannot be decoded is shown empty.
        pub errors: Vec<RowError>,
    }
}
