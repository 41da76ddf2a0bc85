//! CSV import: real files, any table in any notation, and everything that can be wrong with a file.

use crate::support::data;
use crm_core::*;
use proptest::prelude::*;
use std::cell::Cell;
use std::io::Write as _;

fn crm() -> Crm {
    Crm::open(":memory:").unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(column, field)| ((*column).to_owned(), (*field).to_owned())).collect()
}

fn mapped(mapping: &[(&str, &str)]) -> Import {
    Import::new().mapping(pairs(mapping))
}

fn import(crm: &Crm, entity: &str, text: impl AsRef<[u8]>, how: &Import) -> Result<Imported> {
    crm.import_csv_from(entity, text.as_ref(), how, &mut |_, _| {})
}

fn counts(done: &Imported) -> (i64, i64, i64, i64) {
    assert_eq!(done.rows, done.added + done.updated + done.unchanged + done.failed);
    (done.added, done.updated, done.unchanged, done.failed)
}

/// What a file holds, for comparing before and after.
fn content(crm: &Crm, entity: &str) -> Vec<Vec<Value>> {
    let fields: Vec<String> = entities().find(|meta| meta.name == entity).unwrap().fields.iter().map(|field| field.name.to_string()).collect();
    let table = crm.sql(&format!("select id, {} from {entity} order by id", fields.join(", ")), &[]).unwrap();
    (0..table.len()).map(|row| fields.iter().map(|field| table.value(row, field).unwrap()).collect()).collect()
}

// ---- Real files

#[test]
fn contacts_of_seven_programs_become_people() {
    // I1
    let Some(folder) = data("contacts_csv") else { return };
    let files: [(&str, &str, &str, &[(&str, &str)], &[&str]); 7] = [
        (
            "google_new_layout.csv",
            "utf-8",
            ",",
            &[("First Name", "first_name"), ("Last Name", "last_name"), ("Birthday", "birthday"), ("Notes", "description")],
            &["Grace Hopper"],
        ),
        (
            "google_old_layout.csv",
            "utf-8",
            ",",
            &[("Name", "name"), ("Given Name", "first_name"), ("Family Name", "last_name"), ("Birthday", "birthday"), ("Notes", "description")],
            &["Ada King Lovelace"],
        ),
        ("outlook_com.csv", "utf-8", ",", &[("First Name", "first_name"), ("Last Name", "last_name"), ("Title", "title")], &["Larsen", "Svein Heimdal"]),
        ("hubspot_contacts.csv", "utf-8", ",", &[("First Name", "first_name"), ("Last Name", "last_name")], &["Priya Example", "Ola NoWayToReach"]),
        (
            "salesforce_leads.csv",
            "utf-8",
            ",",
            &[("FirstName", "first_name"), ("LastName", "last_name"), ("LeadSource", "source")],
            &["John Doe", "Jane Smith", "Unknown"],
        ),
        (
            "outlook_pl_cp1250_semicolon.csv",
            "windows-1250",
            ";",
            &[("Imię", "first_name"), ("Nazwisko", "last_name"), ("Urodziny", "birthday"), ("Notatki", "description")],
            &["Żaneta Gęślą-Jaźń"],
        ),
        (
            "thunderbird_ru_cp1251_semicolon.csv",
            "windows-1251",
            ";",
            &[("Имя", "first_name"), ("Фамилия", "last_name"), ("Отображаемое имя", "name"), ("Заметки", "description")],
            &["Пётр Ёлкин"],
        ),
    ];
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), files.len(), "every file of the folder is tried");
    for (file, encoding, delimiter, mapping, names) in files {
        let (crm, path, how) = (crm(), folder.join(file), mapped(mapping));
        let preview = crm.preview_csv("person", &path, &how).unwrap();
        assert_eq!((preview.encoding.as_str(), preview.delimiter.as_str()), (encoding, delimiter), "{file}");
        let done = crm.import_csv("person", &path, &how, &mut |_, _| {}).unwrap();
        let found: Vec<String> = crm.people().find(Filter::new("1 = 1").order_by("id")).unwrap().into_iter().map(|person| person.name).collect();
        assert_eq!(found, names, "{file}");
        // The one contact without any name cannot be a person and says so.
        let nameless = i64::from(file.starts_with("hubspot"));
        assert_eq!(counts(&done), (names.len() as i64, 0, 0, nameless), "{file}: {:?}", done.errors);
    }
}

#[test]
fn values_in_cp1250_and_in_quotes_arrive_whole() {
    let Some(folder) = data("contacts_csv") else { return };
    let crm = crm();
    let how = mapped(&[("Imię", "first_name"), ("Nazwisko", "last_name"), ("Notatki", "description"), ("Urodziny", "birthday")]);
    crm.import_csv("person", folder.join("outlook_pl_cp1250_semicolon.csv"), &how, &mut |_, _| {}).unwrap();
    let person = &crm.people().find("").unwrap()[0];
    assert_eq!(person.description.as_deref(), Some("Umowa nr 5/2024; „pilne”"));
    assert_eq!(person.birthday.map(|day| day.to_string()).as_deref(), Some("1985-03-07"));
}

/// The pipeline of a real seller: accounts, products, agents and deals, in one change set.
fn sales(crm: &Crm, folder: &std::path::Path) -> [Imported; 4] {
    let process = crm.processes().add(ProcessFields { name: "Sales".into(), ..Default::default() }).unwrap();
    for (name, kind) in [("Prospecting", StageKind::Open), ("Engaging", StageKind::Open), ("Won", StageKind::Won), ("Lost", StageKind::Lost)] {
        crm.stages().add(StageFields { process_id: process.id, name: name.into(), kind, ..Default::default() }).unwrap();
    }
    let usd = "USD".parse().unwrap();
    let accounts = Import::new()
        .mapping(pairs(&[
            ("account", "name"),
            ("sector", "industry"),
            ("year_established", "founded"),
            ("revenue", "annual_revenue"),
            ("employees", "employees"),
            ("office_location", "country"),
            ("subsidiary_of", "parent_id"),
        ]))
        .key(["name"])
        .currency(usd)
        .scale([("revenue", "1000000".parse().unwrap())]);
    let products = mapped(&[("product", "name"), ("series", "category")]).key(["name"]);
    let users = mapped(&[("sales_agent", "name")]).key(["name"]);
    let deals = Import::new()
        .mapping(pairs(&[
            ("opportunity_id", "name"),
            ("sales_agent", "owner_id"),
            ("product", "product_id"),
            ("account", "organization_id"),
            ("deal_stage", "stage_id"),
            ("engage_date", "opened_on"),
            ("close_date", "closed_on"),
            ("close_value", "value"),
        ]))
        .external(("pipeline", "opportunity_id"))
        .currency(usd);
    let rate = ExchangeRateFields { currency: "USD".parse().unwrap(), day: "2000-01-01".parse().unwrap(), rate: "0.9".parse().unwrap(), ..Default::default() };
    if crm.exchange_rates().count("").unwrap() == 0 {
        crm.exchange_rates().add(rate).unwrap();
    }
    let done = crm.change("the seller's files", |change| {
        let quiet = &mut |_: u64, _: Option<u64>| {};
        let first = change.import_csv("organization", folder.join("accounts.csv"), &accounts, quiet)?;
        let second = change.import_csv("product", folder.join("products.csv"), &products, quiet)?;
        let pro = change.products().find(("name = ?1", ["GTX Pro"]))?.remove(0);
        change.aliases().add(AliasFields { entity: "product".into(), record_id: pro.id.0, name: "GTXPro".into(), ..Default::default() })?;
        let third = change.import_csv("user", folder.join("sales_teams.csv"), &users, quiet)?;
        let fourth = change.import_csv("deal", folder.join("sales_pipeline.csv"), &deals, quiet)?;
        Ok([first, second, third, fourth])
    });
    done.unwrap().value
}

#[test]
fn a_sellers_pipeline_comes_in_whole() {
    // I1, D7, S5: expected figures counted from the files by other means (`cut`, `sort`, `uniq`).
    let Some(folder) = data("crm_sales") else { return };
    let crm = crm();
    let [accounts, products, users, deals] = sales(&crm, &folder);
    assert_eq!(counts(&accounts), (85, 0, 0, 0), "{:?}", accounts.errors);
    assert_eq!(counts(&products), (7, 0, 0, 0));
    assert_eq!(counts(&users), (35, 0, 0, 0));
    assert_eq!(counts(&deals), (8800, 0, 0, 0), "{:?}", deals.errors.first());

    let number = |sql: &str| crm.sql(sql, &[]).unwrap().integer(0, "n").unwrap();
    // The other spelling found its product by the alias.
    assert_eq!(number("select count(*) as n from deal d join product p on p.id = d.product_id where p.name = 'GTX Pro'"), 1480);
    assert_eq!(number("select sum(value) as n from deal where status = 'won'"), 10_005_534 * 100);
    assert_eq!(number("select count(*) as n from deal where organization_id is null"), 1425);
    // A subsidiary may come before its parent.
    assert_eq!(number("select count(*) as n from organization where parent_id is not null"), 15);
    let acme = crm.organizations().find(("name = ?1", ["Acme Corporation"])).unwrap().remove(0);
    assert_eq!(acme.annual_revenue, Some("1100040000.00 USD".parse().unwrap()));
    // The data-quality line: a typing error in the sector, and the word it stands for.
    let typo = accounts.suspects.iter().find(|suspect| suspect.value == "technolgy").unwrap();
    assert_eq!((typo.count, typo.line, typo.nearest.as_deref()), (12, 2, Some("technology")));
}

#[test]
fn importing_again_changes_nothing() {
    let Some(folder) = data("crm_sales") else { return };
    let crm = crm();
    let how = mapped(&[("account", "name"), ("sector", "industry"), ("subsidiary_of", "parent_id")]).key(["name"]);
    let path = folder.join("accounts.csv");
    let first = crm.import_csv("organization", &path, &how, &mut |_, _| {}).unwrap();
    assert_eq!(counts(&first), (85, 0, 0, 0));
    let feed = crm.changes(0, 10_000).unwrap().len();
    let again = crm.import_csv("organization", &path, &how, &mut |_, _| {}).unwrap();
    assert_eq!((counts(&again), again.change_set), ((0, 0, 85, 0), None));
    assert_eq!(crm.changes(0, 10_000).unwrap().len(), feed, "no trace in the log");
}

#[test]
fn undo_takes_a_whole_import_back() {
    // B1
    let crm = crm();
    let key = || Import::new().key(["name"]);
    import(&crm, "organization", "name,employees\nAcme,10\nBirch,20\n", &key()).unwrap();
    let before = content(&crm, "organization");
    let done = import(&crm, "organization", "name,employees\nacme,11\nBirch,20\nCedar,30\n", &key()).unwrap();
    assert_eq!(counts(&done), (1, 1, 1, 0));
    crm.undo(done.change_set.unwrap()).unwrap();
    assert_eq!(content(&crm, "organization"), before);
}

// ---- Any table, in any notation

#[derive(Clone, Debug)]
struct Notation {
    delimiter: char,
    encoding: &'static str,
    bom: bool,
    quote_all: bool,
    crlf: bool,
    last_line_ends: bool,
}

fn notation() -> impl Strategy<Value = Notation> {
    let encodings =
        prop_oneof![Just("utf-8"), Just("utf-16le"), Just("utf-16be"), Just("windows-1250"), Just("windows-1251"), Just("shift_jis"), Just("gb18030")];
    (prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')], encodings, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(delimiter, encoding, bom, quote_all, crlf, last_line_ends)| Notation { delimiter, encoding, bom, quote_all, crlf, last_line_ends })
}

fn encode(text: &str, how: &Notation) -> Vec<u8> {
    let marked = if how.bom && how.encoding.starts_with("utf") { format!("\u{feff}{text}") } else { text.to_owned() };
    match how.encoding {
        "utf-16le" => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        name => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(&marked).0.into_owned(),
    }
}

/// Only the letters that an encoding has and gives back as they were.
fn encodable(text: &str, encoding: &str) -> String {
    if encoding.starts_with("utf") {
        return text.to_owned();
    }
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
    let survives = |letter: &char| {
        let text = letter.to_string();
        let (bytes, _, lost) = encoding.encode(&text);
        !lost && encoding.decode_without_bom_handling(&bytes).0 == text && !('\u{80}'..='\u{9f}').contains(letter)
    };
    text.chars().filter(survives).collect()
}

fn cell() -> impl Strategy<Value = String> {
    let letters = prop_oneof![
        proptest::char::range('a', 'z'),
        prop::sample::select(vec![',', ';', '\t', '|', '"', '\n', '\r', ' ', '\'', '=', 'ą', 'Ж', '日', '本', 'ß', '€', '表', 'ソ', '😀']),
        any::<char>().prop_filter("NUL is refused", |letter| *letter != '\0'),
    ];
    prop::collection::vec(letters, 0..12).prop_map(String::from_iter)
}

fn csv(rows: &[Vec<String>], how: &Notation) -> String {
    let end = if how.crlf { "\r\n" } else { "\n" };
    let quoted = |cell: &String| {
        let needed = how.quote_all || cell.contains(['"', '\n', '\r', how.delimiter]);
        if needed { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(&how.delimiter.to_string())).collect();
    lines.join(end) + if how.last_line_ends { end } else { "" }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_comes_back_the_same(how in notation(), rows in prop::collection::vec([cell(), cell(), cell()], 1..20)) {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| encodable(cell, how.encoding)).collect()).collect();
        let header = ["name", "legal_name", "description"].map(str::to_owned).to_vec();
        // A name is required, so every row has a number in front of it.
        let table: Vec<Vec<String>> = rows.iter().enumerate().map(|(at, row)| vec![format!("{at} {}", row[0]), row[1].clone(), row[2].clone()]).collect();
        let bytes = encode(&csv(&[vec![header], table.clone()].concat(), &how), &how);
        let given = Import::new().delimiter(how.delimiter.to_string()).encoding(how.encoding);
        let crm = crm();
        let done = import(&crm, "organization", bytes, &given).unwrap();
        prop_assert_eq!(counts(&done), (table.len() as i64, 0, 0, 0), "{:?}", done.errors);
        let found = crm.organizations().find(Filter::new("1 = 1").order_by("id")).unwrap();
        // A cell of white space holds nothing.
        let filled = |cell: &String| Some(cell.clone()).filter(|cell| !cell.trim().is_empty());
        for (record, row) in found.iter().zip(&table) {
            prop_assert_eq!((&record.name, &record.legal_name, &record.description), (&row[0], &filled(&row[1]), &filled(&row[2])));
        }
        prop_assert_eq!(found.len(), table.len());
    }
}

#[test]
fn encoding_and_delimiter_are_found() {
    let texts = [
        ("utf-8", ",", "name,description\nŁódź,umowa\nKraków,zażółć gęślą jaźń\n"),
        ("windows-1250", ";", "name;description\nŁódź;umowa, ważna\nKraków;zażółć gęślą jaźń\n"),
        ("windows-1251", "\t", "name\tdescription\nРомашка\tдоговор, срочно\nЛуч\tпривет всем\n"),
        ("utf-16le", ";", "name;description\nŁódź;umowa\n"),
        ("utf-8", "|", "name|description\nAcme, Inc.|a; b\n"),
    ];
    for (encoding, delimiter, text) in texts {
        let how = Notation { delimiter: ',', encoding, bom: encoding.starts_with("utf"), quote_all: false, crlf: true, last_line_ends: true };
        let done = import(&crm(), "organization", encode(text, &how), &Import::default()).unwrap();
        assert_eq!((done.encoding.as_str(), done.delimiter.as_str(), done.failed), (encoding, delimiter, 0));
    }
}

// ---- Finding records

#[test]
fn references_are_found_by_title_alias_key_and_id_in_this_order() {
    let crm = crm();
    let add = |name: &str| crm.organizations().add(OrganizationFields { name: name.into(), ..Default::default() }).unwrap();
    let (acme, birch) = (add("Acme  Ltd"), add("Birch"));
    crm.aliases().add(AliasFields { entity: "organization".into(), record_id: birch.id.0, name: "B & Co".into(), ..Default::default() }).unwrap();
    crm.external_refs()
        .add(ExternalRefFields { entity: "organization".into(), record_id: birch.id.0, system: "erp".into(), key: "K-7".into(), ..Default::default() })
        .unwrap();
    crm.add_process("Sales", ProcessTemplate::Classic).unwrap();
    let how = mapped(&[("no", "name"), ("account", "organization_id")]).external(("erp", "no"));
    let done = import(&crm, "deal", "no,account\n1,ACME ltd\n2,b &  co\n3,K-7\n4,\n5,Nobody\n6,1\n", &how).unwrap();
    let found: Vec<_> = crm.deals().find(Filter::new("1 = 1").order_by("id")).unwrap().into_iter().map(|deal| deal.organization_id).collect();
    assert_eq!(found, [Some(acme.id), Some(birch.id), Some(birch.id), None]);
    // A missing one is an error of its row, and a number is no id unless the column says so.
    let wrong: Vec<_> = done.errors.iter().map(|error| (error.line, error.column.as_str())).collect();
    assert_eq!(wrong, [(6, "account"), (7, "account")]);
    let by_id = import(&crm, "deal", format!("name,organization_id\nX,{}\n", birch.id), &Import::default()).unwrap();
    assert_eq!(by_id.added, 1, "{:?}", by_id.errors);
    let explicit = import(&crm, "deal", format!("n,o\nX,{}\nY,Birch\n", birch.id), &mapped(&[("n", "name"), ("o", "organization_id.id")])).unwrap();
    assert_eq!(counts(&explicit), (1, 0, 0, 1));
    let by_field = import(&crm, "deal", "n,o\nX,birch\n", &mapped(&[("n", "name"), ("o", "organization_id.name")])).unwrap();
    assert_eq!(by_field.added, 1);
}

#[test]
fn an_ambiguous_name_is_an_error_unless_the_row_decides() {
    let crm = crm();
    for _ in 0..2 {
        crm.organizations().add(OrganizationFields { name: "Twin".into(), ..Default::default() }).unwrap();
    }
    let first = crm.add_process("First", ProcessTemplate::Classic).unwrap();
    let second = crm.add_process("Second", ProcessTemplate::Classic).unwrap();
    let done = import(&crm, "deal", "name,organization\nA,twin\n", &Import::default()).unwrap();
    assert_eq!((done.failed, done.errors[0].column.as_str()), (1, "organization"));
    assert!(done.errors[0].reason.starts_with("2 records of `organization`"));
    // Both processes have a stage `Proposal`: the process of the row says which is meant.
    let done = import(&crm, "deal", "name,stage,process\nA,Proposal,Second\nB,Proposal,\n", &Import::default()).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 1));
    assert_eq!(crm.deals().find("name = 'A'").unwrap()[0].process_id, second.id);
    let defaults = [("process_id", first.id)];
    let done = import(&crm, "deal", "name,stage\nC,Proposal\n", &Import::new().defaults(defaults)).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 0));
    assert_eq!(crm.deals().find("name = 'C'").unwrap()[0].process_id, first.id);
}

#[test]
fn a_hierarchy_comes_in_whatever_its_order() {
    let crm = crm();
    let mut rows: Vec<String> = (1..40).map(|at| format!("c{at},c{}", at - 1)).collect();
    rows.reverse();
    let text = format!("name,parent\n{}\nc0,\nlost,nowhere\nx,y\ny,x\n", rows.join("\n"));
    let done = import(&crm, "organization", text, &Import::default()).unwrap();
    // A ring cannot begin anywhere, so neither of the two goes in.
    assert_eq!(counts(&done), (40, 0, 0, 3), "{:?}", done.errors);
    assert_eq!(done.errors.iter().map(|error| error.line).collect::<Vec<_>>(), [42, 43, 44]);
    assert_eq!(crm.sql("select count(*) as n from organization o join organization p on p.id = o.parent_id", &[]).unwrap().integer(0, "n"), Some(39));
}

#[test]
fn the_erp_key_finds_what_a_name_linked_before() {
    // Q9: idempotent by external id
    let crm = crm();
    import(&crm, "organization", "name,employees\nAcme,1\n", &Import::default()).unwrap();
    let how = mapped(&[("company", "name"), ("staff", "employees")]).key(["name"]).external(("erp", "no"));
    let done = import(&crm, "organization", "no,company,staff\n7,ACME,1\n8,Birch,2\n", &how).unwrap();
    assert_eq!(counts(&done), (1, 1, 0, 0), "the link itself is a change");
    let again = import(&crm, "organization", "no,company,staff\n7,ACME,1\n8,Birch,2\n", &how).unwrap();
    assert_eq!((counts(&again), again.change_set), ((0, 0, 2, 0), None));
    // The other system renames its customer: the key still finds it, and nothing is doubled.
    let renamed = mapped(&[("company", "name"), ("staff", "employees")]).external(("erp", "no"));
    let done = import(&crm, "organization", "no,company,staff\n7,Acme Global,5\n", &renamed).unwrap();
    assert_eq!(counts(&done), (0, 1, 0, 0));
    assert_eq!(crm.organizations().by_external("erp", "7").unwrap().name, "Acme Global");
}

#[test]
fn empty_cells_keep_what_is_known_unless_told_otherwise() {
    let crm = crm();
    let key = Import::new().key(["name"]).defaults([("category", "C")]);
    import(&crm, "organization", "name,employees,category\nAcme,10,A\nBirch,5,\n", &key).unwrap();
    let keep = import(&crm, "organization", "name,employees,category\nAcme,,\n", &key).unwrap();
    assert_eq!(keep.unchanged, 1);
    let records = crm.organizations().find(Filter::new("1 = 1").order_by("id")).unwrap();
    assert_eq!((records[0].employees, records[0].category.as_deref(), records[1].category.as_deref()), (Some(10), Some("A"), Some("C")));
    import(&crm, "organization", "name,employees\nAcme,\n", &key.clear_empty(true)).unwrap();
    assert_eq!(crm.organizations().get(records[0].id).unwrap().employees, None);
}

#[test]
fn a_spreadsheet_comes_back_as_updates() {
    // D18
    let crm = crm();
    let acme = crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() }).unwrap();
    let how = Import::new().key(["id"]);
    let done = import(&crm, "organization", format!("id,name\n{},Acme SA\n9999,Ghost\n,New\n", acme.id), &how).unwrap();
    assert_eq!(counts(&done), (0, 1, 0, 2));
    assert_eq!(crm.organizations().get(acme.id).unwrap().name, "Acme SA");
}

#[test]
fn rows_that_share_a_key_become_one_record_and_keys_that_many_have_fail() {
    let crm = crm();
    let key = Import::new().key(["name", "country"]);
    let done = import(&crm, "organization", "name,country,employees\nAcme,PL,1\nacme,pl,2\nAcme,DE,3\n,,4\n", &key).unwrap();
    assert_eq!(counts(&done), (2, 1, 0, 1));
    let name = Import::new().key(["name"]);
    let done = import(&crm, "organization", "name,employees\nAcme,9\n", &name).unwrap();
    assert_eq!((done.failed, done.errors[0].code.as_str()), (1, "conflict"));
}

// ---- Values

#[test]
fn custom_fields_money_and_days_in_local_notation() {
    // D5, B11
    let crm = crm();
    for (name, kind, of) in [("score", CustomKind::Number, None), ("tags", CustomKind::Items, Some("tag")), ("budget", CustomKind::Money, None)] {
        crm.custom_fields()
            .add(CustomFieldFields { entity: "organization".into(), name: name.into(), kind, of: of.map(str::to_owned), ..Default::default() })
            .unwrap();
    }
    crm.custom_fields().add(CustomFieldFields { entity: "organization".into(), name: "since".into(), kind: CustomKind::Date, ..Default::default() }).unwrap();
    let how = Import::new().thousands(" ").decimal_comma(true).date_format("%d.%m.%Y").currency("PLN".parse().unwrap());
    let text = "name;score;tags;budget;since;annual revenue;annual_revenue_currency\n\
        A;1 234,5;x;1\u{a0}000,50;31.01.2026;2 500;EUR\n\
        B;;;EUR 7;;;\n\
        C;1,5 0;;;;;\nD;;;1.000,50;;;\nE;;;;2026-01-31;;\nF;;;12 EUR;;7 PLN;EUR\n";
    let done = import(&crm, "organization", text, &how).unwrap();
    assert_eq!(counts(&done), (2, 0, 0, 4), "{:?}", done.errors);
    let wrong: Vec<_> = done.errors.iter().map(|error| error.column.as_str()).collect();
    assert_eq!(wrong, ["score", "budget", "since", "annual revenue"]);
    let records = crm.organizations().find(Filter::new("1 = 1").order_by("id")).unwrap();
    let money = |text: &str| Value::from(text.parse::<Money>().unwrap());
    assert_eq!(records[0].custom["score"], Value::Number(1234.5));
    assert_eq!(records[0].custom["tags"], Value::Items(vec!["x".into()]));
    assert_eq!((&records[0].custom["budget"], &records[1].custom["budget"]), (&money("1000.50 PLN"), &money("7 EUR")));
    assert_eq!(records[0].custom["since"], Value::Date("2026-01-31".parse().unwrap()));
    assert_eq!(records[0].annual_revenue, Some("2500 EUR".parse().unwrap()));
}

#[test]
fn nothing_is_guessed_about_numbers_and_days() {
    let crm = crm();
    // A bare amount without a currency, thousands nobody spoke of, a day that may be two days.
    let done = import(&crm, "organization", "name,annual_revenue\nA,100\nB,\"1,000 EUR\"\nC,0.001 EUR\n", &Import::default()).unwrap();
    assert_eq!(done.failed, 3);
    let done = import(&crm, "person", "name,birthday\nA,03/04/1990\n", &Import::default()).unwrap();
    assert_eq!(done.failed, 1);
    // What a tool without whole numbers writes is still one.
    let done = import(&crm, "organization", "name,founded\nA,1996.0\nB,1996.5\n", &Import::default()).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 1));
    let errors: Vec<_> = [("thousands", Import::new().thousands(",,")), ("date_format", Import::new().date_format("DD.MM.YYYY"))]
        .into_iter()
        .map(|(field, how)| import(&crm, "organization", "name\nA\n", &how).unwrap_err().field() == field)
        .collect();
    assert_eq!(errors, [true, true]);
}

// ---- Whole or nothing

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    // B7
    let (crm, text) = (crm(), "name,employees\nAcme,10\nBirch,many\nacme,11\n");
    let how = Import::new().key(["name"]);
    let feed = crm.changes(0, 10_000).unwrap();
    let dry = import(&crm, "organization", text, &how.clone().dry_run(true)).unwrap();
    assert_eq!(crm.changes(0, 10_000).unwrap(), feed);
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    let wet = import(&crm, "organization", text, &how).unwrap();
    let mut but_kept = wet;
    but_kept.change_set = None;
    assert_eq!(dry, but_kept);
}

#[test]
fn strict_takes_all_or_nothing() {
    let crm = crm();
    let error = import(&crm, "organization", "name,employees\nAcme,10\nBirch,many\n", &Import::new().strict(true)).unwrap_err();
    assert_eq!((error.code(), error.field()), ("invalid", "employees"));
    assert!(error.reason().contains("line 3") && !error.to_string().contains("many"));
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    // Within a larger change set only the import is taken back.
    let done = crm.change("two files", |change| {
        assert!(change.import_csv_from("organization", "name,employees\nAcme,x\n".as_bytes(), &Import::new().strict(true), &mut |_, _| {}).is_err());
        change.import_csv_from("organization", "name\nBirch\n".as_bytes(), &Import::default(), &mut |_, _| {})
    });
    assert_eq!(done.unwrap().value.added, 1);
    assert_eq!(crm.organizations().count("").unwrap(), 1);
}

#[test]
fn cancelling_leaves_nothing() {
    let text: String = std::iter::once("name\n".to_owned()).chain((0..20_000).map(|at| format!("c{at}\n"))).collect();
    let (crm, stop) = (crm(), Cancel::new());
    let reports = Cell::new(0);
    let stopping = crm.cancelled_by(&stop);
    let error = stopping.import_csv_from("organization", text.as_bytes(), &Import::default(), &mut |_, _| {
        reports.set(reports.get() + 1);
        if reports.get() == 5 {
            stop.cancel();
        }
    });
    assert_eq!((error.unwrap_err().code(), reports.get()), ("cancelled", 5));
    assert_eq!(crm.organizations().count("").unwrap(), 0);
    assert!(crm.verify(None, &mut |_, _| {}).unwrap().is_clean());
    assert_eq!(import(&crm, "organization", text, &Import::default()).unwrap().added, 20_000);
}

#[test]
fn progress_goes_to_the_end_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "name").unwrap();
    (0..5_500).for_each(|at| writeln!(file, "customer {at}").unwrap());
    let length = file.metadata().unwrap().len();
    let mut reports = Vec::new();
    crm().import_csv("organization", &path, &Import::default(), &mut |done, of| reports.push((done, of))).unwrap();
    assert_eq!(reports.len(), 6);
    assert!(reports.is_sorted());
    assert_eq!(reports.last(), Some(&(length, Some(length))));
    assert_eq!(crm().import_csv("organization", folder.path().join("none.csv"), &Import::default(), &mut |_, _| {}).unwrap_err().code(), "invalid");
}

#[test]
fn who_may_not_write_cannot_import() {
    // P1
    let crm = crm();
    let role = crm.roles().add(RoleFields { name: "Sales".into(), ..Default::default() }).unwrap();
    let permission = |entity: &str, reading, writing| PermissionFields { role_id: role.id, entity: entity.into(), reading, writing, ..Default::default() };
    crm.permissions().add(permission("organization", Level::All, Level::Own)).unwrap();
    crm.permissions().add(permission("person", Level::All, Level::None)).unwrap();
    crm.hidden_fields().add(HiddenFieldFields { role_id: role.id, entity: "organization".into(), field: "credit_limit".into(), ..Default::default() }).unwrap();
    let user = |name: &str| crm.users().add(UserFields { name: name.into(), ..Default::default() }).unwrap();
    let (ann, bob) = (user("Ann"), user("Bob"));
    crm.user_roles().add(UserRoleFields { user_id: ann.id, role_id: role.id, ..Default::default() }).unwrap();
    let hers = crm.acting_as(ann.id).unwrap();
    for entity in ["person", "product", "user"] {
        assert_eq!(import(&hers, entity, "name\nX\n", &Import::default()).unwrap_err().code(), "denied", "{entity}");
    }
    crm.organizations().add(OrganizationFields { name: "Bob's".into(), owner_id: Some(bob.id), ..Default::default() }).unwrap();
    let how = Import::new().key(["name"]);
    let text = "name,owner,employees,credit_limit\nMine,Ann,1,\nBob's,,2,\nTheirs,Bob,3,\nSecret,Ann,4,5 EUR\n";
    let done = import(&hers, "organization", text, &how).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 3));
    assert!(done.errors.iter().all(|error| error.code == "denied"));
    assert_eq!(crm.organizations().find("name = 'Bob''s'").unwrap()[0].employees, None);
}

#[test]
fn a_deal_that_fails_leaves_nothing_of_itself() {
    let crm = crm();
    crm.add_process("Sales", ProcessTemplate::Classic).unwrap();
    // Won in a currency without a rate: refused, while the rows around it go in.
    let how = mapped(&[("no", "name"), ("stage", "stage_id"), ("value", "value")]).external(("erp", "no"));
    let done = import(&crm, "deal", "no,stage,value\n1,Won,10 EUR\n2,Won,10 USD\n3,Lead,10 USD\n", &how).unwrap();
    assert_eq!(counts(&done), (2, 0, 0, 1));
    assert_eq!((crm.stage_moves().count("").unwrap(), crm.external_refs().count("").unwrap()), (2, 2));
    assert!(crm.verify(None, &mut |_, _| {}).unwrap().is_clean());
}

// ---- Bad files

#[test]
fn bad_bytes_fail_their_row_only() {
    let crm = crm();
    let how = Import::new().encoding("utf-8");
    let done = import(&crm, "organization", b"name\nAcme\n\xc5\xff\x41\nBirch\n", &how).unwrap();
    assert_eq!((counts(&done), done.errors[0].line), ((2, 0, 0, 1), 3));
    let done = import(&crm, "organization", b"name\nCedar\n\x81\x30\nDrop\n", &Import::new().encoding("shift_jis")).unwrap();
    assert_eq!((counts(&done), done.errors[0].line), ((2, 0, 0, 1), 3));
    let done = import(&crm, "organization", b"name\nE\x81\nF\n", &Import::new().encoding("windows-1250")).unwrap();
    assert_eq!(done.failed, 1);
    assert_eq!(crm.organizations().count("name like '%\u{fffd}%'").unwrap(), 0, "nothing was replaced");
    assert_eq!(import(&crm, "organization", b"na\xffme\nX\n", &how).unwrap_err().code(), "invalid");
}

#[test]
fn huge_rows_fail_and_the_rest_goes_in() {
    let crm = crm();
    let huge = "x".repeat(3 << 20);
    let done = import(&crm, "organization", format!("name,description\nA,{huge}\nB,\"{huge}\n{huge}\"\nC,fits\n"), &Import::default()).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 2));
    assert_eq!(done.errors.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3]);
    let wide = vec!["c"; 1_001].join(",");
    assert_eq!(import(&crm, "organization", format!("name,{wide}\n"), &Import::default()).unwrap_err().code(), "invalid");
    assert_eq!(import(&crm, "organization", format!("name\n{wide}\nD\n"), &Import::default()).unwrap().failed, 1);
}

#[test]
fn rows_and_headers_that_do_not_fit_are_told() {
    let crm = crm();
    let text = "name,employees\n\n\"two\nlines\",1\n\nA\nB,2,3\nC,3,\nD,x\n\"never closed,4\nE,5\n";
    let done = import(&crm, "organization", text, &Import::default()).unwrap();
    assert_eq!(counts(&done), (2, 0, 0, 4), "{:?}", done.errors);
    assert_eq!(done.errors.iter().map(|error| error.line).collect::<Vec<_>>(), [6, 7, 9, 10]);
    let wrong = |text: &str, how: Import| import(&crm, "organization", text, &how).unwrap_err().to_string();
    assert!(wrong("", Import::default()).contains("no header"));
    assert!(wrong("\n\n", Import::default()).contains("no header"));
    assert!(wrong("name,name\nA,B\n", Import::default()).contains("two columns"));
    assert!(wrong("Acme,12\nBirch,13\n", Import::default()).contains("is the first row a header"));
    assert!(!wrong("Acme,12\nBirch,13\n", Import::default()).contains("Acme"));
    assert!(wrong("firm\nA\n", mapped(&[("frim", "name")])).contains("did you mean `firm`"));
    assert!(wrong("firm\nA\n", mapped(&[("firm", "nme")])).contains("did you mean `name`"));
    assert!(wrong("employees\n5\n", Import::default()).contains("required"));
    assert!(wrong("name\nA\n", Import::new().key(["tax_number"])).contains("no column"));
    assert!(wrong("name\nA\n", Import::new().encoding("klingon")).contains("unknown"));
    assert!(import(&crm, "organisation", "name\nA\n", &Import::default()).unwrap_err().to_string().contains("did you mean `organization`"));
    // A column nobody uses may come twice.
    assert_eq!(import(&crm, "organization", "name,x,x\nG,1,2\n", &Import::default()).unwrap().added, 1);
}

#[test]
fn errors_are_capped_and_free_of_values() {
    let text: String = std::iter::once("name,birthday\n".to_owned()).chain((0..3_000).map(|at| format!("Secretname {at},someday\n"))).collect();
    let done = import(&crm(), "person", &text, &Import::default()).unwrap();
    assert_eq!((done.failed, done.errors.len()), (3_000, 1_000));
    assert!(!format!("{:?}", done.errors).contains("Secretname") && !format!("{:?}", done.errors).contains("someday"));
    let done = import(&crm(), "person", &text, &Import::new().max_errors(3)).unwrap();
    assert_eq!((done.failed, done.errors.len()), (3_000, 3));
}

#[test]
fn notes_and_aliases_can_name_what_they_are_about() {
    let crm = crm();
    let acme = crm.organizations().add(OrganizationFields { name: "Acme".into(), ..Default::default() }).unwrap();
    let how = mapped(&[("account", "record_id"), ("other", "name")]).defaults([("entity", "organization")]);
    let done = import(&crm, "alias", "account,other\nacme,Acme Inc\nnobody,X\n", &how).unwrap();
    assert_eq!(counts(&done), (1, 0, 0, 1));
    assert_eq!(crm.aliases().find("").unwrap()[0].record_id, acme.id.0);
}
