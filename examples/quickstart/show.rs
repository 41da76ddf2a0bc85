//! The report on the terminal.

use chrono::{DateTime, Utc};
use crm_core::*;
use indicatif::{ProgressBar, ProgressStyle};

/// What the data lends itself to showing.
pub struct Story {
    pub earlier: DateTime<Utc>,
    pub earlier_label: String,
    pub filter: String,
}

/// A progress bar where there is a terminal, nothing otherwise.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(what: &str) -> Self {
        let bar = ProgressBar::new(0).with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template("  {msg:18} {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub fn at(&self, done: u64, of: Option<u64>) {
        self.0.set_length(of.unwrap_or(done));
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

pub fn everything(crm: &Crm, story: &Story) -> Result<()> {
    funnel(crm)?;
    let best = figures(crm)?;
    if let Some(best) = best {
        dossier(crm, best)?;
    }
    filter(crm, &story.filter)?;
    search(crm)?;
    undo(crm)?;
    earlier(crm, story)
}

/// A customer's name with a letter missing, as one types.
fn search(crm: &Crm) -> Result<()> {
    let Some(customer) = crm.organizations().find(Filter::new("length(name) > 7").order_by("name").limit(1))?.pop() else { return Ok(()) };
    let typed: String = customer.name.chars().enumerate().filter(|(at, _)| *at != 3).map(|(_, letter)| letter).collect();
    title(&format!("Search for \"{typed}\""));
    crm.search_update(&mut |_, _| {})?;
    let started = std::time::Instant::now();
    let found = crm.search(Search::new(typed.as_str()).limit(3).facets(true))?;
    let took = started.elapsed();
    for hit in found.hits.iter().filter(|hit| hit.complete) {
        println!("{:14} {}  {}", hit.kind, hit.title, hit.snippet.chars().take(60).collect::<String>());
    }
    let total = found.facets.map_or(0, |facets| facets.total);
    let hits = if total == 1 { "1 hit".to_owned() } else { format!("{total} hits") };
    println!("{hits} in {:.1} ms, over {} records", took.as_secs_f64() * 1e3, grouped(crm.search_status()?.documents));
    Ok(())
}

fn title(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.chars().count()));
}

/// Prints the named columns of a table, texts to the left, numbers to the right.
fn print(table: &Table, columns: &[(&str, &str)]) {
    let cell = |row: usize, name: &str| match table.value(row, name) {
        Some(Value::Integer(number)) if is_money(name) => money(number),
        Some(Value::Integer(number)) => grouped(number),
        Some(Value::Number(number)) if name == "win_rate" || name == "share" => format!("{:.1} %", number * 100.0),
        Some(Value::Number(number)) if is_money(name) => money(number.round() as i64),
        Some(Value::Number(number)) => format!("{number:.1}"),
        Some(Value::Text(text)) => text,
        Some(Value::Date(day)) => day.to_string(),
        _ => "-".into(),
    };
    let widths: Vec<usize> = columns
        .iter()
        .map(|(name, label)| (0..table.len()).map(|row| cell(row, name).chars().count()).chain([label.chars().count()]).max().unwrap_or(0))
        .collect();
    let line = |cells: Vec<(String, bool)>| {
        let parts: Vec<_> =
            cells.iter().zip(&widths).map(|((text, left), width)| if *left { format!("{text:<width$}") } else { format!("{text:>width$}") }).collect();
        println!("  {}", parts.join("   ").trim_end());
    };
    let left = |name: &str| (0..table.len()).any(|row| matches!(table.value(row, name), Some(Value::Text(_))));
    line(columns.iter().map(|(name, label)| ((*label).to_owned(), left(name))).collect());
    for row in 0..table.len() {
        line(columns.iter().map(|(name, _)| (cell(row, name), left(name))).collect());
    }
}

fn is_money(name: &str) -> bool {
    matches!(name, "amount" | "value" | "weighted" | "list_value")
}

fn money(minor: i64) -> String {
    grouped((minor as f64 / 100.0).round() as i64)
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

fn by(dimension: Dimension, limit: Option<usize>) -> ReportQuery {
    let mut query = ReportQuery::new().by([dimension]);
    query.limit = limit;
    query
}

fn funnel(crm: &Crm) -> Result<()> {
    title("The funnel");
    print(
        &crm.report(Report::Funnel, &ReportQuery::default())?,
        &[("stage", "stage"), ("deals", "deals"), ("value", "value"), ("weighted", "weighted"), ("list_value", "at list price")],
    );
    Ok(())
}

/// The figures of the pipeline; gives the best customer.
fn figures(crm: &Crm) -> Result<Option<OrganizationId>> {
    let all = ReportQuery::default();
    title("Won and lost");
    let rate = crm.report(Report::WinRate, &all)?;
    let won = crm.report(Report::Won, &all)?;
    let cycle = crm.report(Report::SalesCycle, &all)?;
    let open = crm.report(Report::OpenPipeline, &all)?;
    print(&rate, &[("won", "won"), ("lost", "lost"), ("win_rate", "win rate")]);
    println!("  won in total: {} in {} deals", money(won.integer(0, "amount").unwrap_or(0)), grouped(won.integer(0, "deals").unwrap_or(0)));
    println!(
        "  sales cycle of won deals: mean {:.1} days, median {:.1}, longest {}",
        cycle.number(0, "mean_days").unwrap_or(0.0),
        cycle.number(0, "median_days").unwrap_or(0.0),
        cycle.integer(0, "longest_days").unwrap_or(0)
    );
    println!("  open pipeline: {} deals, {} at list price", grouped(open.integer(0, "deals").unwrap_or(0)), money(open.integer(0, "list_value").unwrap_or(0)));
    let ageing = crm.report(Report::Ageing, &all)?;
    let beyond = (0..ageing.len())
        .filter(|row| ageing.value(*row, "over_longest") == Some(Value::Bool(true)) || ageing.integer(*row, "over_longest") == Some(1))
        .count();
    println!("  open for longer than the longest won cycle: {} deals", grouped(beyond as i64));

    let columns = [("name", ""), ("deals", "deals"), ("amount", "won amount")];
    for (heading, dimension, limit) in [
        ("Won by quarter", Dimension::Quarter, None),
        ("Won by region", Dimension::Team, None),
        ("Won by manager", Dimension::Manager, None),
        ("Best sellers", Dimension::Owner, None),
        ("Best products", Dimension::Product, None),
        ("Won by sector", Dimension::Industry, None),
        ("Best customers (five of all)", Dimension::Organization, Some(5)),
    ] {
        title(heading);
        print(&crm.report(Report::Won, &by(dimension, limit))?, &columns);
    }
    let best = crm.report(Report::Won, &by(Dimension::Organization, Some(1)))?;
    Ok(best.integer(0, "key").map(OrganizationId))
}

fn dossier(crm: &Crm, organization: OrganizationId) -> Result<()> {
    let dossier = crm.dossier(organization)?;
    title(&format!("The dossier of {}", dossier.organization.name));
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    println!(
        "  {}, {}, {} employees",
        known(&dossier.organization.industry),
        known(&dossier.organization.country),
        dossier.organization.employees.map_or_else(|| "-".into(), grouped)
    );
    for person in dossier.people.iter().take(3) {
        println!("  {}, {}", person.person.name, known(&person.affiliation.role));
    }
    println!("  deals: {} open, {} won for {}", dossier.sums.open_deals, dossier.sums.won_deals, dossier.sums.won_amount.map_or_else(|| "-".into(), money));
    for deal in dossier.deals.iter().take(3) {
        println!("    {} {} {}", deal.name, deal.status, deal.value.map(|value| value.to_string()).unwrap_or_default());
    }
    println!("  activities: {}, of them overdue: {}", dossier.activities.len(), dossier.overdue.len());
    for activity in dossier.activities.iter().take(3) {
        println!("    {} {} ({})", activity.starts_at.map(|at| at.date_naive().to_string()).unwrap_or_default(), activity.subject, activity.status);
    }
    Ok(())
}

fn filter(crm: &Crm, condition: &str) -> Result<()> {
    let condition = format!("{condition} and id in (select organization_id from deal where status = 'open')");
    title("A filter");
    println!("  {condition}");
    let found = crm.organizations().find(Filter::new(condition.as_str()).order_by("-employees").limit(3))?;
    println!("  finds {}, the largest of them:", crm.organizations().count(condition.as_str())?);
    for organization in found {
        println!("    {} with {} employees", organization.name, organization.employees.map_or_else(|| "-".into(), grouped));
    }
    Ok(())
}

fn undo(crm: &Crm) -> Result<()> {
    title("A change undone");
    let open = || crm.deals().count("status = 'open'");
    println!("  open deals: {}", grouped(open()?));
    let lost = crm.stages().find("kind = 'lost'")?.first().map(|stage| stage.id).unwrap_or_default();
    let done = crm.change("close all that are open", |change| {
        for deal in change.deals().find(Filter::new("status = 'open'").limit(500))? {
            change.deals().edit(deal.id, |fields| (fields.stage_id, fields.lost_reason) = (lost, Some("no decision".into())))?;
        }
        Ok(())
    })?;
    println!("  after giving 500 of them up: {}", grouped(open()?));
    if let Some(change_set) = done.change_set {
        crm.undo(change_set)?;
    }
    println!("  after undoing that: {}", grouped(open()?));
    Ok(())
}

fn earlier(crm: &Crm, story: &Story) -> Result<()> {
    title(&format!("The same as of {}", story.earlier_label));
    let past = crm.at(story.earlier)?;
    print(&past.report(Report::Funnel, &ReportQuery::default())?, &[("stage", "stage"), ("deals", "deals"), ("value", "value")]);
    print(&past.report(Report::WinRate, &ReportQuery::default())?, &[("won", "won"), ("lost", "lost"), ("win_rate", "win rate")]);
    let won = past.report(Report::Won, &ReportQuery::default())?;
    println!("  won in total: {}", money(won.integer(0, "amount").unwrap_or(0)));
    Ok(())
}
