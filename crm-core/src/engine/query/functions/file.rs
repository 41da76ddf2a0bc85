//! Functions that SQLite has and other engines have not, or not so.

use super::Reach::File;
use super::{Section, function};

pub(super) const SECTIONS: &[Section] = &[
    Section {
        title: "SQLite: days and moments",
        functions: &[
            function(
                File,
                &["date", "time", "datetime"],
                "x [, change, ...]",
                "A day, a time of day, or both, in UTC. A moment of a field is milliseconds: `datetime(created_at / 1000, 'unixepoch')`.",
                "date('2026-03-31', '-1 month', 'start of month')",
                "2026-02-01",
            ),
            function(File, &["strftime"], "format, x [, change, ...]", "A day or a moment in a form of one's own.", "strftime('%Y/%m', '2026-03-02')", "2026/03"),
            function(File, &["unixepoch"], "x [, change, ...]", "Seconds since 1970.", "unixepoch('2026-03-02')", "1772409600"),
            function(File, &["julianday"], "x [, change, ...]", "Days since noon in 4714 BC, with their fraction.", "julianday('2026-03-02') - julianday('2026-03-01')", "1"),
            function(File, &["timediff"], "a, b", "What to add to b to come to a.", "timediff('2026-03-02', '2026-02-01')", "+0000-01-01 00:00:00.000"),
            function(
                File,
                &["current_date", "current_time", "current_timestamp"],
                "",
                "The computer's clock in UTC; `now()` and `today()` are those of the handle.",
                "length(current_date)",
                "10",
            ),
        ],
    },
    Section {
        title: "SQLite: texts",
        functions: &[
            function(File, &["instr"], "x, part", "Where a part begins in a text, from 1 on; 0 where it is not.", "instr('abc', 'c')", "3"),
            function(File, &["substring"], "x, from [, length]", "`substr` under another name.", "substring('abcdef', 2, 3)", "bcd"),
            function(File, &["concat", "concat_ws"], "x [, ...]", "Texts in one, empty ones left out; the first of `concat_ws` stands between.", "concat_ws('-', 'a', null, 'b')", "a-b"),
            function(File, &["format", "printf"], "format [, x, ...]", "Values in a form of one's own.", "format('%.2f %s', 1.5, 'EUR')", "1.50 EUR"),
            function(File, &["like", "glob"], "pattern, x", "Whether a text is like a pattern: the operators as functions.", "like('a%', 'Acme')", "1"),
            function(File, &["char", "unicode"], "n [, ...]", "Characters by their numbers; the number of the first character.", "char(65, 66)", "AB"),
            function(File, &["unistr", "unistr_quote"], "x", "A text in which `\\u00e9` stands for a character; a text as SQL writes it so.", "unistr('\\u00e9')", "é"),
            function(File, &["soundex"], "x", "How an English word sounds, in four letters.", "soundex('Robert')", "R163"),
            function(File, &["quote"], "x", "A value as SQL writes it.", "quote('it''s')", "'it''s'"),
            function(File, &["hex", "unhex"], "x", "Bytes in hexadecimal digits, and back.", "hex('AB')", "4142"),
            function(File, &["octet_length"], "x", "How many bytes a text has.", "octet_length('é')", "2"),
            function(File, &["typeof"], "x", "What a value is: integer, real, text, blob or null.", "typeof(1.5)", "real"),
        ],
    },
    Section {
        title: "SQLite: numbers, choices, groups",
        functions: &[
            function(File, &["ifnull"], "x, y", "`coalesce` of two.", "ifnull(null, 3)", "3"),
            function(File, &["iif", "if"], "condition, x [, y]", "One value where the condition holds, else the other.", "iif(1 < 2, 'yes', 'no')", "yes"),
            function(File, &["sign"], "x", "1, 0 or -1.", "sign(-7)", "-1"),
            function(File, &["random"], "", "Any whole number.", "typeof(random())", "integer"),
            function(File, &["likely", "unlikely"], "x", "The value itself; a hint how often it holds.", "likely(1)", "1"),
            function(File, &["likelihood"], "x, share", "The value itself; a hint how often it holds.", "likelihood(1, 0.5)", "1"),
            function(File, &["total"], "x", "The sum as a number with a fraction; 0 for an empty group.", "(select total(column1) from (values (1), (2)))", "3"),
            function(
                File,
                &["group_concat"],
                "x [, separator]",
                "The texts of a group in one, with commas where nothing is said.",
                "(select group_concat(column1) from (values ('a'), ('b')))",
                "a,b",
            ),
            function(File, &["sqlite_version"], "", "Which SQLite it is.", "sqlite_version() like '3.%'", "1"),
        ],
    },
    Section {
        title: "SQLite: JSON",
        functions: &[
            function(
                File,
                &["json_extract"],
                "json, path [, ...]",
                "A part of a JSON text, as `->>` gives it; `json_each` and `json_tree` after `from` give all parts.",
                "json_extract('{\"a\":[5,6]}', '$.a[1]')",
                "6",
            ),
            function(File, &["json", "json_pretty", "json_quote"], "json", "A JSON text without white space, with it, and a value as JSON.", "json('{ \"a\": 1 }')", "{\"a\":1}"),
            function(File, &["json_array", "json_object"], "[x, ...]", "JSON of values; names and values.", "json_object('a', 1)", "{\"a\":1}"),
            function(File, &["json_array_length"], "json [, path]", "How many elements an array has.", "json_array_length('[1,2,3]')", "3"),
            function(File, &["json_type"], "json [, path]", "What a part of a JSON text is.", "json_type('[1]')", "array"),
            function(File, &["json_valid", "json_error_position"], "x", "Whether a text is JSON, and where it stops being it.", "json_valid('[1')", "0"),
            function(
                File,
                &["json_set", "json_insert", "json_replace", "json_array_insert", "json_remove", "json_patch"],
                "json, path [, x, ...]",
                "A JSON text with parts set, added, replaced, removed, or merged with another.",
                "json_set('{\"a\":1}', '$.a', 2)",
                "{\"a\":2}",
            ),
            function(
                File,
                &["json_group_array", "json_group_object"],
                "x [, y]",
                "A group as one JSON array, or as an object of names and values.",
                "(select json_group_array(column1) from (values (1), (2)))",
                "[1,2]",
            ),
            function(
                File,
                &[
                    "jsonb", "jsonb_array", "jsonb_object", "jsonb_extract", "jsonb_set", "jsonb_insert", "jsonb_replace", "jsonb_array_insert", "jsonb_remove", "jsonb_patch",
                    "jsonb_group_array", "jsonb_group_object",
                ],
                "...",
                "The same in SQLite's binary form, for use within an expression.",
                "json(jsonb('[1]'))",
                "[1]",
            ),
        ],
    },
];
