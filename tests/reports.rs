//! Reports against figures computed apart from them, in plain Rust, from what was put in.

use crate::support::{assert_clean, assert_refused, named};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use crm_core::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const TODAY: &str = "2026-06-15";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A deal as it is put in; the stages of the process are lead, offer, won, lost.
#[derive(Clone, Debug)]
struct Sale {
    stage: usize,
    value: Option<i64>,
    dollars: bool,
    probability: Option<i64>,
    owner: Option<usize>,
    product: Option<usize>,
    customer: Option<usize>,
    opened: u64,
    took: u64,
    reason: Option<usize>,
}

fn sale() -> impl Strategy<Value = Sale> {
    let figures = (0..4usize, proptest::option::weighted(0.9, 0..10_000_000i64), any::<bool>(), proptest::option::weighted(0.3, 0..=100i64));
    let links = (proptest::option::of(0..3usize), proptest::option::of(0..2usize), proptest::option::of(0..2usize));
    (figures, links, 0..300u64, 0..90u64, proptest::option::of(0..2usize)).prop_map(
        |((stage, value, dollars, probability), (owner, product, customer), opened, took, reason)| Sale {
            stage,
            value,
            dollars,
            probability,
            owner,
            product,
            customer,
            opened: opened + took,
            took,
            reason,
        },
    )
}

const REASONS: [&str; 2] = ["price", "timing"];
const PRICES: [i64; 2] = [10_000, 55_501];

struct Company {
    crm: Crm,
    clock: Arc<ManualClock>,
    stages: Vec<Stage>,
    users: Vec<UserId>,
    team: TeamId,
    products: Vec<ProductId>,
    customers: Vec<OrganizationId>,
}

/// Two dollars are a euro until the first of May, four after.
fn rate(on: NaiveDate) -> i64 {
    if on < day("2026-05-01") { 2 } else { 4 }
}

/// Half to even, as money is rounded.
fn in_euro(minor: i64, dollars: bool, on: NaiveDate) -> i64 {
    if !dollars {
        return minor;
    }
    let by = rate(on);
    let (whole, rest) = (minor / by, minor % by);
    if rest * 2 > by || rest * 2 == by && whole % 2 == 1 { whole + 1 } else { whole }
}

impl Sale {
    fn opened_on(&self) -> NaiveDate {
        day(TODAY) - Days::new(self.opened)
    }
    fn closed_on(&self) -> NaiveDate {
        self.opened_on() + Days::new(self.took)
    }
    fn is_won(&self) -> bool {
        self.stage == 2
    }
    fn is_lost(&self) -> bool {
        self.stage == 3
    }
    fn is_open(&self) -> bool {
        self.stage < 2
    }
    fn closed_value(&self) -> i64 {
        self.value.map_or(0, |value| in_euro(value, self.dollars, self.closed_on()))
    }
    fn open_value(&self) -> i64 {
        self.value.map_or(0, |value| in_euro(value, self.dollars, day(TODAY)))
    }
    fn chance(&self) -> i64 {
        self.probability.unwrap_or([20, 50, 100, 0][self.stage])
    }
}

fn company(sales: &[Sale]) -> Company {
    let clock = Arc::new(ManualClock::at(format!("{TODAY}T10:00:00Z").parse().unwrap()));
    let crm = Crm::open_with(":memory:", Options::new().clock(clock.clone())).unwrap();
    let company = crm
        .change("a company", |change| {
            for (from, rate) in [("2000-01-01", "0.5"), ("2026-05-01", "0.25")] {
                let rate = rate.parse().unwrap();
                change.exchange_rates().add(ExchangeRateFields { currency: "USD".parse()?, day: day(from), rate, ..Default::default() })?;
            }
            let team = change.teams().add(TeamFields { name: "North".into(), ..Default::default() })?.id;
            let below = change.teams().add(TeamFields { name: "North-east".into(), parent_id: Some(team), ..Default::default() })?.id;
            let teams = [Some(team), Some(below), None];
            let mut users = Vec::new();
            for (at, team_id) in teams.into_iter().enumerate() {
                let manager_id = users.first().copied().filter(|_| at == 1);
                users.push(change.users().add(UserFields { name: format!("User {at}"), team_id, manager_id, ..Default::default() })?.id);
            }
            let list = change.price_lists().add(PriceListFields { name: "Standard".into(), currency: "USD".parse()?, ..Default::default() })?.id;
            let mut products = Vec::new();
            for (at, price) in PRICES.into_iter().enumerate() {
                let category = (at == 0).then(|| "mills".to_owned());
                let product = change.products().add(ProductFields { name: format!("Product {at}"), category, ..Default::default() })?.id;
                let amount = Money::from_minor(price, "USD".parse()?);
                change.prices().add(PriceFields { price_list_id: list, product_id: product, amount, ..Default::default() })?;
                products.push(product);
            }
            let mut customers = Vec::new();
            for (name, industry) in [("Acme", Some("steel")), ("Birch", None)] {
                let fields = OrganizationFields { name: name.into(), industry: industry.map(str::to_owned), owner_id: Some(users[2]), ..Default::default() };
                customers.push(change.organizations().add(fields)?.id);
            }
            Ok((users, team, products, customers))
        })
        .unwrap();
    let (users, team, products, customers) = company.value;
    let process = crm.add_process("Orders", ProcessTemplate::Short).unwrap();
    let stages = crm.stages().find(Filter::new("process_id = ?1").bind(process.id).order_by("position")).unwrap();
    let company = Company { crm, clock, stages, users, team, products, customers };
    company.crm.deals().add_many(sales.iter().enumerate().map(|(at, sale)| company.fields(at, sale)).collect::<Vec<_>>()).unwrap();
    company
}

impl Company {
    fn fields(&self, at: usize, sale: &Sale) -> DealFields {
        let currency: Currency = if sale.dollars { "USD" } else { "EUR" }.parse().unwrap();
        DealFields {
            name: format!("Deal {at}"),
            process_id: self.stages[0].process_id,
            stage_id: self.stages[sale.stage].id,
            value: sale.value.map(|minor| Money::from_minor(minor, currency)),
            probability: sale.probability,
            owner_id: sale.owner.map(|owner| self.users[owner]),
            product_id: sale.product.map(|product| self.products[product]),
            organization_id: sale.customer.map(|customer| self.customers[customer]),
            opened_on: Some(sale.opened_on()),
            closed_on: (!sale.is_open()).then(|| sale.closed_on()),
            lost_reason: sale.reason.filter(|_| sale.is_lost()).map(|reason| REASONS[reason].to_owned()),
            ..Default::default()
        }
    }
}

/// Rows by their key: whole-number columns of a report.
fn by_key<const N: usize>(table: &Table, columns: [&str; N]) -> BTreeMap<String, [i64; N]> {
    let key = |row| match table.value(row, "key") {
        None | Some(Value::Null) => String::new(),
        Some(Value::Integer(id)) => id.to_string(),
        Some(Value::Text(text)) => text,
        Some(other) => panic!("a key is {}", other.kind()),
    };
    (0..table.len()).map(|row| (key(row), columns.map(|column| table.integer(row, column).unwrap()))).collect()
}

/// The same from the deals: counted and added up under a key.
fn grouped<'a>(sales: impl IntoIterator<Item = &'a Sale>, key: impl Fn(&Sale) -> Option<String>, amount: impl Fn(&Sale) -> i64) -> BTreeMap<String, [i64; 2]> {
    let mut groups: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for sale in sales {
        let group = groups.entry(key(sale).unwrap_or_default()).or_default();
        group[0] += 1;
        group[1] += amount(sale);
    }
    groups
}

fn by(dimension: Dimension) -> ReportQuery {
    ReportQuery::new().by([dimension])
}

fn median(mut days: Vec<i64>) -> f64 {
    days.sort_unstable();
    let middle = days.len() / 2;
    if days.len() % 2 == 1 { days[middle] as f64 } else { (days[middle - 1] + days[middle]) as f64 / 2.0 }
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-9)
}

/// K5, S10: every period from the first to the last is there, and holds what the deals say.
fn check_periods(crm: &Crm, sales: &[Sale]) {
    type Name = fn(NaiveDate) -> String;
    let months: Name = |day| day.format("%Y-%m").to_string();
    let quarters: Name = |day| format!("{}-Q{}", day.format("%Y"), day.month().div_ceil(3));
    let years: Name = |day| day.format("%Y").to_string();
    let periods = |days: &[NaiveDate], name: Name| -> Vec<String> {
        let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return Vec::new() };
        let mut all: Vec<String> = first.iter_days().take_while(|day| day <= last).map(name).collect();
        all.dedup();
        all
    };
    let weeks: Name = |day| format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week());
    let days: Name = |day| day.to_string();
    let by_dimension = [(Dimension::Day, days), (Dimension::Week, weeks), (Dimension::Month, months), (Dimension::Quarter, quarters), (Dimension::Year, years)];
    for (by, name) in [(None, months)].into_iter().chain(by_dimension.map(|(by, name)| (Some(by), name))) {
        let query = ReportQuery::new().by(by);
        let table = crm.report(Report::Trend, &query).unwrap();
        let days: Vec<_> = sales.iter().flat_map(|sale| [Some(sale.opened_on()), (!sale.is_open()).then(|| sale.closed_on())]).flatten().collect();
        let found: Vec<_> = (0..table.len()).map(|row| table.text(row, "period").unwrap()).collect();
        assert_eq!(found, periods(&days, name));
        for (row, period) in found.iter().enumerate() {
            let closed = |keep: fn(&Sale) -> bool| sales.iter().filter(move |sale| keep(sale) && name(sale.closed_on()) == *period);
            let opened = sales.iter().filter(|sale| name(sale.opened_on()) == *period).count() as i64;
            let (won, lost) = (closed(Sale::is_won).count() as i64, closed(Sale::is_lost).count() as i64);
            let figures = ["opened", "won", "lost", "amount"].map(|column| table.integer(row, column).unwrap());
            assert_eq!(figures, [opened, won, lost, closed(Sale::is_won).map(Sale::closed_value).sum()]);
            assert_eq!(table.number(row, "win_rate"), (won + lost > 0).then(|| won as f64 / (won + lost) as f64));
        }

        let table = crm.report(Report::Forecast, &query).unwrap();
        let days: Vec<_> = sales.iter().filter(|sale| sale.is_won()).map(Sale::closed_on).collect();
        let mut expected: Vec<_> = periods(&days, name).into_iter().map(Some).collect();
        // Nobody said when the open deals will close.
        expected.extend(sales.iter().any(Sale::is_open).then_some(None));
        assert_eq!((0..table.len()).map(|row| table.text(row, "period")).collect::<Vec<_>>(), expected);
        for (row, period) in expected.iter().enumerate() {
            let won: i64 = sales.iter().filter(|sale| sale.is_won() && Some(name(sale.closed_on())) == *period).map(Sale::closed_value).sum();
            let open: Vec<_> = sales.iter().filter(|sale| sale.is_open() && period.is_none()).collect();
            let value: i64 = open.iter().map(|sale| sale.open_value()).sum();
            let weighted = (open.iter().map(|sale| sale.open_value() * sale.chance()).sum::<i64>() + 50) / 100;
            let figures = ["won", "deals", "value", "weighted", "expected"].map(|column| table.integer(row, column).unwrap());
            assert_eq!(figures, [won, open.len() as i64, value, weighted, won + weighted]);
        }
    }
    assert_eq!(crm.report(Report::Trend, &by(Dimension::Owner)).unwrap_err().field(), "by");
}

/// What a row is split by, in one text.
fn keys_of(table: &Table, row: usize) -> String {
    let text = |name: &str| match table.value(row, name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::Integer(id)) => id.to_string(),
        Some(Value::Text(text)) => text,
        Some(other) => panic!("a key is {}", other.kind()),
    };
    format!("{} {}", text("key"), text("key2"))
}

/// Reports over stages, split: every stage for every key that occurs, the rows of a key together.
fn check_split_stages(company: &Company, crm: &Crm, sales: &[Sale]) {
    let owner = |sale: &Sale| sale.owner.map_or_else(String::new, |at| company.users[at].0.to_string());
    let month = |day: NaiveDate| day.format("%Y-%m").to_string();
    type Keys<'a> = Box<dyn Fn(&Sale, NaiveDate) -> String + 'a>;
    let splits: [(&[&str], Keys<'_>); 3] = [
        (&["owner"], Box::new(|sale, _| format!("{} ", owner(sale)))),
        (&["month"], Box::new(|_, day| format!("{} ", month(day)))),
        (&["owner", "month"], Box::new(|sale, day| format!("{} {}", owner(sale), month(day)))),
    ];
    for (by, key) in &splits {
        let query = ReportQuery::new().by(by.iter().copied());
        let rows = |report: Report, columns: &[&str]| -> Vec<(String, Vec<i64>)> {
            let table = crm.report(report, &query).unwrap();
            (0..table.len()).map(|row| (keys_of(&table, row), columns.iter().map(|column| table.integer(row, column).unwrap()).collect())).collect()
        };
        // Each key with each stage, and what is there.
        let expected = |those: &dyn Fn(&Sale) -> bool, stages: &[usize], figures: &dyn Fn(&[&Sale], usize) -> Vec<i64>| {
            let those: Vec<&Sale> = sales.iter().filter(|sale| those(sale)).collect();
            let keys: BTreeSet<String> = those.iter().map(|sale| key(sale, sale.opened_on())).collect();
            let row = |name: &String, stage: usize| {
                let here: Vec<&Sale> = those.iter().copied().filter(|sale| sale.stage == stage && key(sale, sale.opened_on()) == *name).collect();
                (name.clone(), [vec![company.stages[stage].id.0], figures(&here, stage)].concat())
            };
            keys.iter().flat_map(|name| stages.iter().map(|stage| row(name, *stage)).collect::<Vec<_>>()).collect::<BTreeSet<_>>()
        };
        let compare = |report: Report, columns: &[&str], expected: BTreeSet<(String, Vec<i64>)>, stages: usize| {
            let found = rows(report, columns);
            assert!(found.chunks(stages).all(|rows| rows.iter().all(|row| row.0 == rows[0].0)), "{report} by {by:?}: {found:?}");
            assert_eq!((found.len(), found.into_iter().collect::<BTreeSet<_>>()), (expected.len(), expected), "{report} by {by:?}");
        };
        let funnel = expected(&|_| true, &[0, 1, 2, 3], &|here, stage| {
            let worth: Vec<i64> = here.iter().map(|sale| if stage < 2 { sale.open_value() } else { sale.closed_value() }).collect();
            let chances = here.iter().map(|sale| if stage < 2 { sale.chance() } else { [100, 0][stage - 2] });
            let weighted: i64 = worth.iter().zip(chances).map(|(worth, chance)| worth * chance).sum();
            vec![here.len() as i64, worth.iter().sum(), (weighted + 50) / 100]
        });
        compare(Report::Funnel, &["stage_id", "deals", "value", "weighted"], funnel, 4);
        let norm = |stage: usize| [3, 14][stage];
        let over = |here: &[&Sale], stage: usize| here.iter().filter(|sale| sale.opened as i64 >= norm(stage)).count() as i64;
        let times = expected(&Sale::is_open, &[0, 1], &|here, stage| vec![0, here.len() as i64, over(here, stage)]);
        compare(Report::StageTimes, &["stage_id", "ended", "in_stage", "over_norm"], times, 2);
        let conversion = expected(&Sale::is_open, &[0, 1], &|here, _| vec![here.len() as i64, 0]);
        compare(Report::Conversion, &["stage_id", "entered", "moved_on"], conversion, 2);
        let bottlenecks = expected(&Sale::is_open, &[0, 1], &|here, stage| vec![here.len() as i64, over(here, stage)]);
        compare(Report::Bottlenecks, &["stage_id", "waiting", "over_norm"], bottlenecks, 2);

        let reasons = crm.report(Report::LostReasons, &query).unwrap();
        let mut shares: BTreeMap<String, f64> = BTreeMap::new();
        let mut found: BTreeMap<String, [i64; 2]> = BTreeMap::new();
        for row in 0..reasons.len() {
            let own = keys_of(&reasons, row);
            *shares.entry(own.clone()).or_default() += reasons.number(row, "share").unwrap();
            let figures = ["deals", "amount"].map(|column| reasons.integer(row, column).unwrap());
            found.insert(format!("{own} {}", reasons.text(row, "lost_reason").unwrap_or_default()), figures);
        }
        let reason = |sale: &Sale| sale.reason.map_or("", |reason| REASONS[reason]);
        let lost = sales.iter().filter(|sale| sale.is_lost());
        let expected = grouped(lost, |sale| Some(format!("{} {}", key(sale, sale.closed_on()), reason(sale))), Sale::closed_value);
        assert_eq!((reasons.len(), found), (expected.len(), expected), "{by:?}");
        assert!(shares.values().all(|share| near(Some(*share), 1.0)), "{shares:?}");
    }
}

/// Every report over deals, as `crm` sees them, against the deals that should be seen.
fn check_all(company: &Company, crm: &Crm, sales: &[Sale]) {
    let key = |id: Option<usize>, ids: &[UserId]| id.map(|at| ids[at].0.to_string());
    let won: Vec<Sale> = sales.iter().filter(|sale| sale.is_won()).cloned().collect();
    let lost: Vec<Sale> = sales.iter().filter(|sale| sale.is_lost()).cloned().collect();
    let open: Vec<Sale> = sales.iter().filter(|sale| sale.is_open()).cloned().collect();

    // K6, K5: what was won, by whom, of what, when.
    let dimensions: [(Dimension, Box<dyn Fn(&Sale) -> Option<String>>); 7] = [
        (Dimension::Owner, Box::new(|sale| key(sale.owner, &company.users))),
        (Dimension::Manager, Box::new(|sale| sale.owner.filter(|owner| *owner == 1).map(|_| company.users[0].0.to_string()))),
        (Dimension::Product, Box::new(|sale| sale.product.map(|at| company.products[at].0.to_string()))),
        (Dimension::ProductCategory, Box::new(|sale| sale.product.filter(|at| *at == 0).map(|_| "mills".into()))),
        (Dimension::Organization, Box::new(|sale| sale.customer.map(|at| company.customers[at].0.to_string()))),
        (Dimension::Month, Box::new(|sale| Some(sale.closed_on().format("%Y-%m").to_string()))),
        (Dimension::Year, Box::new(|sale| Some(sale.closed_on().format("%Y").to_string()))),
    ];
    for (dimension, key) in &dimensions {
        let table = crm.report(Report::Won, &by(*dimension)).unwrap();
        assert_eq!(by_key(&table, ["deals", "amount"]), grouped(&won, key, Sale::closed_value), "{dimension}");
        let amounts: Vec<_> = (0..table.len()).map(|row| table.integer(row, "amount").unwrap()).collect();
        let in_time = matches!(dimension, Dimension::Month | Dimension::Year);
        let keys: Vec<_> = (0..table.len()).map(|row| table.value(row, "key").unwrap()).map(|key| format!("{key:?}")).collect();
        assert!(if in_time { keys.is_sorted() } else { amounts.is_sorted_by(|a, b| a >= b) }, "the best first, time in its order");

        let rates = crm.report(Report::WinRate, &by(*dimension)).unwrap();
        let expected = grouped(won.iter().chain(&lost), key, |sale| sale.is_won().into());
        assert_eq!(by_key(&rates, ["won", "lost"]), expected.iter().map(|(key, [all, won])| (key.clone(), [*won, all - won])).collect(), "{dimension}");
        for row in 0..rates.len() {
            let [won, lost] = ["won", "lost"].map(|name| rates.integer(row, name).unwrap() as f64);
            assert!(near(rates.number(row, "win_rate"), won / (won + lost)));
        }
    }
    // Two at once: a row for each pair that there is; months within an owner in their order.
    let table = crm.report(Report::Won, &ReportQuery::new().by([Dimension::Owner, Dimension::Month])).unwrap();
    let pair = |sale: &Sale| Some(format!("{} {}", key(sale.owner, &company.users).unwrap_or_default(), sale.closed_on().format("%Y-%m")));
    let text = |row: usize, name: &str| match table.value(row, name).unwrap() {
        Value::Null => String::new(),
        Value::Integer(id) => id.to_string(),
        Value::Text(text) => text,
        other => panic!("a key is {}", other.kind()),
    };
    let pairs: Vec<_> = (0..table.len()).map(|row| format!("{} {}", text(row, "key"), text(row, "key2"))).collect();
    let figures = |row: usize| ["deals", "amount"].map(|column| table.integer(row, column).unwrap());
    let found: BTreeMap<_, _> = pairs.iter().cloned().zip((0..table.len()).map(figures)).collect();
    assert_eq!((found.len(), found), (pairs.len(), grouped(&won, pair, Sale::closed_value)));
    assert!((0..table.len()).map(|row| (text(row, "name").is_empty(), text(row, "name"), text(row, "key2"))).collect::<Vec<_>>().is_sorted());

    let total = crm.report(Report::Won, &ReportQuery::default()).unwrap();
    assert_eq!(by_key(&total, ["deals", "amount"])[""], [won.len() as i64, won.iter().map(Sale::closed_value).sum()]);

    check_periods(crm, sales);
    check_split_stages(company, crm, sales);
    let cycle = crm.report(Report::SalesCycle, &ReportQuery::default()).unwrap();
    let took: Vec<i64> = won.iter().map(|sale| sale.took as i64).collect();
    assert_eq!(cycle.integer(0, "deals"), Some(took.len() as i64));
    if took.is_empty() {
        assert_eq!(cycle.number(0, "median_days"), None);
    } else {
        assert!(near(cycle.number(0, "mean_days"), took.iter().sum::<i64>() as f64 / took.len() as f64));
        assert!(near(cycle.number(0, "median_days"), median(took.clone())));
        assert_eq!((cycle.integer(0, "shortest_days"), cycle.integer(0, "longest_days")), (took.iter().min().copied(), took.iter().max().copied()));
    }
    let cycles = crm.report(Report::SalesCycle, &by(Dimension::Owner)).unwrap();
    for row in 0..cycles.len() {
        let owner = cycles.integer(row, "key");
        let took: Vec<i64> = won.iter().filter(|sale| sale.owner.map(|at| company.users[at].0) == owner).map(|sale| sale.took as i64).collect();
        assert!(near(cycles.number(row, "median_days"), median(took)));
    }

    let reasons = crm.report(Report::LostReasons, &ReportQuery::default()).unwrap();
    let expected = grouped(&lost, |sale| sale.reason.map(|at| REASONS[at].into()), Sale::closed_value);
    let found: BTreeMap<_, _> = (0..reasons.len())
        .map(|row| (reasons.text(row, "lost_reason").unwrap_or_default(), [reasons.integer(row, "deals").unwrap(), reasons.integer(row, "amount").unwrap()]))
        .collect();
    assert_eq!(found, expected);
    assert!(reasons.is_empty() || near(Some((0..reasons.len()).map(|row| reasons.number(row, "share").unwrap()).sum()), 1.0));

    // S21: every stage in order, at today's rates while open, at those of the closing once closed.
    let funnel = crm.report(Report::Funnel, &ReportQuery::default()).unwrap();
    assert_eq!(funnel.len(), 4, "stages without deals are shown, too");
    let list_price = |sale: &Sale| sale.product.map_or(0, |at| in_euro(PRICES[at], true, day(TODAY)));
    for (row, stage) in company.stages.iter().enumerate() {
        let here: Vec<_> = sales.iter().filter(|sale| sale.stage == row).collect();
        let worth = |sale: &Sale| if sale.is_open() { sale.open_value() } else { sale.closed_value() };
        let chance = |sale: &Sale| {
            if sale.is_open() {
                sale.chance()
            } else if sale.is_won() {
                100
            } else {
                0
            }
        };
        let weighted = (here.iter().map(|sale| worth(sale) * chance(sale)).sum::<i64>() + 50) / 100;
        let expected = [stage.id.0, here.len() as i64, here.iter().map(|sale| worth(sale)).sum(), weighted, here.iter().map(|sale| list_price(sale)).sum()];
        assert_eq!(["stage_id", "deals", "value", "weighted", "list_value"].map(|name| funnel.integer(row, name).unwrap()), expected);
    }

    let pipeline = crm.report(Report::OpenPipeline, &by(Dimension::Owner)).unwrap();
    let expected = grouped(&open, |sale| key(sale.owner, &company.users), Sale::open_value);
    assert_eq!(by_key(&pipeline, ["deals", "value"]), expected);
    assert_eq!(by_key(&pipeline, ["deals", "list_value"]), grouped(&open, |sale| key(sale.owner, &company.users), list_price));

    // S15: what has been open for too long. The norms are 3 and 14 days; a deal entered late counts from its first day.
    let ageing = crm.report(Report::Ageing, &ReportQuery::default()).unwrap();
    let longest = took.iter().max();
    let mut old: Vec<_> = open
        .iter()
        .map(|sale| (sale.opened as i64, sale.opened as i64 > [3, 14][sale.stage], longest.is_some_and(|longest| sale.opened as i64 > *longest)))
        .collect();
    old.retain(|(_, norm, longest)| *norm || *longest);
    let mut found: Vec<_> = (0..ageing.len())
        .map(|row| (ageing.integer(row, "days_open").unwrap(), ageing.integer(row, "over_norm") == Some(1), ageing.integer(row, "over_longest") == Some(1)))
        .collect();
    assert!(found.is_sorted_by_key(|(days, _, _)| -days), "the oldest first");
    old.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, old);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    // S15, S18, S21, K5, K6, B11
    #[test]
    fn reports_add_up_to_the_same_as_the_deals_put_in(sales in proptest::collection::vec(sale(), 0..40)) {
        check_all(&company(&sales), &company(&sales).crm, &sales);
    }

    // P2, S13: a period, an owner, a team with those below it.
    #[test]
    fn a_query_narrows_a_report(sales in proptest::collection::vec(sale(), 0..40), from in 0..300u64, length in 0..200u64) {
        let company = company(&sales);
        let from = day(TODAY) - Days::new(from);
        let until = from + Days::new(length);
        let won = |keep: &dyn Fn(&Sale) -> bool| -> i64 { sales.iter().filter(|sale| sale.is_won() && keep(sale)).map(Sale::closed_value).sum() };
        let amount = |query: &ReportQuery| company.crm.report(Report::Won, query).unwrap().integer(0, "amount").unwrap();
        let period = ReportQuery::new().from(from).until(until);
        prop_assert_eq!(amount(&period), won(&|sale| (from..=until).contains(&sale.closed_on())));
        prop_assert_eq!(amount(&ReportQuery::new().owner_id(company.users[0])), won(&|sale| sale.owner == Some(0)));
        prop_assert_eq!(amount(&ReportQuery::new().team_id(company.team)), won(&|sale| sale.owner.is_some_and(|owner| owner < 2)));
        let process = company.stages[0].process_id;
        prop_assert_eq!(amount(&period.clone().process_id(process)), amount(&period));
        prop_assert_eq!(amount(&ReportQuery::new().process_id(ProcessId(99))), 0);
    }

    // P1, P2: somebody with rights to the team's deals sees reports over just those.
    #[test]
    fn a_restricted_user_sees_reports_over_the_rows_that_may_be_seen(sales in proptest::collection::vec(sale(), 0..40)) {
        let company = company(&sales);
        let role = company.crm.roles().add(RoleFields { name: "seller".into(), ..Default::default() }).unwrap().id;
        for (target, reading) in [("deal", Level::Team), ("organization", Level::All)] {
            let fields = PermissionFields { role_id: role, entity: target.into(), reading, writing: Level::None, ..Default::default() };
            company.crm.permissions().add(fields).unwrap();
        }
        company.crm.user_roles().add(UserRoleFields { user_id: company.users[0], role_id: role, ..Default::default() }).unwrap();
        let seen: Vec<Sale> = sales.iter().filter(|sale| sale.owner.is_some_and(|owner| owner < 2)).cloned().collect();
        check_all(&company, &company.crm.acting_as(company.users[0]).unwrap(), &seen);
    }

    // B2, S18: the reports of a past moment are those of the deals as they were.
    #[test]
    fn reports_of_a_past_moment_do_not_change(sales in proptest::collection::vec(sale(), 1..30), change in proptest::collection::vec((any::<prop::sample::Index>(), sale()), 0..15)) {
        let company = company(&sales);
        let then = company.crm.now();
        company.clock.advance(TimeDelta::hours(1));
        let ids: Vec<DealId> = company.crm.deals().find("").unwrap().iter().map(|deal| deal.id).collect();
        for (which, new) in &change {
            let at = which.index(ids.len());
            let new = DealFields { lost_reason: Some("price".into()), ..company.fields(at, new) };
            company.crm.deals().update(ids[at], new, None).unwrap();
        }
        company.crm.deals().add(company.fields(99, &sales[0])).unwrap();
        check_all(&company, &company.crm.at(then).unwrap(), &sales);
    }
}

// S15: three deals walk through the stages; times, conversion and what is stuck follow from their steps.
#[test]
fn stage_times_and_conversion_follow_the_moves() {
    let company = company(&[]);
    let Company { crm, clock, stages, .. } = &company;
    let add = |name: &str| crm.deals().add(DealFields { name: name.into(), ..Default::default() }).unwrap().id;
    let go = |deal: DealId, stage: usize| {
        let reason = (stage == 3).then(|| "price".to_owned());
        crm.deals().edit(deal, |fields| (fields.stage_id, fields.lost_reason) = (stages[stage].id, reason.clone())).unwrap();
    };
    let [a, b, c] = ["a", "b", "c"].map(add);
    clock.advance(TimeDelta::days(2));
    go(a, 1);
    clock.advance(TimeDelta::days(4));
    go(b, 3);
    clock.advance(TimeDelta::days(5));
    go(a, 2);
    let d = add("d");
    clock.advance(TimeDelta::days(1));
    go(d, 2);

    let times = crm.report(Report::StageTimes, &ReportQuery::default()).unwrap();
    assert_eq!(times.len(), 2, "only the open stages");
    assert_eq!((times.integer(0, "ended"), times.integer(0, "in_stage"), times.integer(0, "over_norm")), (Some(3), Some(1), Some(1)));
    // a 2 days, b 6, d 1; c is still there after 12.
    assert!(near(times.number(0, "mean_days"), 3.0) && near(times.number(0, "median_days"), 2.0));
    assert_eq!((times.integer(1, "ended"), times.number(1, "median_days"), times.integer(1, "in_stage")), (Some(1), Some(9.0), Some(0)));

    let conversion = crm.report(Report::Conversion, &ReportQuery::default()).unwrap();
    assert_eq!((conversion.integer(0, "entered"), conversion.integer(0, "moved_on")), (Some(4), Some(2)), "a and d got further, b was lost, c stays");
    assert!(near(conversion.number(0, "share"), 0.5) && near(conversion.number(1, "share"), 1.0));

    let ageing = crm.report(Report::Ageing, &ReportQuery::default()).unwrap();
    assert_eq!((ageing.len(), ageing.integer(0, "record_id")), (1, Some(c.0)));
    assert_eq!((ageing.integer(0, "days_in_stage"), ageing.integer(0, "norm_days"), ageing.integer(0, "longest_won_days")), (Some(12), Some(3), Some(11)));
}

// B11: an amount that cannot be converted is told, not left out.
#[test]
fn an_amount_without_a_rate_stops_a_report() {
    let company = company(&[]);
    let value = Some("100 CHF".parse().unwrap());
    company.crm.deals().add(DealFields { name: "Watch".into(), value, ..Default::default() }).unwrap();
    let error = company.crm.report(Report::Funnel, &ReportQuery::default()).unwrap_err();
    assert!(error.reason().contains("no exchange rate from CHF to EUR"), "{error}");
}

// What a report cannot use is refused rather than passed over.
#[test]
fn parts_of_a_query_without_meaning_are_refused() {
    let crm = Crm::open(":memory:").unwrap();
    let refused = |report, query: ReportQuery| crm.report(report, &query).unwrap_err().field().to_owned();
    assert_eq!(refused(Report::Ageing, by(Dimension::Owner)), "by");
    assert_eq!(refused(Report::Funnel, by(Dimension::Stage)), "by");
    // What is refused says what would not be.
    let reason = crm.report(Report::StagePlans, &by(Dimension::Owner)).unwrap_err().reason().to_owned();
    assert!(reason.contains("which takes process_id, from, until, owner_id, team_id, line_id, filter, list, limit; these can be split: "), "{reason}");
    assert!(["funnel", "stage_times", "won"].iter().all(|name| reason.contains(name)) && !reason.contains("trend"), "{reason}");
    let reason = crm.report(Report::DictionarySuspects, &ReportQuery::new().from(day(TODAY))).unwrap_err().reason().to_owned();
    assert_eq!(reason, "does not apply to this report, which takes limit");
    // A report about deals alone knows nothing of what goes through the process of something else.
    let way = crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap().id;
    for report in [Report::Won, Report::WinRate, Report::SalesCycle, Report::OpenPipeline, Report::Trend, Report::Forecast] {
        let error = crm.report(report, &ReportQuery::new().process_id(way)).unwrap_err();
        assert_eq!(error.to_string(), "process_id: the process is one for `organization`; this report is about `deal` alone");
    }
    assert_eq!(refused(Report::Affiliations, ReportQuery::new().process_id(ProcessId(1))), "process_id");
    assert_eq!(refused(Report::DictionarySuspects, ReportQuery::new().from(day(TODAY))), "from");
    assert_eq!(refused(Report::Won, ReportQuery::new().limit(0)), "limit");
}

// Every report runs on an empty file, by every dimension it takes, and within a change set.
#[test]
fn every_report_runs_with_every_dimension() {
    let crm = Crm::open(":memory:").unwrap();
    let mut split = 0;
    for report in Report::ALL {
        let table = crm.report(*report, &ReportQuery::new().limit(10)).unwrap();
        assert!(!table.columns.is_empty());
        assert_eq!(crm.begin("look").unwrap().report(*report, &ReportQuery::new().limit(10)).unwrap(), table);
        for dimension in Dimension::ALL {
            match crm.report(*report, &by(*dimension)) {
                Ok(table) => {
                    assert!(table.is_empty());
                    split += 1;
                }
                Err(error) => assert_eq!(error.field(), "by"),
            }
        }
    }
    // Five reports by everything, four by everything but what their rows are, two by periods only.
    assert_eq!(split, 5 * Dimension::ALL.len() + 4 * (Dimension::ALL.len() - 2) + 2 * 5);
}

// S15: whose deals wait where, and how far each one's got.
#[test]
fn stage_times_and_conversion_are_split_by_what_the_deals_have() {
    let company = company(&[]);
    let Company { crm, clock, stages, users, .. } = &company;
    let add = |owner: Option<usize>| crm.deals().add(DealFields { name: "x".into(), owner_id: owner.map(|at| users[at]), ..Default::default() }).unwrap().id;
    let go =
        |deal: DealId, stage: usize| crm.deals().edit(deal, |fields| (fields.stage_id, fields.lost_reason) = (stages[stage].id, Some("price".into()))).unwrap();
    let (a, b, c, d) = (add(Some(0)), add(Some(0)), add(Some(1)), add(None));
    clock.advance(TimeDelta::days(2));
    go(a, 1);
    go(d, 3);
    clock.advance(TimeDelta::days(4));
    go(b, 2);
    go(a, 2);
    clock.advance(TimeDelta::days(20)); // Into the next month.
    go(c, 1);
    let rows = |report, query: &ReportQuery, columns: &[&str]| -> Vec<String> {
        let table = crm.report(report, query).unwrap();
        let cell = |row: usize, name: &&str| match table.value(row, name).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => format!("{number:.1}"),
            Value::Text(text) => text,
            other => panic!("a cell is {}", other.kind()),
        };
        (0..table.len()).map(|row| columns.iter().map(|name| cell(row, name)).collect::<Vec<_>>().join(" ")).collect()
    };
    let owners = ReportQuery::new().by(["owner"]);
    assert_eq!(
        rows(Report::StageTimes, &owners, &["name", "stage", "ended", "mean_days", "in_stage", "over_norm"]),
        [
            "User 0 Enquiry 2 4.0 0 0",
            "User 0 Quoted 1 4.0 0 0",
            "User 1 Enquiry 1 26.0 0 0",
            "User 1 Quoted 0 - 1 0",
            "- Enquiry 1 2.0 0 0",
            "- Quoted 0 - 0 0"
        ]
    );
    assert_eq!(
        rows(Report::Conversion, &owners, &["name", "stage", "entered", "moved_on", "share"]),
        ["User 0 Enquiry 2 2 1.0", "User 0 Quoted 1 1 1.0", "User 1 Enquiry 1 1 1.0", "User 1 Quoted 1 0 0.0", "- Enquiry 1 0 0.0", "- Quoted 0 0 -"]
    );
    // By the day on which the stage was entered.
    assert_eq!(
        rows(Report::StageTimes, &ReportQuery::new().by(["month", "owner"]), &["key", "name2", "stage", "ended", "in_stage"])[6..],
        ["2026-07 User 1 Enquiry 0 0", "2026-07 User 1 Quoted 0 1"]
    );
    let table = crm.report(Report::Funnel, &ReportQuery::new().by(["owner", "organization.industry"]).process_id(stages[0].process_id)).unwrap();
    assert_eq!(table.columns[..5].iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["key", "name", "key2", "name2", "process_id"]);
    assert_eq!(table.len(), 3 * 4);
    assert_eq!(crm.report(Report::Funnel, &ReportQuery::default()).unwrap().columns[0].name, "process_id");
    // What customers have splits their reports, too.
    let way = crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap();
    for (name, industry) in [("Ajax", Some("steel")), ("Bolt", None), ("Cord", Some("steel"))] {
        let industry = industry.map(str::to_owned);
        crm.organizations().add(OrganizationFields { name: name.into(), industry, process_id: Some(way.id), ..Default::default() }).unwrap();
    }
    let of = ReportQuery::new().process_id(way.id).by(["industry"]);
    assert_eq!(rows(Report::Funnel, &of, &["key", "stage", "records"])[..2], ["steel Prospect 2", "steel In contact 0"]);
    assert_eq!(rows(Report::Funnel, &of, &["key", "stage", "records"]).len(), 10);
    assert_eq!(crm.report(Report::Funnel, &ReportQuery::new().process_id(way.id).by(["product"])).unwrap_err().field(), "by");
}

// A report reads each record a few times, not each record for each other: the limit is many times what it takes.
#[test]
fn reports_over_many_records_end_in_time() {
    let company = company(&[]);
    let Company { crm, stages, users, .. } = &company;
    let deals = (0..30_000usize).map(|at| DealFields {
        name: "x".into(),
        stage_id: stages[at % 4].id,
        owner_id: Some(users[at % 3]),
        opened_on: Some(day("2025-01-01") + Days::new(at as u64 % 400)),
        ..Default::default()
    });
    crm.deals().add_many(deals).unwrap();
    let hasty = crm.time_limit(std::time::Duration::from_secs(15));
    let mut asked = 0;
    for report in Report::ALL {
        for query in [ReportQuery::default(), by(Dimension::Owner), ReportQuery::new().by(["owner", "month"])] {
            match hasty.report(*report, &query) {
                Ok(_) => asked += 1,
                Err(error) => assert_eq!((error.code(), error.field()), ("invalid", "by"), "{report}: {error}"),
            }
        }
    }
    assert!(asked > 25, "{asked}");
}

// A day that nobody will see is one row, and no calendar of thousands of years.
#[test]
fn periods_far_away_are_counted_and_not_filled_in() {
    let company = company(&[]);
    let Company { crm, stages, .. } = &company;
    let value = |amount: &str| Some(amount.parse().unwrap());
    let add = |fields: DealFields| crm.deals().add(DealFields { name: "x".into(), ..fields }).unwrap().id;
    add(DealFields { value: value("10 EUR"), closes_on: Some(day("2026-05-01")), ..Default::default() });
    add(DealFields { value: value("30 EUR"), closes_on: Some(day("9999-12-31")), ..Default::default() });
    let won = |on: &str| {
        add(DealFields { value: value("7 EUR"), stage_id: stages[2].id, opened_on: Some(day("2026-05-02")), closed_on: Some(day(on)), ..Default::default() })
    };
    won("9999-12-31");
    won("2026-06-01");
    for (by, last) in [("day", "9999-12-31"), ("week", "9999-W52"), ("month", "9999-12"), ("quarter", "9999-Q4"), ("year", "9999")] {
        for (report, columns) in [(Report::Forecast, ["deals", "won", "value"]), (Report::Trend, ["won", "amount", "opened"])] {
            let table = crm.report(report, &ReportQuery::new().by([by])).unwrap();
            let end = table.len() - 1;
            assert_eq!(table.text(end, "period").as_deref(), Some(last), "{report}");
            let expected = if report == Report::Forecast { [1, 700, 3_000] } else { [1, 700, 0] };
            assert_eq!(columns.map(|column| table.integer(end, column).unwrap()), expected, "{report} by {by}");
            let sum = |column: &str| (0..table.len()).map(|row| table.integer(row, column).unwrap()).sum::<i64>();
            assert_eq!(columns.map(sum), if report == Report::Forecast { [2, 1_400, 4_000] } else { [2, 1_400, 4] }, "{report} by {by}");
            assert_eq!(table.len(), 1_201, "{report} by {by}");
        }
    }
    assert_eq!(crm.deals().count("next_period('month', closes_on) is null and period_start('month', closes_on) = '9999-12-01'").unwrap(), 1);
}

// Amounts by their probability are exact as far as they fit, and refused beyond, as sums are.
#[test]
fn weighted_amounts_are_exact_or_refused() {
    let company = company(&[]);
    let Company { crm, stages, .. } = &company;
    let figures = |deals: &[(i64, i64)]| {
        let id = |(minor, probability): &(i64, i64)| {
            let value = Some(Money::from_minor(*minor, "EUR".parse().unwrap()));
            let closes_on = Some(day("2026-07-01"));
            crm.deals().add(DealFields { name: "x".into(), value, probability: Some(*probability), closes_on, ..Default::default() }).unwrap().id
        };
        let ids: Vec<_> = deals.iter().map(id).collect();
        let found = [Report::OpenPipeline, Report::Funnel, Report::Forecast].map(|report| {
            let table = crm.report(report, &ReportQuery::default());
            table.map(|table| (0..table.len()).map(|row| table.integer(row, "weighted").unwrap()).sum::<i64>()).map_err(|error| error.reason().to_owned())
        });
        for id in ids {
            crm.deals().remove(id).unwrap();
        }
        found
    };
    let most = i64::MAX;
    for deals in [
        &[(200_000_000_000_000_000, 50)][..],
        &[(most, 100)],
        &[(most - 1, 99)],
        &[(1, 50)],
        &[(1, 49)],
        &[(149, 1), (101, 33), (most / 2, 7)],
        &[(-140, 1)],
        &[(-150, 1)],
        &[(-260, 1), (1, 100)],
    ] {
        // To the nearest, halves upwards.
        let exact: i128 = deals.iter().map(|(minor, probability)| i128::from(*minor) * i128::from(*probability)).sum();
        let expected = i64::try_from((exact + 50).div_euclid(100)).unwrap();
        assert_eq!(figures(deals), [Ok(expected), Ok(expected), Ok(expected)], "{deals:?}");
    }
    for found in figures(&[(most, 100), (most, 100)]) {
        assert!(found.as_ref().is_err_and(|reason| reason.contains("overflow")), "{found:?}");
    }
    // Each fits, and what is expected of both does not.
    let value = Some(Money::from_minor(most, "EUR".parse().unwrap()));
    let fields = DealFields { name: "x".into(), value, closes_on: Some(day(TODAY)), probability: Some(90), ..Default::default() };
    crm.deals().add(fields.clone()).unwrap();
    crm.deals().add(DealFields { stage_id: stages[2].id, closed_on: Some(day(TODAY)), ..fields }).unwrap();
    assert!(crm.report(Report::Forecast, &ReportQuery::default()).unwrap_err().reason().contains("overflow"));
    assert_eq!(crm.report(Report::Won, &ReportQuery::default()).unwrap().integer(0, "amount"), Some(most));
}

// D3
#[test]
fn affiliations_are_reported_with_role_dates_and_activity() {
    let company = company(&[]);
    let Company { crm, customers, .. } = &company;
    let ann = crm.people().add(PersonFields { name: "Ann Lee".into(), ..Default::default() }).unwrap().id;
    let spans = [(customers[0], "2020-01-01", Some("2024-12-31"), false), (customers[1], "2025-01-01", None, true)];
    for (organization_id, since, until, active) in spans {
        let (since, until) = (Some(day(since)), until.map(day));
        let role = Some("purchasing".into());
        crm.affiliations().add(AffiliationFields { person_id: ann, organization_id, role, since, until, active: Some(active), ..Default::default() }).unwrap();
    }
    let all = crm.report(Report::Affiliations, &ReportQuery::default()).unwrap();
    assert_eq!([0, 1].map(|row| all.text(row, "organization").unwrap()), ["Birch", "Acme"], "the active one first");
    assert_eq!(
        (all.text(1, "role").as_deref(), all.value(1, "until"), all.value(1, "active")),
        (Some("purchasing"), Some(Value::Date(day("2024-12-31"))), Some(Value::Bool(false)))
    );
    assert_eq!(all.integer(0, "organizations"), Some(1), "she works in one at present");
    let then = crm.report(Report::Affiliations, &ReportQuery::new().from(day("2024-01-01")).until(day("2024-06-30"))).unwrap();
    assert_eq!((then.len(), then.text(0, "organization").as_deref()), (1, Some("Acme")));
}

// D21, D5
#[test]
fn words_that_no_dictionary_holds_are_suspects() {
    let crm = Crm::open(":memory:").unwrap();
    let sizes = crm.dictionaries().add(DictionaryFields { name: "sizes".into(), ..Default::default() }).unwrap();
    crm.dictionary_items().add(DictionaryItemFields { dictionary_id: sizes.id, name: "large".into(), ..Default::default() }).unwrap();
    let field =
        CustomFieldFields { entity: "organization".into(), name: "sizes".into(), kind: CustomKind::Items, of: Some("sizes".into()), ..Default::default() };
    crm.custom_fields().add(field).unwrap();
    for (industry, size) in [("technolgy", "large"), ("technolgy", "lagre"), ("steel", "large"), ("zzz", "large")] {
        let custom = Custom::from([("sizes".to_owned(), Value::Items(vec![size.into()]))]);
        crm.organizations().add(OrganizationFields { name: "Acme".into(), industry: Some(industry.into()), custom, ..Default::default() }).unwrap();
    }
    let table = crm.report(Report::DictionarySuspects, &ReportQuery::default()).unwrap();
    let rows: Vec<_> = (0..table.len())
        .map(|row| {
            (
                ["entity", "field", "value"].map(|name| table.text(row, name).unwrap()).join("."),
                table.integer(row, "count").unwrap(),
                table.text(row, "nearest"),
            )
        })
        .collect();
    let expected = [
        ("organization.industry.technolgy".to_owned(), 2, Some("technology".to_owned())),
        ("organization.industry.zzz".to_owned(), 1, None),
        ("organization.sizes.lagre".to_owned(), 1, Some("large".to_owned())),
    ];
    assert_eq!(rows, expected);
}

// S18, K5: a filter with values, a list, fields of one's own, dictionary fields and those of records referred to.
#[test]
fn reports_are_narrowed_and_split_by_any_field() {
    let sale = |stage: usize, value: i64, customer: usize| Sale {
        stage,
        value: Some(value),
        dollars: false,
        probability: None,
        owner: Some(0),
        product: None,
        customer: Some(customer),
        opened: 20,
        took: 10,
        reason: (stage == 3).then_some(value as usize % 2),
    };
    let company = company(&[sale(2, 100, 0), sale(2, 250, 0), sale(2, 1_000, 1), sale(3, 30, 0), sale(3, 41, 1)]);
    let Company { crm, customers, .. } = &company;
    let custom = |entity: &str, name: &str, kind| CustomFieldFields { entity: entity.into(), name: name.into(), kind, ..Default::default() };
    crm.custom_fields().add(custom("deal", "hot", CustomKind::Bool)).unwrap();
    crm.custom_fields().add(custom("organization", "region", CustomKind::Text)).unwrap();
    crm.custom_fields().add(custom("deal", "signed", CustomKind::Date)).unwrap();
    let deals = crm.deals().find(Filter::new("").order_by("id")).unwrap();
    crm.deals().set(deals[0].id, named([("hot", true.into()), ("signed", Value::Date(day("2026-02-03")))]), None).unwrap();
    crm.deals().set(deals[2].id, named([("hot", false.into()), ("signed", Value::Date(day("2025-02-03")))]), None).unwrap();
    crm.organizations().set(customers[0], named([("region", "north".into())]), None).unwrap();

    let rows = |report, query: &ReportQuery, columns: &[&str]| -> Vec<String> {
        let table = crm.report(report, query).unwrap();
        let cell = |row: usize, name: &&str| match table.value(row, name).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Bool(yes) => i64::from(yes).to_string(),
            Value::Text(text) => text,
            other => panic!("a cell is {}", other.kind()),
        };
        (0..table.len()).map(|row| columns.iter().map(|name| cell(row, name)).collect::<Vec<_>>().join(" ")).collect()
    };
    let won = |query: &ReportQuery| rows(Report::Won, query, &["name", "amount"]);
    assert_eq!(won(&ReportQuery::new().by(["hot"])), ["no 1000", "- 250", "yes 100"]);
    assert_eq!(won(&ReportQuery::new().by(["signed"])), ["2025-02-03 1000", "2026-02-03 100", "- 250"], "in the order of time");
    assert_eq!(won(&ReportQuery::new().by(["organization.region"])), ["- 1000", "north 350"]);
    assert_eq!(rows(Report::WinRate, &ReportQuery::new().by(["lost_reason"]), &["name", "won", "lost"]), ["- 3 0", "price 0 1", "timing 0 1"]);
    assert_eq!(won(&ReportQuery::new().by([Dimension::Stage])), ["Won 1350"]);
    assert_eq!(
        rows(Report::Won, &ReportQuery::new().by(["organization", "hot"]), &["name", "name2", "amount"]),
        ["Acme - 250", "Acme yes 100", "Birch no 1000"]
    );

    let filtered = |filter: &str, params: Vec<Value>| ReportQuery::new().filter(filter).params(params);
    assert_eq!(won(&filtered("value >= ?", vec![250.into()])), ["- 1250"]);
    let both = filtered("value between ?2 and ?1", vec![999.into(), 200.into()]).owner_id(company.users[0]).process_id(company.stages[0].process_id);
    assert_eq!(won(&both), ["- 250"]);
    assert_eq!(crm.report(Report::Funnel, &both).unwrap().len(), 4, "the stages of the process");
    let list = |name: &str, entity: &str, filter: &str| {
        let fields = ListFields { name: name.into(), entity: entity.into(), kind: ListKind::Dynamic, filter: Some(filter.into()), ..Default::default() };
        crm.lists().add(fields).unwrap();
        ReportQuery::new().list(name)
    };
    assert_eq!(won(&list("Northern", "organization", "region = 'north'")), ["- 350"]);
    let people = list("Anybody", "person", "name is not null");
    assert_eq!(won(&people), ["- 0"], "by the person that a deal refers to");

    let refused = |query: ReportQuery, report: Report| {
        let error = crm.report(report, &query).unwrap_err();
        (error.field().to_owned(), error.to_string())
    };
    assert_eq!(refused(ReportQuery::new().by(["regoin"]), Report::Won).0, "by");
    assert!(refused(ReportQuery::new().by(["ownr"]), Report::Won).1.contains("did you mean `owner`"));
    assert!(refused(ReportQuery::new().by(["value"]), Report::Won).1.contains("neither an amount"));
    assert!(refused(ReportQuery::new().by(["owner", "owner_id"]), Report::Won).1.contains("twice"));
    assert!(refused(ReportQuery::new().by(["owner", "line", "month"]), Report::Won).1.contains("at most 2"));
    assert_eq!(refused(ReportQuery::new().params([1]), Report::Won).0, "params");
    assert_eq!(refused(filtered("valeu > 1", vec![]), Report::Won).0, "valeu");
    assert_eq!(refused(ReportQuery::new().list("No such"), Report::Won).0, "list");
    assert_eq!(refused(filtered("name = 'x'", vec![]), Report::DictionarySuspects).0, "filter");
}

// S1, S15, D14: customers as a whole go through stages, with dates planned for them; the reports over stages speak of them as of deals.
#[test]
fn customers_go_through_stages_as_deals_do() {
    let company = company(&[]);
    let Company { crm, clock, .. } = &company;
    let way = crm.add_process_for("organization", "Customers", ProcessTemplate::Customer).unwrap();
    let stages = crm.stages().find(Filter::new("process_id = ?1").bind(way.id).order_by("position")).unwrap();
    let add = |name: &str| crm.organizations().add(OrganizationFields { name: name.into(), process_id: Some(way.id), ..Default::default() }).unwrap();
    let go = |id: OrganizationId, stage: usize| crm.organizations().edit(id, |fields| fields.stage_id = Some(stages[stage].id)).unwrap();
    let (a, b, c) = (add("Ajax"), add("Bolt"), add("Cord"));
    assert_eq!((a.process_id, a.stage_id), (Some(way.id), Some(stages[0].id)));
    let plan = |id: OrganizationId, stage: usize, on: &str| {
        let fields = StagePlanFields { entity: "organization".into(), record_id: id.0, stage_id: stages[stage].id, planned_on: day(on), ..Default::default() };
        crm.stage_plans().add(fields).unwrap()
    };
    plan(a.id, 1, "2026-06-20");
    plan(a.id, 2, "2026-06-30");
    plan(b.id, 1, "2026-06-16");
    plan(c.id, 1, "2026-07-01");
    clock.advance(TimeDelta::days(10));
    go(a.id, 1);
    clock.advance(TimeDelta::days(30));
    go(a.id, 3);
    let why = |fields: &mut OrganizationFields| (fields.stage_id, fields.lost_reason) = (Some(stages[4].id), Some("service".into()));
    crm.organizations().edit(b.id, why).unwrap();
    clock.advance(TimeDelta::days(70));

    let of = ReportQuery::new().process_id(way.id);
    let rows = |report, columns: &[&str]| -> Vec<String> {
        let table = crm.report(report, &of).unwrap();
        let cell = |row: usize, name: &&str| match table.value(row, name).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Bool(yes) => i64::from(yes).to_string(),
            Value::Text(text) => text,
            Value::Number(number) => format!("{number:.0}"),
            Value::Date(day) => day.to_string(),
            other => panic!("a cell is {}", other.kind()),
        };
        (0..table.len()).map(|row| columns.iter().map(|name| cell(row, name)).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(
        rows(Report::Funnel, &["stage", "kind", "records"]),
        ["Prospect open 1", "In contact open 0", "First order open 0", "Regular customer won 1", "Lost lost 1"]
    );
    assert_eq!(
        rows(Report::Bottlenecks, &["stage", "norm_days", "waiting", "over_norm", "share", "mean_days", "longest_days"]),
        ["Prospect 90 1 1 1 110 110", "In contact 60 0 0 - - -", "First order 90 0 0 - - -"]
    );
    assert_eq!(rows(Report::LostReasons, &["lost_reason", "records", "share"]), ["service 1 1"]);
    // Customers have no amounts, so their reports have none either.
    for (report, columns) in [(Report::Funnel, 6), (Report::LostReasons, 3)] {
        let table = crm.report(report, &of).unwrap();
        assert_eq!((table.columns.len(), table.about.unwrap().amounts), (columns, vec![]));
    }
    assert_eq!(
        rows(Report::StageTimes, &["stage", "ended", "mean_days", "in_stage", "over_norm"]),
        ["Prospect 2 25 1 1", "In contact 1 30 0 0", "First order 0 - 0 0"]
    );
    assert_eq!(rows(Report::Conversion, &["stage", "entered", "moved_on"]), ["Prospect 3 1", "In contact 1 1", "First order 0 0"]);
    assert_eq!(rows(Report::Ageing, &["name", "days_in_stage", "norm_days", "longest_won_days"]), ["Cord 110 90 40"]);
    assert_eq!(
        rows(Report::StagePlans, &["name", "stage", "planned_on", "entered_on", "days_late", "overdue"]),
        [
            "Bolt In contact 2026-06-16 - - 0",
            "Ajax In contact 2026-06-20 2026-06-25 5 0",
            "Ajax First order 2026-06-30 - - 0",
            "Cord In contact 2026-07-01 - 94 1"
        ],
        "Bolt was lost and Ajax passed the stage over: only Cord is late"
    );
    // Of deals when no process is asked for, and none of those here.
    assert_eq!(crm.report(Report::StageTimes, &ReportQuery::default()).unwrap().integer(0, "in_stage"), Some(0));

    // What goes through a process stays; stages of deals are none for customers.
    assert_refused(crm.processes().edit(way.id, |fields| fields.entity = "deal".into()), "invalid", "what goes through it stays");
    assert_refused(crm.processes().edit(way.id, |fields| fields.entity = "person".into()), "invalid", "no process and no stage");
    assert_refused(crm.stages().edit(stages[0].id, |fields| fields.kind = StageKind::Won), "invalid", "records are in this stage");
    let of_deals = company.stages[0].id;
    assert_refused(crm.organizations().edit(c.id, |fields| fields.stage_id = Some(of_deals)), "invalid", "another entity, `deal`");
    assert_refused(crm.organizations().edit(c.id, |fields| (fields.process_id, fields.stage_id) = (None, Some(of_deals))), "invalid", "another entity, `deal`");
    let wrong = StagePlanFields { entity: "organization".into(), record_id: c.id.0, stage_id: of_deals, planned_on: day(TODAY), ..Default::default() };
    assert_refused(crm.stage_plans().add(wrong), "invalid", "another entity");
    assert_refused(crm.stages().edit(stages[1].id, |fields| fields.kind = StageKind::Lost), "invalid", "records were in this stage");
    // Out of the process and back: the history says so, and the timeline tells it.
    crm.organizations().edit(c.id, |fields| (fields.process_id, fields.stage_id) = (None, None)).unwrap();
    assert_eq!(crm.stage_moves().count(("entity = 'organization' and record_id = ?1 and left_at is not null", [c.id])).unwrap(), 1);
    let told = crm.timeline(a.id, 100, None).unwrap();
    let titles: Vec<_> =
        (0..told.len()).filter(|row| told.text(*row, "kind").as_deref() == Some("stage")).map(|row| told.text(row, "title").unwrap()).collect();
    assert_eq!(titles, ["Regular customer", "In contact", "Prospect"]);
    crm.organizations().remove(c.id).unwrap();
    assert_eq!(crm.stage_moves().count(("entity = 'organization' and record_id = ?1", [c.id])).unwrap(), 0);
    assert_clean(crm);
}
