//! A made-up year of a machinery seller: about a thousand customers with people, activities and deals. The same on every run.

use crate::show::{Bar, Story};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use crm_core::*;

/// When the year begins.
pub const BEGIN: DateTime<Utc> = match NaiveDate::from_ymd_opt(2025, 1, 2) {
    Some(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
    None => DateTime::UNIX_EPOCH,
};
const MONTHS: i64 = 12;
const CUSTOMERS: usize = 1_000;
const NEW_DEALS_A_MONTH: usize = 200;

const ROOTS: [&str; 24] = [
    "Alder", "Baltic", "Cobalt", "Delta", "Elbe", "Falcon", "Granite", "Harbour", "Iris", "Juniper", "Krakow", "Larch", "Meridian", "Nordic", "Oder",
    "Pioneer", "Quarry", "Rhine", "Silesia", "Tundra", "Umber", "Vistula", "Wismar", "Zenith",
];
const TRADES: [(&str, &str); 8] = [
    ("Steel", "steel"),
    ("Foods", "food"),
    ("Logistics", "logistics"),
    ("Plastics", "chemicals"),
    ("Paper", "machinery"),
    ("Motors", "automotive"),
    ("Timber", "construction"),
    ("Power", "energy"),
];
const FIRST: [&str; 16] =
    ["Anna", "Boris", "Celina", "David", "Ewa", "Frank", "Greta", "Henryk", "Irina", "Jan", "Karin", "Lech", "Maria", "Nikolai", "Olga", "Peter"];
const LAST: [&str; 16] = [
    "Adler",
    "Bauer",
    "Czarnecki",
    "Dombrowski",
    "Ebert",
    "Fischer",
    "Gorski",
    "Hoffmann",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindner",
    "Maier",
    "Nowak",
    "Orlova",
    "Petrov",
];
const SELLERS: [(&str, usize); 10] = [
    ("Hanna Berg", 0),
    ("Tomasz Wilk", 0),
    ("Vera Sokolova", 1),
    ("Lukas Brandt", 1),
    ("Julia Mazur", 2),
    ("Pavel Orlov", 2),
    ("Nina Vogel", 0),
    ("Adam Lis", 1),
    ("Elena Popova", 2),
    ("Max Keller", 0),
];
const PRODUCTS: [(&str, &str, i64); 6] = [
    ("Press P40", "presses", 84_000),
    ("Press P90", "presses", 210_000),
    ("Mill M2", "mills", 46_000),
    ("Conveyor C1", "conveyors", 12_500),
    ("Conveyor C5", "conveyors", 38_000),
    ("Service plan", "service", 6_400),
];

/// A small generator of numbers that look random (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// What the year's work needs to know of the base.
struct Base {
    sellers: Vec<UserId>,
    products: Vec<(ProductId, i64)>,
    customers: Vec<OrganizationId>,
    process: ProcessId,
    stages: Vec<StageId>,
    won: StageId,
    lost: StageId,
}

pub fn load(crm: &Crm, clock: &ManualClock) -> Result<Story> {
    let mut dice = Dice(20_250_102);
    let base = people_and_products(crm, &mut dice)?;
    let bar = Bar::new("a year of selling");
    let mut open: Vec<(DealId, usize)> = Vec::new();
    for month in 0..MONTHS {
        clock.set(BEGIN + TimeDelta::days(month * 30));
        crm.change("a month of selling", |change| month_of(change, &base, &mut dice, &mut open, month))?;
        bar.at(month as u64 + 1, Some(MONTHS as u64));
    }
    clock.set(BEGIN + TimeDelta::days(MONTHS * 30));
    Ok(Story { earlier: BEGIN + TimeDelta::days(6 * 30 + 1), earlier_label: "early July 2025".into(), filter: "employees >= 4000".into() })
}

fn people_and_products(crm: &Crm, dice: &mut Dice) -> Result<Base> {
    let process = crm.add_process("Machines", ProcessTemplate::Classic)?.id;
    let stages = crm.stages().find(Filter::new("process_id = ?1").bind(process).order_by("position"))?;
    let of_kind = |kind: StageKind| stages.iter().filter(move |stage| stage.kind == kind).map(|stage| stage.id);
    let base = crm.change("customers, products and sellers", |change| {
        let mut teams = Vec::new();
        for name in ["North", "East", "South"] {
            let team = change.teams().add(TeamFields::new(name))?;
            let manager = change.users().add(UserFields::new(format!("Manager {name}")).team_id(team.id))?;
            teams.push((team.id, manager.id));
        }
        let mut sellers = Vec::new();
        for (name, team) in SELLERS {
            let (team_id, manager_id) = teams[team];
            sellers.push(change.users().add(UserFields::new(name).team_id(team_id).manager_id(manager_id))?.id);
        }
        let list = change.price_lists().add(PriceListFields::new("Prices 2025"))?;
        let mut products = Vec::new();
        for (name, category, price) in PRODUCTS {
            let product = change.products().add(ProductFields::new(name).category(category))?;
            let amount = Money::from_minor(price * 100, Currency::EUR);
            change.prices().add(PriceFields::new(list.id, product.id, amount))?;
            products.push((product.id, price * 100));
        }
        let mut customers = Vec::new();
        for number in 0..CUSTOMERS {
            customers.push(customer(change, dice, number, &sellers)?);
        }
        Ok((sellers, products, customers))
    })?;
    let (sellers, products, customers) = base.value;
    let (won, lost) = (of_kind(StageKind::Won).next().unwrap_or_default(), of_kind(StageKind::Lost).next().unwrap_or_default());
    Ok(Base { sellers, products, customers, process, stages: of_kind(StageKind::Open).collect(), won, lost })
}

fn customer(change: &ChangeSet, dice: &mut Dice, number: usize, sellers: &[UserId]) -> Result<OrganizationId> {
    let (trade, industry) = TRADES[number / ROOTS.len() % TRADES.len()];
    let series = number / (ROOTS.len() * TRADES.len());
    let name = format!("{} {trade}{}", ROOTS[number % ROOTS.len()], if series == 0 { String::new() } else { format!(" {}", series + 1) });
    let organization = change.organizations().add(
        OrganizationFields::new(name)
            .industry(industry)
            .kind("customer")
            .employees(20 + dice.roll(5_000) as i64)
            .country(*dice.pick(&["DE", "PL", "CZ", "AT", "FI"]))
            .owner_id(*dice.pick(sellers))
            .source(*dice.pick(&["referral", "web site", "exhibition", "cold call"]))
            .payment_days(30),
    )?;
    for _ in 0..=dice.roll(2) {
        let (first, last) = (*dice.pick(&FIRST), *dice.pick(&LAST));
        let mut fields = PersonFields::new().first_name(first).last_name(last);
        fields.owner_id = organization.owner_id;
        let person = change.people().add(fields)?;
        let role = *dice.pick(&["purchasing", "managing director", "engineering"]);
        change.affiliations().add(AffiliationFields::new(person.id, organization.id).role(role))?;
        let value = format!("{}.{}@customer{number}.example", first.to_lowercase(), last.to_lowercase());
        change.contact_points().add(ContactPointFields::new(ContactKind::Email, value).person_id(person.id))?;
    }
    let value = format!("+49 30 {:03} {:02} {:02}", 100 + number % 900, number / 100 % 100, number % 100);
    change.contact_points().add(ContactPointFields::new(ContactKind::Phone, value).organization_id(organization.id))?;
    Ok(organization.id)
}

fn month_of(change: &ChangeSet, base: &Base, dice: &mut Dice, open: &mut Vec<(DealId, usize)>, month: i64) -> Result<()> {
    let mut going = Vec::new();
    for (deal, stage) in open.drain(..) {
        if let Some(stage) = work_on(change, base, dice, deal, stage)? {
            going.push((deal, stage));
        }
    }
    for number in 0..NEW_DEALS_A_MONTH {
        let (product_id, price) = *dice.pick(&base.products);
        let deal = change.deals().add(
            DealFields::new(format!("Enquiry {}-{}", month + 1, number + 1))
                .organization_id(*dice.pick(&base.customers))
                .process_id(base.process)
                .stage_id(base.stages[0])
                .product_id(product_id)
                .value(Money::from_minor(price * (90 + dice.roll(16) as i64) / 100, Currency::EUR))
                .owner_id(*dice.pick(&base.sellers))
                .opened_on(change.today())
                .closes_on(change.today() + TimeDelta::days(60 + dice.roll(90) as i64)),
        )?;
        going.push((deal.id, 0));
    }
    *open = going;
    Ok(())
}

/// A month's work on a deal: a contact, and perhaps a step. Gives the stage it is in if it goes on.
fn work_on(change: &ChangeSet, base: &Base, dice: &mut Dice, deal: DealId, stage: usize) -> Result<Option<usize>> {
    let record = change.deals().get(deal)?;
    let held = dice.roll(10) > 0;
    let starts_at = change.at() - TimeDelta::days(dice.roll(25) as i64);
    let kind = *dice.pick(&["call", "email", "meeting", "visit"]);
    change.activities().add(ActivityFields {
        status: if held { ActivityStatus::Held } else { ActivityStatus::Planned },
        organization_id: record.organization_id,
        owner_id: record.owner_id,
        ..ActivityFields::new(kind, format!("About {}", record.name)).starts_at(starts_at).deal_id(deal)
    })?;
    let chance = dice.roll(100);
    let last = stage + 1 == base.stages.len();
    match chance {
        0..15 => {
            let lost_reason = Some((*dice.pick(&["price", "competitor", "no budget", "timing"])).to_owned());
            change.deals().edit(deal, |fields| (fields.stage_id, fields.lost_reason) = (base.lost, lost_reason))?;
            Ok(None)
        }
        15..75 if last => {
            change.deals().edit(deal, |fields| fields.stage_id = base.won)?;
            Ok(None)
        }
        15..80 if !last => {
            change.deals().edit(deal, |fields| fields.stage_id = base.stages[stage + 1])?;
            Ok(Some(stage + 1))
        }
        _ => Ok(Some(stage)),
    }
}
