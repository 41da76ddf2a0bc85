//! A real pipeline from CSV files, dirt and all: products spelled two ways, deals without an account,
//! misspelled sectors. It is loaded as a company would: the export of one day, and a later export over it.

use crate::show::{Bar, Story};
use chrono::{DateTime, NaiveDate, Utc};
use crm_core::*;
use std::fs;
use std::path::Path;

/// When the first export was taken: the end of the third quarter of 2017.
pub const FIRST_EXPORT: DateTime<Utc> = moment(2017, 9, 30);
/// When the second one was: the last day of the data.
pub const SECOND_EXPORT: DateTime<Utc> = moment(2017, 12, 31);

const fn moment(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
        None => DateTime::UNIX_EPOCH,
    }
}

pub fn load(crm: &Crm, clock: &ManualClock, folder: &Path) -> Result<Story> {
    let read =
        |name: &str| fs::read(folder.join(name)).map_err(|error| Error::not_found(name, format!("cannot read {}: {error}", folder.join(name).display())));
    let (teams, products, accounts, deals) = (read("sales_teams.csv")?, read("products.csv")?, read("accounts.csv")?, read("sales_pipeline.csv")?);

    crm.settings().add(SettingFields::new("base_currency", "USD"))?;
    let process = crm.change("sales process", |change| {
        let process = change.processes().add(ProcessFields::new("Computer hardware"))?;
        for (name, kind, probability) in
            [("Prospecting", StageKind::Open, 10), ("Engaging", StageKind::Open, 50), ("Won", StageKind::Won, 100), ("Lost", StageKind::Lost, 0)]
        {
            change.stages().add(StageFields::new(process.id, name).kind(kind).probability(probability))?;
        }
        Ok(process)
    })?;

    // The sales teams hold three things at once: regions, managers and agents.
    import(crm, "team", &teams, &[("regional_office", "name")], "regions")?;
    import(crm, "user", &teams, &[("manager", "name"), ("regional_office", "team_id")], "managers")?;
    import(crm, "user", &teams, &[("sales_agent", "name"), ("manager", "manager_id"), ("regional_office", "team_id")], "agents")?;

    import(crm, "product", &products, &[("product", "name"), ("series", "category")], "products")?;
    let list = crm.price_lists().add(PriceListFields::new("List prices").currency("USD".parse()?))?;
    let prices = Import::new().mapping([("product", "product_id"), ("sales_price", "amount")]).currency("USD".parse()?).defaults([("price_list_id", list.id)]);
    report("list prices", &crm.import_csv_from("price", products.as_slice(), &prices, &mut |_, _| {})?);

    let mut options = keyed(&[
        ("account", "name"),
        ("sector", "industry"),
        ("year_established", "founded"),
        ("revenue", "annual_revenue"),
        ("employees", "employees"),
        ("office_location", "country"),
        ("subsidiary_of", "parent_id"),
    ]);
    options.currency = Some("USD".parse()?);
    options.scale = vec![("revenue".into(), 1_000_000.into())];
    let imported = crm.import_csv_from("organization", accounts.as_slice(), &options, &mut |_, _| {})?;
    report("accounts", &imported);
    for suspect in &imported.suspects {
        let hint = suspect.nearest.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        println!("    data quality: {} x {} `{}` is not in the dictionary{hint}", suspect.count, suspect.field, suspect.value);
    }

    // The pipeline spells one product in its own way; an alias tells what is meant.
    let product = crm.products().find(("name = ?1", ["GTX Pro"]))?;
    if let Some(product) = product.first() {
        crm.aliases().add(AliasFields::new("product", product.id.0, "GTXPro"))?;
        println!("    alias: `GTXPro` is the product `GTX Pro`");
    }

    let bar = Bar::new("first export");
    report("deals, export of 30 September", &deals_import(crm, process.value.id, &first_export(&deals)?, &bar)?);
    clock.set(SECOND_EXPORT);
    let bar = Bar::new("second export");
    let second = deals_import(crm, process.value.id, &deals, &bar)?;
    report("deals, export of 31 December", &second);
    println!("    kept without an account: {}", crm.deals().count("organization_id is null")?);
    Ok(Story { earlier: FIRST_EXPORT, earlier_label: "30 September 2017".into(), filter: "employees >= 5000".into() })
}

fn keyed(pairs: &[(&str, &str)]) -> Import {
    Import::new().mapping(pairs.iter().copied()).key(["name"])
}

fn import(crm: &Crm, entity: &str, file: &[u8], pairs: &[(&str, &str)], what: &str) -> Result<()> {
    report(what, &crm.import_csv_from(entity, file, &keyed(pairs), &mut |_, _| {})?);
    Ok(())
}

fn deals_import(crm: &Crm, process: ProcessId, file: &[u8], bar: &Bar) -> Result<Imported> {
    let options = Import::new()
        .mapping([
            ("opportunity_id", "name"),
            ("sales_agent", "owner_id"),
            ("product", "product_id"),
            ("account", "organization_id"),
            ("deal_stage", "stage_id"),
            ("engage_date", "opened_on"),
            ("close_date", "closed_on"),
            ("close_value", "value"),
        ])
        .external(("pipeline export", "opportunity_id"))
        .defaults([("process_id", process)])
        .currency("USD".parse()?);
    crm.import_csv_from("deal", file, &options, &mut |done, of| bar.at(done, of))
}

/// The file as it would have been exported at the end of the third quarter: deals closed later are still open,
/// deals engaged later are not there yet.
fn first_export(file: &[u8]) -> Result<Vec<u8>> {
    let wrong = |error: csv::Error| Error::invalid("sales_pipeline.csv", error.to_string());
    let day = FIRST_EXPORT.date_naive().to_string();
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers().map_err(wrong)?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap_or(usize::MAX);
    let (stage, engaged, closed, value) = (place("deal_stage"), place("engage_date"), place("close_date"), place("close_value"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers).map_err(wrong)?;
    for row in reader.records() {
        let row = row.map_err(wrong)?;
        if row.get(engaged).is_some_and(|date| date > day.as_str()) {
            continue;
        }
        let reopened = row.get(closed).is_some_and(|date| date > day.as_str());
        let cells = row.iter().enumerate().map(|(at, cell)| match reopened {
            true if at == stage => "Engaging",
            true if at == closed || at == value => "",
            _ => cell,
        });
        writer.write_record(cells).map_err(wrong)?;
    }
    writer.into_inner().map_err(|_| Error::invalid("sales_pipeline.csv", "cannot be copied"))
}

fn report(what: &str, imported: &Imported) {
    println!(
        "  {what}: {} rows, {} added, {} updated, {} unchanged, {} failed",
        imported.rows, imported.added, imported.updated, imported.unchanged, imported.failed
    );
    for error in imported.errors.iter().take(3) {
        println!("    line {}, {}: {}", error.line, error.column, error.reason);
    }
}
