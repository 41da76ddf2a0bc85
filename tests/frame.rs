//! Import of data frames: the same import as that of CSV files, for columns that have types already (B4, I1).

use crate::support::*;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, RecordBatch, RecordBatchIterator,
    RecordBatchReader, StringArray, StringViewArray, TimestampMicrosecondArray, UInt64Array, types::Int8Type,
};
use chrono::NaiveDate;
use crm_core::*;
use proptest::prelude::*;
use std::sync::Arc;

/// Batches of one row each, as a stream may bring them.
fn frame(columns: Vec<(&str, ArrayRef)>) -> impl RecordBatchReader {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap();
    let schema = batch.schema();
    let rows: Vec<_> = (0..batch.num_rows()).map(|row| Ok(batch.slice(row, 1))).collect();
    RecordBatchIterator::new(rows, schema)
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn how(pairs: &[(&str, &str)]) -> Import {
    Import::new().mapping(pairs.iter().copied())
}

#[test]
fn typed_columns_become_the_fields_they_mean() {
    let crm = memory();
    let mut import =
        how(&[("account", "name"), ("since", "founded"), ("staff", "employees"), ("revenue", "annual_revenue"), ("cur", "annual_revenue_currency")]);
    import.scale = vec![("revenue".into(), 1_000.into())];
    let columns = || {
        vec![
            ("account", Arc::new(StringViewArray::from(vec!["Acme", "Birch"])) as ArrayRef),
            ("since", Arc::new(Float64Array::from(vec![Some(1996.0), Some(f64::NAN)])) as ArrayRef),
            ("staff", Arc::new(UInt64Array::from(vec![Some(120), None])) as ArrayRef),
            ("revenue", Arc::new(Decimal128Array::from(vec![Some(12_345), None]).with_precision_and_scale(10, 3).unwrap()) as ArrayRef),
            ("cur", Arc::new(DictionaryArray::<Int8Type>::from_iter([Some("EUR"), None])) as ArrayRef),
        ]
    };
    let mut told = Vec::new();
    let done = crm.import_frame("organization", frame(columns()), Some(2), &import, &mut |done, of| told.push((done, of))).unwrap();
    assert_eq!((done.rows, done.added, done.failed), (2, 2, 0));
    assert_eq!(told, [(2, Some(2))]);
    let acme = &crm.organizations().find("name = 'Acme'").unwrap()[0];
    assert_eq!((acme.founded, acme.employees, acme.annual_revenue), (Some(1996), Some(120), Some("12345 EUR".parse().unwrap())));
    import.key = vec!["name".into()];
    let again = crm.import_frame("organization", frame(columns()), None, &import, &mut |_, _| {}).unwrap();
    assert_eq!((again.unchanged, again.change_set), (2, None));
    crm.undo(done.change_set.unwrap()).unwrap();
    assert_eq!(crm.organizations().count("").unwrap(), 0);
}

#[test]
fn days_moments_and_references() {
    let crm = memory();
    crm.add_process("New business", ProcessTemplate::Short).unwrap();
    let acme = crm.organizations().add(organization("Acme")).unwrap().id;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap().to_epoch_days();
    let micros = |text: &str| moment(text).timestamp_micros();
    let columns = vec![
        ("name", texts(&[Some("Mill"), Some("Saw"), Some("Noon"), None])),
        ("organization_id", Arc::new(Int64Array::from(vec![Some(acme.0), None, Some(acme.0), None])) as ArrayRef),
        ("opened_on", Arc::new(Date32Array::from(vec![Some(day("2026-01-05")), None, None, None])) as ArrayRef),
        (
            "closes_on",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(micros("2026-05-01T00:00:00Z")), None, Some(micros("2026-05-01T12:00:00Z")), None])) as ArrayRef,
        ),
    ];
    let done = crm.import_frame("deal", frame(columns), None, &Import::default(), &mut |_, _| {}).unwrap();
    assert_eq!((done.added, done.failed), (2, 2));
    let errors: Vec<_> = done.errors.iter().map(|error| (error.line, error.column.as_str())).collect();
    assert_eq!(errors, [(2, "closes_on"), (3, "name")]);
    let mill = &crm.deals().find("name = 'Mill'").unwrap()[0];
    assert_eq!((mill.organization_id, mill.opened_on, mill.closes_on), (Some(acme), "2026-01-05".parse().ok(), "2026-05-01".parse().ok()));
}

#[test]
fn rows_wait_for_rows_further_down() {
    let crm = memory();
    let names = texts(&[Some("Child"), Some("Parent"), Some("Orphan")]);
    let parents = texts(&[Some("Parent"), None, Some("Nobody")]);
    let done = crm.import_frame("organization", frame(vec![("name", names), ("parent", parents)]), None, &Import::default(), &mut |_, _| {}).unwrap();
    assert_eq!((done.added, done.failed, done.errors[0].line), (2, 1, 2));
    assert_eq!(crm.organizations().count("parent_id is not null").unwrap(), 1);
}

#[test]
fn what_cannot_be_stored_is_told_and_what_does_not_apply_is_refused() {
    let crm = memory();
    let bad = |column: ArrayRef| {
        let names = texts(&[Some("Acme")]);
        let done = crm.import_frame("organization", frame(vec![("name", names), ("employees", column)]), None, &Import::default(), &mut |_, _| {}).unwrap();
        assert_eq!((done.added, done.errors[0].column.as_str()), (0, "employees"));
        done.errors[0].reason.clone()
    };
    assert!(bad(Arc::new(UInt64Array::from(vec![u64::MAX]))).contains("64 bits"));
    assert!(bad(Arc::new(Float64Array::from(vec![1.5]))).contains("whole number"));
    assert!(bad(Arc::new(BooleanArray::from(vec![true]))).contains("whole number"));
    assert!(bad(Arc::new(Int32Array::from(vec![-1]))).contains("between"));
    assert!(bad(Arc::new(arrow_array::BinaryArray::from(vec![b"12".as_ref()]))).contains("type"));
    for import in [Import::new().delimiter(";"), Import::new().encoding("utf-8")] {
        let refused = crm.import_frame("organization", frame(vec![("name", texts(&[Some("Acme")]))]), None, &import, &mut |_, _| {});
        assert_eq!(refused.unwrap_err().code(), "invalid");
    }
    let strict = Import::new().strict(true);
    let refused = crm.import_frame("organization", frame(vec![("name", texts(&[Some("Acme"), None]))]), None, &strict, &mut |_, _| {});
    assert!(refused.unwrap_err().to_string().contains("nothing was written"));
    assert_eq!(crm.organizations().count("").unwrap(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the texts, a frame gives what a CSV file of the same rows gives.
    #[test]
    fn a_frame_and_a_file_of_the_same_texts_agree(rows in prop::collection::vec(("[a-zé ]{0,6}", prop::option::of(-3i64..5_000)), 1..12)) {
        let names: Vec<_> = rows.iter().map(|(name, _)| Some(name.as_str())).collect();
        let sizes: ArrayRef = Arc::new(Int64Array::from(rows.iter().map(|(_, size)| *size).collect::<Vec<_>>()));
        let keyed = Import::new().key(["name"]);
        let (by_frame, by_file) = (memory(), memory());
        let one = by_frame.import_frame("organization", frame(vec![("name", texts(&names)), ("employees", sizes)]), None, &keyed, &mut |_, _| {}).unwrap();
        // A line without any text is no row of a file: the third column keeps it one.
        let lines = rows.iter().map(|(name, size)| format!("{name},{},x\n", size.map_or(String::new(), |size| size.to_string())));
        let file = format!("name,employees,mark\n{}", lines.collect::<String>());
        let two = by_file.import_csv_from("organization", file.as_bytes(), &keyed, &mut |_, _| {}).unwrap();
        prop_assert_eq!((one.rows, one.added, one.updated, one.unchanged, one.failed), (two.rows, two.added, two.updated, two.unchanged, two.failed));
        let shown = |crm: &Crm| crm.organizations().find("").unwrap().into_iter().map(|each| (each.name, each.employees)).collect::<Vec<_>>();
        prop_assert_eq!(shown(&by_frame), shown(&by_file));
    }
}
