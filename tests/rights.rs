//! For random users, rights and data: whatever a restricted reader asks gives the same as asked over the rows that a
//! rule written down here a second time says are his (P1, P2, B3), today and in the past (B2).

use crate::support::*;
use crm_core::*;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Tables that are compared, and what decides about their rows.
#[derive(Clone, Copy)]
enum Whose {
    /// `owner_id`, and `line_id` where true.
    Owned(bool),
    /// Part of what these columns refer to.
    Part(&'static [(&'static str, &'static str)]),
    /// About the record named by `entity` and `record_id`.
    About,
    /// Everybody's, unless a permission says no.
    Shared,
}

use Whose::{About, Owned, Part, Shared};

const TABLES: &[(&str, Whose)] = &[
    ("organization", Owned(true)),
    ("person", Owned(true)),
    ("deal", Owned(true)),
    ("activity", Owned(true)),
    ("list", Owned(false)),
    ("affiliation", Part(&[("person_id", "person"), ("organization_id", "organization")])),
    ("contact_point", Part(&[("organization_id", "organization"), ("person_id", "person")])),
    ("list_member", Part(&[("list_id", "list"), ("organization_id", "organization"), ("person_id", "person")])),
    ("stage_move", About),
    ("deal_contact", Part(&[("deal_id", "deal"), ("person_id", "person")])),
    ("participant", Part(&[("activity_id", "activity")])),
    ("note", About),
    ("user", Shared),
    ("team", Shared),
    ("stage", Part(&[("process_id", "process")])),
    ("process", Shared),
    ("product", Shared),
];

const HIDEABLE: &[(&str, &str)] = &[
    ("organization", "country"),
    ("organization", "employees"),
    ("organization", "credit_limit"),
    ("organization", "owner_id"),
    ("deal", "value"),
    ("deal", "organization_id"),
    ("activity", "due_at"),
    ("person", "first_name"),
    ("contact_point", "normal"),
];

/// What is asked: of the lens, and of a bare database that holds only the rows of the reader.
const QUESTIONS: &[&str] = &[
    "select id, name, employees, country, owner_id, credit_limit, credit_limit_currency from organization order by id",
    "select count(*) from organization",
    "select count(*), count(employees), sum(employees), min(country), max(credit_limit) from organization",
    "select country, count(*) as n, avg(employees) as a from organization group by country order by n desc, country",
    "select count(*) from organization o join organization p on o.parent_id = p.id",
    "select o.id, (select count(*) from deal d where d.organization_id = o.id) as n, (select sum(value) from deal d where d.organization_id = o.id) as v from organization o order by 1",
    "select id from organization where id in (select organization_id from deal where status = 'open') order by id",
    "select id from organization where not exists (select 1 from activity a where a.organization_id = organization.id) order by id",
    "with big as (select * from organization where employees > 2), n(c) as (select count(*) from big) select big.id, c from big, n order by big.id",
    "with recursive tree(id, depth) as (select id, 0 from organization where parent_id is null union all select o.id, depth + 1 from organization o join tree t on o.parent_id = t.id) select depth, count(*) from tree group by 1 order by 1",
    "select count(*) from (select 1 from organization union all select 1 from person union all select 2 from deal)",
    "select p.id, a.id, o.id from person p left join affiliation a on a.person_id = p.id left join organization o on o.id = a.organization_id order by 1, 2, 3",
    "select count(*) from affiliation a where exists (select 1 from person p where p.id = a.person_id and p.first_name is not null)",
    "select owner_id, status, count(*), sum(value), count(distinct organization_id) from deal group by 1, 2 order by 1, 2",
    "select stage_id, count(*), sum(left_at is null) from stage_move group by 1 order by 1",
    "select d.id, m.id, rank() over (partition by d.id order by m.entered_at, m.id) as r from deal d join stage_move m on m.entity = 'deal' and m.record_id = d.id order by 1, 2",
    "select id, sum(employees) over (order by id) as s, lag(country) over (order by id) as l, count(*) over () as c from organization order by id",
    "select entity, count(*), group_concat(id, ' ') from (select * from note order by id) group by 1 order by 1",
    "select count(*), count(normal), count(distinct organization_id), max(value) from contact_point",
    "select c.id, o.name from contact_point c left join organization o on o.id = c.organization_id order by 1",
    "select kind, count(*), max(due_at) from activity group by 1 order by 1",
    "select a.id, p.id from activity a full join participant p on p.activity_id = a.id order by 1, 2",
    "select u.id, count(o.id) from user u left join organization o on o.owner_id = u.id group by 1 order by 1",
    "select count(*) from list_member m join list l on l.id = m.list_id",
    "select id from deal except select deal_id from deal_contact order by 1",
    "select exists (select 1 from organization where country = 'PL'), (select max(id) from organization), (select count(*) from stage)",
    "select count(*) from organization, person where organization.owner_id = person.owner_id",
    "select json_group_array(id) from (select id from activity order by id)",
];

/// Conditions for filters: find, count and table.
const FILTERS: &[(&str, &[&str])] = &[
    (
        "organization",
        &[
            "",
            "employees > 2 or country is null",
            "id in (select organization_id from deal)",
            "owner_id is null",
            "exists (select 1 from activity a where a.organization_id = organization.id)",
        ],
    ),
    ("deal", &["", "value > 50", "organization_id is not null", "stage_id in (select id from stage where kind = 'open')"]),
    ("activity", &["", "deal_id in (select id from deal where status = 'open')"]),
    ("contact_point", &["", "kind = 'email'"]),
    ("note", &["", "entity = 'deal'"]),
    ("person", &["first_name like 'A%'", ""]),
];

/// A person's rights, worked out from the file's own tables.
struct Reader {
    id: i64,
    admin: bool,
    members: BTreeSet<i64>,
    lines: BTreeSet<i64>,
    levels: BTreeMap<&'static str, Level>,
    hidden: BTreeSet<(&'static str, &'static str)>,
}

fn numbers(conn: &Connection, sql: &str) -> Vec<i64> {
    conn.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

impl Reader {
    fn of(today: &Connection, id: i64) -> Self {
        let roles = numbers(today, &format!("select role_id from user_role where user_id = {id}"));
        let admin = roles.iter().any(|role| numbers(today, &format!("select coalesce(admin, 0) from role where id = {role}")) == [1]);
        let mut teams: BTreeSet<i64> = numbers(today, &format!("select team_id from user where id = {id} and team_id is not null")).into_iter().collect();
        loop {
            let below: BTreeSet<i64> =
                teams.iter().flat_map(|team| numbers(today, &format!("select id from team where parent_id = {team}"))).chain(teams.clone()).collect();
            if below.len() == teams.len() {
                break;
            }
            teams = below;
        }
        let mut members: BTreeSet<i64> = teams.iter().flat_map(|team| numbers(today, &format!("select id from user where team_id = {team}"))).collect();
        members.insert(id);
        let lines = numbers(today, &format!("select line_id from user_line where user_id = {id}")).into_iter().collect();
        let mut levels = BTreeMap::new();
        for (table, whose) in TABLES {
            let standard = if matches!(whose, Owned(_)) { Level::None } else { Level::All };
            let level_of = |role: &i64| {
                let find = |entity: &str| -> Option<Level> {
                    let sql = format!("select reading from permission where role_id = {role} and entity = '{entity}'");
                    raw_rows(today, &sql).first().map(|word| word.trim_matches('"').parse().unwrap())
                };
                find(table).or_else(|| find("*").filter(|_| matches!(whose, Owned(_)))).unwrap_or(standard)
            };
            levels.insert(*table, roles.iter().map(level_of).max().unwrap_or(standard));
        }
        let hides = |role: &i64, entity: &str, field: &str| {
            !numbers(today, &format!("select 1 from hidden_field where role_id = {role} and entity = '{entity}' and field = '{field}'")).is_empty()
        };
        let hidden = HIDEABLE.iter().filter(|(target, field)| !roles.is_empty() && roles.iter().all(|role| hides(role, target, field))).copied().collect();
        Self { id, admin, members, lines, levels, hidden }
    }

    /// Whether a record may be seen: the second writing of the rule. What it is today decides, of one that is gone what it was then.
    fn sees(&self, states: &[&Connection], table: &str, id: i64) -> bool {
        let there = |rows: &&&Connection| !numbers(rows, &format!("select 1 from {table} where id = {id}")).is_empty();
        let Some(rows) = states.iter().find(there) else { return false };
        let Some((name, whose)) = TABLES.iter().find(|(name, _)| *name == table) else { return true };
        if self.admin {
            return true;
        }
        let cell =
            |column: &str| -> Option<i64> { rows.query_row(&format!("select {column} from {table} where id = {id}"), [], |row| row.get(0)).ok().flatten() };
        let level = self.levels[name];
        match whose {
            _ if level == Level::None => false,
            Shared => level == Level::All,
            Owned(lined) => {
                let owner = cell("owner_id");
                let team = owner.is_some_and(|owner| self.members.contains(&owner));
                match level {
                    Level::None => false,
                    Level::Own => owner == Some(self.id),
                    Level::Team => team,
                    Level::Line => team || *lined && cell("line_id").is_some_and(|line| self.lines.contains(&line)),
                    Level::All => true,
                    other => panic!("this test has no rule for the level {other}"),
                }
            }
            Part(parents) => parents.iter().all(|(column, parent)| cell(column).is_none_or(|other| self.sees(states, parent, other))),
            About => {
                let entity: String = rows.query_row(&format!("select entity from {table} where id = {id}"), [], |row| row.get(0)).unwrap();
                self.sees(states, &entity, cell("record_id").unwrap())
            }
        }
    }

    /// A database with the reader's rows and nothing else.
    fn own_rows(&self, states: &[&Connection], path: &Path) -> Connection {
        let own = Connection::open_in_memory().unwrap();
        own.execute("attach ?1 as source", [path.to_str().unwrap()]).unwrap();
        for (table, _) in TABLES {
            own.execute_batch(&format!("create table main.{table} as select * from source.{table}")).unwrap();
            for id in numbers(&own, &format!("select id from main.{table}")) {
                if !self.sees(states, table, id) {
                    own.execute(&format!("delete from main.{table} where id = ?1"), [id]).unwrap();
                }
            }
        }
        for (table, field) in self.hidden.iter().filter(|_| !self.admin) {
            let money = matches!(*field, "credit_limit" | "value") && *table != "contact_point";
            let currency = if money { format!(", {field}_currency = null") } else { String::new() };
            own.execute(&format!("update main.{table} set {field} = null{currency}"), []).unwrap();
        }
        own.execute_batch("detach source").unwrap();
        own
    }
}

fn build(crm: &Crm, random: &Random) -> Vec<UserId> {
    crm.add_process("Selling", ProcessTemplate::Classic).unwrap();
    let built = crm.change("a world", |change| {
        let mut teams: Vec<TeamId> = Vec::new();
        for n in 0..5 {
            let parent_id = random.maybe(&teams, 70);
            teams.push(change.teams().add(TeamFields { name: format!("Team {n}"), parent_id, ..Default::default() })?.id);
        }
        let lines: Vec<LineId> =
            (0..3).map(|n| Ok(change.lines().add(LineFields { name: format!("Line {n}"), ..Default::default() })?.id)).collect::<Result<_>>()?;
        let users: Vec<UserId> = (0..7)
            .map(|n| Ok(change.users().add(UserFields { name: format!("User {n}"), team_id: random.maybe(&teams, 85), ..Default::default() })?.id))
            .collect::<Result<_>>()?;
        for user in &users {
            for line_id in lines.iter().filter(|_| random.chance(40)) {
                change.user_lines().add(UserLineFields { user_id: *user, line_id: *line_id, ..Default::default() })?;
            }
        }
        for n in 0..4 {
            let role = change.roles().add(RoleFields { name: format!("Role {n}"), admin: Some(n == 3), ..Default::default() })?.id;
            let targets = [
                "*",
                "organization",
                "person",
                "deal",
                "activity",
                "list",
                "affiliation",
                "contact_point",
                "stage_move",
                "participant",
                "note",
                "user",
                "stage",
                "product",
            ];
            for (at, target) in targets.iter().enumerate() {
                if random.chance(if at < 6 { 60 } else { 12 }) {
                    let fields = PermissionFields {
                        role_id: role,
                        entity: (*target).into(),
                        reading: *random.pick(Level::ALL),
                        writing: Level::None,
                        ..Default::default()
                    };
                    change.permissions().add(fields)?;
                }
            }
            for (target, field) in HIDEABLE.iter().filter(|_| random.chance(35)) {
                change.hidden_fields().add(HiddenFieldFields { role_id: role, entity: (*target).into(), field: (*field).into(), ..Default::default() })?;
            }
            for user in users.iter().skip(1).filter(|_| random.chance(if n == 3 { 8 } else { 45 })) {
                change.user_roles().add(UserRoleFields { user_id: *user, role_id: role, ..Default::default() })?;
            }
        }
        fill(change, random, &users, &lines, 25)?;
        Ok(users)
    });
    built.unwrap().value
}

fn fill(change: &ChangeSet, random: &Random, users: &[UserId], lines: &[LineId], many: usize) -> Result<()> {
    let mut organizations: Vec<_> = change.organizations().find("")?.into_iter().map(|one| one.id).collect();
    let mut people: Vec<_> = change.people().find("")?.into_iter().map(|one| one.id).collect();
    for n in 0..many {
        let organization = OrganizationFields {
            owner_id: random.maybe(users, 80),
            line_id: random.maybe(lines, 50),
            parent_id: random.maybe(&organizations, 30),
            employees: random.maybe(&[1, 2, 3, 4], 70),
            country: random.maybe(&["PL", "DE"], 70).map(Into::into),
            credit_limit: random.chance(50).then(|| Money::from_minor(n as i64, Currency::EUR)),
            ..organization(&format!("Company {n}"))
        };
        organizations.push(change.organizations().add(organization)?.id);
        let first_name = random.maybe(&["Ann", "Bob"], 80).map(Into::into);
        let fields = PersonFields { owner_id: random.maybe(users, 80), line_id: random.maybe(lines, 50), first_name, ..person(&format!("Person {n}")) };
        people.push(change.people().add(fields)?.id);
    }
    let (mut deals, mut activities) = (Vec::new(), Vec::new());
    for n in 0..many {
        let value = random.chance(80).then(|| Money::from_minor(n as i64 * 7, Currency::EUR));
        let fields = DealFields {
            organization_id: random.maybe(&organizations, 80),
            person_id: random.maybe(&people, 50),
            owner_id: random.maybe(users, 80),
            line_id: random.maybe(lines, 50),
            value,
            ..deal(&format!("Deal {n}"))
        };
        deals.push(change.deals().add(fields)?.id);
        let fields = ActivityFields {
            kind: (*random.pick(&["call", "meeting"])).into(),
            organization_id: random.maybe(&organizations, 80),
            deal_id: random.maybe(&deals, 50),
            owner_id: random.maybe(users, 80),
            line_id: random.maybe(lines, 50),
            due_at: random.chance(50).then(|| change.at()),
            ..activity(&format!("Call {n}"))
        };
        activities.push(change.activities().add(fields)?.id);
        change.affiliations().add(AffiliationFields {
            person_id: *random.pick(&people),
            organization_id: *random.pick(&organizations),
            ..Default::default()
        })?;
        let contact = change.contact_points().add(email(*random.pick(&organizations), &format!("a{n}@b.example")))?;
        let of_person = ContactPointFields {
            person_id: Some(*random.pick(&people)),
            kind: ContactKind::Phone,
            value: format!("+48 22 555 00 {n:02}"),
            ..Default::default()
        };
        change.contact_points().add(of_person)?;
        change.participants().add(ParticipantFields {
            activity_id: *random.pick(&activities),
            person_id: Some(*random.pick(&people)),
            ..Default::default()
        })?;
        let (entity, record) = *random.pick(&[
            ("organization", random.pick(&organizations).0),
            ("deal", random.pick(&deals).0),
            ("contact_point", contact.id.0),
            ("user", users[0].0),
        ]);
        change.notes().add(NoteFields { entity: entity.into(), record_id: record, text: "Note".into(), ..Default::default() })?;
    }
    for deal in &deals {
        let _ = change.deal_contacts().add(DealContactFields { deal_id: *deal, person_id: *random.pick(&people), ..Default::default() });
    }
    let lists = change.lists().count("")?;
    for n in lists..lists + 4 {
        let list = change.lists().add(ListFields {
            name: format!("List {n}"),
            entity: "organization".into(),
            owner_id: random.maybe(users, 80),
            ..Default::default()
        })?;
        for organization in organizations.iter().filter(|_| random.chance(20)) {
            change.list_members().add(ListMemberFields { list_id: list.id, organization_id: Some(*organization), ..Default::default() })?;
        }
    }
    Ok(())
}

/// Moves owners and lines about, removes and adds.
fn stir(crm: &Crm, random: &Random, users: &[UserId]) {
    let lines: Vec<_> = crm.lines().find("").unwrap().into_iter().map(|line| line.id).collect();
    crm.change("stir", |change| {
        for one in change.organizations().find("")?.into_iter().filter(|_| random.chance(40)) {
            let (owner_id, line_id) = (random.maybe(users, 80), random.maybe(&lines, 50));
            change.organizations().edit(one.id, |fields| (fields.owner_id, fields.line_id) = (owner_id, line_id))?;
        }
        for one in change.deals().find("")?.into_iter().filter(|_| random.chance(40)) {
            let owner_id = random.maybe(users, 80);
            change.deals().edit(one.id, |fields| fields.owner_id = owner_id)?;
        }
        for one in change.activities().find("")?.into_iter().filter(|_| random.chance(30)) {
            change.activities().remove(one.id)?;
        }
        for one in change.contact_points().find("")?.into_iter().filter(|_| random.chance(30)) {
            change.contact_points().remove(one.id)?;
        }
        fill(change, random, users, &lines, 6)
    })
    .unwrap();
}

/// Compares everything that one reader can ask with his own rows.
fn compare(handle: &Crm, reader: &Reader, own: &Connection) -> usize {
    let mut rows = 0;
    for question in QUESTIONS {
        let given = table_rows(&handle.sql(question, &[]).unwrap_or_else(|error| panic!("{question}: {error}")));
        assert_eq!(given, raw_rows(own, question), "user {}: {question}", reader.id);
        rows += given.len();
    }
    for (table, _) in TABLES {
        let given = handle.sql(&format!("select id from {table} order by id"), &[]).unwrap();
        let ids: Vec<i64> = (0..given.len()).map(|row| given.integer(row, "id").unwrap()).collect();
        assert_eq!(ids, numbers(own, &format!("select id from {table} order by id")), "user {}: {table}", reader.id);
    }
    for (entity, filters) in FILTERS {
        for filter in *filters {
            let condition = if filter.is_empty() { "1" } else { filter };
            let expected = numbers(own, &format!("select id from {entity} where {condition} order by id"));
            let ordered = || Filter::new(*filter).order_by("id");
            macro_rules! ask {
                ($plural:ident) => {{
                    let found = handle.$plural().find(ordered()).map(|found| found.into_iter().map(|one| one.id.0).collect::<Vec<i64>>());
                    let counted = handle.$plural().count(*filter);
                    let table =
                        handle.$plural().table(ordered()).map(|table| (0..table.len()).map(|row| table.integer(row, "id").unwrap()).collect::<Vec<i64>>());
                    (found, counted, table)
                }};
            }
            let (found, counted, table) = match *entity {
                "organization" => ask!(organizations),
                "deal" => ask!(deals),
                "activity" => ask!(activities),
                "contact_point" => ask!(contact_points),
                "note" => ask!(notes),
                _ => ask!(people),
            };
            // A filter that names a field hidden from the reader is refused.
            let names = |text: &str, word: &str| text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|part| part == word);
            let refused = !reader.admin && reader.hidden.iter().any(|(_, field)| names(filter, field));
            if let (Ok(found), Ok(counted), Ok(table)) = (&found, &counted, &table) {
                assert_eq!((found, *counted as usize, table), (&expected, expected.len(), &expected), "user {}: {entity} {filter}", reader.id);
            } else {
                assert!(refused, "user {}: {entity} {filter}: {found:?}", reader.id);
                assert!([found.err(), counted.err(), table.err()].iter().all(|error| error.as_ref().is_some_and(|error| error.code() == "denied")));
            }
            rows += 1;
        }
    }
    rows
}

// P1, P2, B2, B3
#[test]
fn every_question_is_answered_from_the_readers_own_rows() {
    let (mut asked, mut restricted) = (0, 0);
    for seed in 0..10 {
        let (_folder, path) = place();
        let (crm, clock) = open_with_clock(&path);
        let random = Random::new(seed);
        let users = build(&crm, &random);
        let copy = path.with_extension("then");
        let then = crm.now();
        crm.backup_to(&copy, &mut |_, _| {}).unwrap();
        clock.advance(chrono::TimeDelta::days(1));
        stir(&crm, &random, &users);
        let (today, former) = (raw(&path), raw(&copy));
        for user in &users {
            let reader = Reader::of(&today, user.0);
            let handle = crm.acting_as(*user).unwrap();
            asked += compare(&handle, &reader, &reader.own_rows(&[&today], &path));
            asked += compare(&handle.at(then).unwrap(), &reader, &reader.own_rows(&[&today, &former], &copy));
            restricted += usize::from(!reader.admin && !reader.hidden.is_empty());
        }
    }
    assert!(asked > 10_000 && restricted > 10, "{asked} {restricted}");
}

// K8
#[test]
fn nobody_becomes_the_system_by_a_number_that_no_user_has() {
    let crm = memory();
    let ann = crm.users().add(UserFields { name: "Ann".into(), ..Default::default() }).unwrap();
    let as_ann = crm.acting_as(ann.id).unwrap();
    for handle in [&crm, &as_ann] {
        for number in [0, -1, i64::MIN] {
            assert_refused(handle.acting_as(UserId(number)), "not_found", "");
        }
    }
}
