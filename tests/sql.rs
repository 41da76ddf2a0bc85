//! What an analyst's SQL gives: the same names and rows as SQLite itself over the same rows.

use crate::support::*;
use crm_core::*;
use rusqlite::Connection;
use std::sync::Arc;

/// A file with a year's trade, and the same file as SQLite sees it.
fn filled() -> (tempfile::TempDir, Crm, Connection) {
    let (folder, crm, _) = traded();
    let plain = raw(&folder.path().join("test.crm"));
    (folder, crm, plain)
}

fn traded() -> (tempfile::TempDir, Crm, Arc<ManualClock>) {
    let (folder, path) = place();
    let (crm, clock) = open_with_clock(&path);
    let random = Random::new(7);
    crm.add_process("Selling", ProcessTemplate::Short).unwrap();
    let (ann, _) = user_with(&crm, "Ann", &[("organization", Level::Own, Level::Own), ("deal", Level::Own, Level::Own), ("activity", Level::Own, Level::Own)]);
    let mut organizations = Vec::new();
    for n in 0..12 {
        clock.advance(chrono::TimeDelta::days(9));
        let fields = OrganizationFields {
            country: random.maybe(&["PL", "DE", "FR"], 80).map(Into::into),
            employees: random.maybe(&[5, 40, 120, 300], 80),
            owner_id: random.maybe(&[ann], 60),
            parent_id: random.maybe(&organizations, 40),
            ..organization(["Acme", "Birch's", "Łódź Mill", "cedar"][n % 4])
        };
        organizations.push(crm.organizations().add(fields).unwrap().id);
    }
    for n in 0..40 {
        clock.advance(chrono::TimeDelta::hours(31));
        let fields = DealFields {
            organization_id: random.maybe(&organizations, 90),
            owner_id: random.maybe(&[ann], 60),
            value: random.chance(80).then(|| Money::from_minor(n * 7_300, Currency::EUR)),
            closes_on: random.chance(70).then(|| clock.now().date_naive() + chrono::TimeDelta::days(n)),
            ..deal(&format!("Deal {}", n % 9))
        };
        crm.deals().add(fields).unwrap();
        let fields = ActivityFields { organization_id: random.maybe(&organizations, 80), owner_id: random.maybe(&[ann], 60), ..activity("Hello") };
        crm.activities().add(fields).unwrap();
    }
    (folder, crm, clock)
}

/// Names and rows, these in the order of their texts, since few of the statements ask for one.
fn of_plain(plain: &Connection, sql: &str) -> (Vec<String>, Vec<String>) {
    let names = plain.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}")).column_names().map(|name| name.to_string()).collect();
    let mut rows = raw_rows(plain, sql);
    rows.sort();
    (names, rows)
}

fn of_library(crm: &Crm, sql: &str) -> (Vec<String>, Vec<String>) {
    let table = crm.sql(sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut rows = table_rows(&table);
    rows.sort();
    (table.columns.iter().map(|column| column.name.clone()).collect(), rows)
}

/// Statements as people write them.
const STATEMENTS: &[&str] = &[
    "select count(*) from deal",
    "select COUNT( * )  from deal;",
    "SELECT d.NAME, Value, (name), ((d.value)) FROM deal AS d ORDER BY d.id LIMIT 3",
    "select name || ' of ' || status , value/100.0 from deal -- the end",
    "select 1, '2', 3.5, null, true, -1, x'41' is null, 0x1F, 1_000, .5, 1e3",
    "select 1 /* one */ , 2 /* two */ from deal limit 1",
    "select 'it''s', \"name\", [status], `value` from deal limit 2",
    "select name as 'n', status \"s\", value v, id as [order] from deal order by v, 4",
    "select distinct status from deal",
    "select all status from deal",
    "select distinct country, employees > 50 from organization",
    "select status, count(*), sum(value), min(name), avg(value) from deal group by status having count(*) > 1 order by 2 desc",
    "select country as c, count(*) n from organization where c is not null group by c having n > 0 order by n desc nulls last, c collate nocase limit 2 offset 1",
    "select name from deal order by value desc nulls first, id limit 3, 4",
    "select o.name, count(d.id) from organization o left join deal d on d.organization_id = o.id group by o.id, o.name",
    "select o.name, d.name from organization o join deal d on d.organization_id = o.id and d.value > 10000",
    "select o.name, d.name from organization o, deal d where d.organization_id = o.id",
    "select count(*) from organization o cross join deal d",
    "select count(*) from organization o cross join deal d on d.organization_id = o.id",
    "select o.id, p.name from organization o right join organization p on o.parent_id = p.id",
    "select o.id, p.name from organization o full outer join organization p on o.parent_id = p.id",
    "select id, ID, a.name from (select id, name from organization) a full join (select id, value from deal) b using (id)",
    "select id from (select id, name as x from organization) a natural full join (select id, value from deal) b",
    "select * from (select id, name from organization) a join (select id, value from deal) b using (id)",
    "select * from (select id, name from organization) natural join (select id, value from deal)",
    "select * from (select id, name from organization) a natural left join (select id, value from deal) b",
    "select a.*, b.value from (select id, name from organization) a, (select id as i, value from deal) b where b.i = a.id",
    "select count(*) from (organization o join deal d on d.organization_id = o.id) left join activity a on a.organization_id = o.id",
    "select * from (select count(*), 1, 1, status s from deal group by status)",
    "select \"count(*)\" + 1 from (select count(*) from deal)",
    "select (select name from organization o where o.id = d.organization_id), (select count(*) from activity) from deal d",
    "select name from deal where organization_id in (select id from organization where country = 'PL')",
    "select name from deal d where exists (select 1 from organization o where o.id = d.organization_id and not exists (select 1 from deal e where e.id > d.id))",
    "select name from deal where (status, organization_id) in (select 'open', id from organization)",
    "select name from deal where (status, id) = ('open', 3) or (id, value) > (30, 5)",
    "select name from deal where id in (1, 2, 3) and id not in () and status in ('open')",
    "select name from deal where id in (values (1), (2))",
    "with some as (select id from deal where id < 5) select name from deal where id in some and id not in (select id from some where id = 2)",
    "values (1, 'a'), (2, 'b')",
    "select * from (values (1, 'a'), (2, 'b'))",
    "select column1 + 1 from (values (1), (2))",
    "select name from deal union select name from organization",
    "select id, name from deal where id < 4 union all select id, country from organization where id < 4 order by name, 1 limit 5",
    "select id from deal except select id from organization intersect select 20",
    "select 1 union select 2 intersect select 2 except select 1",
    "select name n from deal union select name m from organization order by m limit 4",
    "with t as (select 1 as a, 2 as b), u(x) as (select a + b from t) select *, x * 2 from u",
    "with u as (select * from t), t as (select id from deal) select count(*) from u",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select sum(i), max(i) from n",
    "with recursive n as (select 1 as i union all select i + 1 from n where i < 10) select i from n",
    "with n(i) as (values (1) union all select i + 1 from n where i < 5) select i from n order by i desc",
    "with recursive up(id, name, depth) as (select id, name, 0 from organization where parent_id is null union all select o.id, o.name, up.depth + 1 from organization o join up on o.parent_id = up.id) select * from up",
    "with a as materialized (select id from deal), b as not materialized (select id from a), c(i) as materialized (select 1) select count(*), (select i from c) from b",
    "select * from (with t as (select id from deal) select max(id) from t)",
    "with t as (select distinct status from deal), change as (select id from deal limit 3) select (select count(*) from t), (select count(*) from change), count(*) from change",
    "select name collate nocase, likely(id) from deal",
    "select * from (select name collate nocase, likely(id), (d.value) collate rtrim, unlikely(status collate binary) from deal d)",
    "select name, row_number() over (order by id), rank() over (partition by status order by value desc) from deal",
    "select id, sum(value) over (order by id rows between 2 preceding and current row) as s, avg(value) over w, count(*) over w from deal window w as (partition by status order by id)",
    "select id, lag(value, 1, 0) over (order by id), lead(value) over (order by id desc), first_value(name) over (order by id), nth_value(name, 2) over (order by id) from deal",
    "select id, sum(id) over (order by id groups between 1 preceding and 1 following), sum(id) over (order by id range between unbounded preceding and 3 following) from deal",
    "select id, sum(id) over (w rows unbounded preceding) from deal window w as (order by id), v as (w rows 1 preceding)",
    "select ntile(4) over (order by id), percent_rank() over (order by value), cume_dist() over (order by value), dense_rank() over (order by status) from deal",
    "select count(*) filter (where status = 'open'), sum(value) filter (where value > 1000) over () from deal group by status, value",
    "select group_concat(name, '; ' order by id desc), group_concat(distinct status), count(distinct organization_id) from deal",
    "select group_concat(distinct status) from deal",
    "select case status when 'open' then 1 else 0 end, case when value > 1000 then 'large' when value is null then 'none' end from deal",
    "select cast(value as text), cast('12abc' as integer), cast(value as real) / 7, cast(1.9 as int), cast('3' as numeric), cast(3 as varchar(10)), cast('x' as blob) is null, cast('5' as decimal(10, 2)), cast('5' as date), cast('7' as bigint), cast('1.5' as float) from deal",
    "select name from deal where name like 'deal 1%' or name like '%!_%' escape '!' or name not like 'D%' or name glob 'D* [0-3]' and name not glob '*3'",
    "select name from organization where name collate nocase = 'CEDAR' or 'acme' = name collate nocase order by name collate nocase desc",
    "select value isnull, value notnull, value not null, value is null, value is not null, value is 7300, value is not 7300, value is distinct from 0, value is not distinct from null from deal",
    "select 1 is true, 0 is not false, null is true, 2 is not true",
    "select id from deal where value between 10000 and 50000 and id not between 3 and 5",
    "select 2 * 3 || 4, 1 + 2 || 3, -2 || 3, ~5 & 7 | 8, 1 << 3 + 1, 7 % 4 * 2, 10 - 3 - 2, 100 / 10 / 2, 2 + 3 * 4 - 1",
    "select 1 = 1 = 1, 1 < 2 = 1, 3 > 2 > 1, not 1 = 2, not 0 + 1, 1 = 2 or 1 and 0, 5 between 1 and 3 = 0, 1 == 1 <> 0, 'a' < 'b' is 1, 3 & 2 = 2",
    "select 5 != 4, 1 or 0 and 0, (1 or 0) and 0, - - 3, + 3, -(-3), not not 1, 1 - -1",
    "select '{\"a\":[1,2,{\"b\":\"x\"}]}' -> '$.a', '{\"a\":[1,2]}' ->> '$.a[1]', '{\"a\":5}' ->> 'a' + 1, '[7,8]' -> 1 || '!'",
    "select key, value, type from json_each('{\"a\":1,\"b\":[2,3]}')",
    "select j.key, j.atom, d.id from deal d, json_each('[1,2]') as j where d.id = j.value",
    "select fullkey, path from json_tree('{\"a\":[1]}') t where t.atom is not null",
    "select json_object('name', name, 'id', id), json_array(1, 'x'), json_extract('{\"a\":5}', '$.a'), json_array_length('[1,2]'), json_type('[1]') from deal limit 2",
    "select json_group_array(name), json_group_object(id, status) from deal where id < 4",
    "select date('2026-03-31', '-1 month'), time('12:34:56'), datetime('2026-03-02 09:00', '+1 day'), strftime('%Y-%m', closes_on), julianday('2026-03-02'), unixepoch('2026-03-02') from deal",
    "select strftime('%Y', created_at / 1000, 'unixepoch') as y, count(*) from deal group by y",
    "select date(created_at / 1000, 'unixepoch', 'start of month'), datetime(1234567890, 'unixepoch'), time(5), char(65, 66) from deal limit 1",
    "select length(current_date), length(current_time), length(CURRENT_TIMESTAMP)",
    "select substr(name, 1, 3), substring(name, 2), instr(name, 'e'), upper(name), lower(name), trim(name), ltrim(name, 'D'), rtrim(name, '0123'), replace(name, 'e', ''), hex(name), quote(name), printf('%05d', id), format('%s!', name), unicode(name), concat(name, '-', id), concat_ws('/', name, null, id), soundex('x'), octet_length(name) from deal",
    "select abs(-3), round(2.5), round(2.567, 1), sign(-2), max(1, 2, 3), min(4, 2), coalesce(null, 1), ifnull(null, 2), nullif(1, 1), iif(1, 2, 3), typeof(1.0), likely(1), total(id) from deal",
    "select max(id), name from deal",
    "select sum(value) * 1.0 / count(*), count(*) * 100 / (select count(*) from deal) as share from deal",
    "select value * 2 as double, value as v from deal where double > 20000 and v < 90000 order by double",
    "select id from deal order by length(name), -id limit 4",
    "select name, count(*) from deal group by 1 order by count(*) desc, 1",
    "select t.name from deal t where t.id = (select max(id) from deal where deal.status = t.status)",
    "select d.id from deal d join organization o on o.id = d.organization_id join user u on u.id = o.owner_id where u.name = 'Ann'",
    "select \"user\".name from \"user\"",
    "select user.name, role.name from user join user_role on user_role.user_id = user.id join role on role.id = user_role.role_id",
    "select deal.id as id from deal join activity on deal.organization_id = activity.organization_id group by deal.id",
    "select a.id from organization a join organization b join organization c on b.parent_id = a.id and c.parent_id = b.id",
    "select sum(c) from (select country, count(*) c from organization group by country) where c > 1",
    "select sum(case when value > 30000 then 1 else 0 end) big, sum(value is null) as none from deal",
    "select id, value from deal where +value > 20000 and likelihood(id > 3, 0.5)",
    "select id from organization where employees & 4 and ~id < -3",
    "select * from (select 1 union select 2 union all select 2)",
    "select 3 where 1 = 1",
    "select exists (select 1 from deal where id = 2), not exists(select 1), (select 5) + 1",
    "select (select group_concat(n, '') from (select name n from organization order by id limit 3))",
    "select id, (select count(*) from deal e where e.id <= d.id) as running from deal d order by id",
    "with t as (select 1 as x union select 2) select count(*), sum(d.value), min(d.value) from deal d left join t on t.x = d.id join organization o on o.id = d.organization_id",
    "select o.country, count(*), max(d.value), avg(d.value) from deal d left join (select 3 as x) t on t.x = d.id join organization o on o.id = d.organization_id group by 1",
    "select count(*), max(d.value), total(d.value) from deal d left join (organization o join deal e on e.organization_id = o.id) on o.id = d.organization_id",
    "select count(*), min(j.value), count(distinct o.id) from organization o left join json_each('[1,2]') j on j.value = o.id join deal d on d.organization_id = o.id",
    "select count(*), sum(a.id), count(distinct d.id) from organization o join deal d on d.organization_id = o.id join activity a on a.organization_id = o.id where d.value > 0",
    "select d.status, count(distinct o.country), count(*), sum(d.value) from deal d join organization o on o.id = d.organization_id group by d.status having count(distinct o.country) > 1",
    "select count(distinct country), count(*) from organization where employees > 99999",
    "select strftime('%Y-%m', d.closes_on) as status, count(*) as value from deal d where d.closes_on is not null group by strftime('%Y-%m', d.closes_on) order by value desc, status",
    "select o.country, d.status, sum(d.value) from deal d join organization o on o.id = d.organization_id group by o.country, d.status",
    "select min(closes_on), max(closes_on) from deal where closes_on > '2026-01-01' and closes_on < date('2027-01-01')",
    "select status, 100.0 * count(*) / sum(count(*)) over () from deal group by status",
    "with m as (select strftime('%Y-%m', closes_on) month, sum(value) v from deal where closes_on is not null group by 1) select month, v, sum(v) over (order by month) from m order by month",
    "with days(d) as (select '2026-03-01' union all select date(d, '+1 day') from days where d < '2026-03-10') select d, count(deal.id) from days left join deal on deal.closes_on = days.d group by d",
];

#[test]
fn statements_give_the_names_and_rows_of_sqlite() {
    let (_folder, crm, plain) = filled();
    for sql in STATEMENTS {
        let expected = of_plain(&plain, sql);
        assert_eq!(of_library(&crm, sql), expected, "{sql}");
        // Asked again, it comes from what was read before.
        assert_eq!(of_library(&crm, sql), expected, "{sql}");
    }
    assert!(STATEMENTS.len() > 100);
}

/// A small grammar of statements over three tables that hang together.
struct Grammar<'a>(&'a Random);

impl Grammar<'_> {
    fn column(&self, of: &str) -> String {
        let columns: &[&str] = match of {
            "deal" => &["id", "name", "status", "value", "organization_id", "owner_id", "closes_on"],
            "organization" => &["id", "name", "country", "employees", "parent_id", "owner_id"],
            _ => &["id", "subject", "kind", "organization_id"],
        };
        format!("{}.{}", of.chars().next().unwrap(), self.0.pick(columns))
    }

    fn value(&self, of: &[&str], depth: usize) -> String {
        let one = || self.value(of, depth + 1);
        match self.0.below(if depth > 3 { 4 } else { 17 }) {
            0 | 1 => self.column(self.0.pick::<&str>(of)),
            2 => (*self.0.pick(&["1", "2.5", "'PL'", "null", "'open'", "0", "-3", "'Deal 4'"])).into(),
            3 => self.column(of[0]).to_uppercase(),
            4 => format!(
                "{} {} {}",
                one(),
                self.0.pick(&["+", "-", "*", "/", "%", "||", "&", "|", "<<", "and", "or", "=", "<>", "<", ">=", "is", "is not", "=="]),
                one()
            ),
            5 => format!("({})", one()),
            6 => format!("case when {} then {} else {} end", one(), one(), one()),
            7 => format!("coalesce({}, {})", one(), one()),
            // The parser takes a list that begins with a query in parentheses for that query alone.
            8 => format!("{} {}in (0, {}, {})", one(), self.0.pick(&["", "not "]), one(), one()),
            9 => format!("not {}", one()),
            10 => format!("-{}", self.column(self.0.pick::<&str>(of))),
            11 => format!("{} between {} and {}", self.column(self.0.pick::<&str>(of)), self.0.below(9), self.0.below(40)),
            12 => format!("{} {}like '%{}%'", self.column(self.0.pick::<&str>(of)), self.0.pick(&["", "not "]), self.0.below(9)),
            13 => format!("(select {} from deal d where d.id = {})", self.0.pick(&["count(*)", "max(d.name)", "sum(d.value)"]), self.0.below(30)),
            14 => format!("cast({} as {})", one(), self.0.pick(&["text", "integer", "real", "numeric"])),
            15 => format!("{} collate nocase", self.column(self.0.pick::<&str>(of))),
            _ => format!("length({})", one()),
        }
    }

    fn select(&self, columns: usize) -> String {
        let (from, of): (_, &[&str]) = *self.0.pick(&[
            ("deal d", &["deal"][..]),
            ("organization as o", &["organization"]),
            ("deal d join organization o on o.id = d.organization_id", &["deal", "organization"]),
            ("organization o left join deal d on d.organization_id = o.id and d.value > 9000", &["deal", "organization"]),
            ("organization o, activity a", &["activity", "organization"]),
            ("(select * from deal where value > 20000) d", &["deal"]),
            ("organization o full join activity a on a.organization_id = o.id", &["organization", "activity"]),
        ]);
        let value = || self.value(of, 0);
        let condition = if self.0.chance(60) { format!(" where {}", value()) } else { String::new() };
        if self.0.chance(30) {
            let figures: Vec<_> =
                (1..columns).map(|_| format!("{}({})", self.0.pick(&["sum", "count", "min", "max", "count(distinct", "total"]), value())).collect();
            let figures: Vec<_> = figures
                .into_iter()
                .map(|one| if one.contains("count(distinct(") { format!("{})", one.replacen("count(distinct(", "count(distinct (", 1)) } else { one })
                .collect();
            let key = value();
            let list = std::iter::once(key.clone()).chain(figures).collect::<Vec<_>>().join(", ");
            return format!("select {list} from {from}{condition} group by {key}");
        }
        let list = (0..columns).map(|_| value()).collect::<Vec<_>>().join(", ");
        format!("select {}{list} from {from}{condition}", self.0.pick(&["", "", "distinct "]))
    }

    fn statement(&self) -> String {
        let columns = 1 + self.0.below(3);
        let select = || self.select(columns);
        match self.0.below(6) {
            0 => format!("{} {} {}", select(), self.0.pick(&["union", "union all", "except", "intersect"]), select()),
            1 => format!("with t as ({}) select * from t", select()),
            // Counted over all, since of columns beside an aggregate SQLite takes those of any row.
            2 => format!("select count(*) over () as n, * from ({})", select()),
            3 => format!("select id, sum({}) over (partition by {} order by d.id) from deal d", self.value(&["deal"], 1), self.value(&["deal"], 1)),
            _ => select(),
        }
    }
}

/// What one sees of the tables, in a file of its own, by rules written down here once more.
fn seen(path: &std::path::Path, owner: Option<i64>) -> Connection {
    let plain = Connection::open_in_memory().unwrap();
    plain.execute("attach ?1 as whole", [path.to_str().unwrap()]).unwrap();
    for table in ["organization", "deal", "activity"] {
        let visible = owner.map_or_else(|| "1".to_owned(), |owner| format!("owner_id = {owner}"));
        plain.execute_batch(&format!("create table {table} as select * from whole.{table} where {visible}")).unwrap();
    }
    plain
}

/// Asks every reader what a grammar makes up, and SQLite the same of the rows that he sees.
fn compare(readers: &[(&Crm, &Connection)], seed: u64, statements: usize) {
    let random = Random::new(seed);
    let (mut rows, mut refusals) = (0, 0);
    for _ in 0..statements {
        let sql = Grammar(&random).statement();
        for (reader, plain) in readers {
            let told = plain.prepare(&sql).map(drop);
            let given = reader.sql(&sql, &[]);
            // A few are no statements for SQLite, either, such as a sum within a group's key.
            let Ok(()) = told else {
                assert!(given.is_err(), "{sql}");
                refusals += 1;
                continue;
            };
            let expected = alike(of_plain(plain, &sql));
            assert_eq!(alike(of_library(reader, &sql)), expected, "{sql}");
            rows += expected.1.len();
        }
    }
    assert!(rows > statements * 6 && refusals < statements, "{rows} rows, {refusals} refused");
}

/// A column of a table has one type: where some values have a fraction or are texts, all are written so.
fn alike((names, rows): (Vec<String>, Vec<String>)) -> (Vec<String>, Vec<String>) {
    let number = |cell: &str| cell.trim_matches('"').parse::<f64>().map_or_else(|_| cell.to_owned(), |number| format!("{number:.6}"));
    let mut rows: Vec<_> = rows.iter().map(|row| row.split('|').map(number).collect::<Vec<_>>().join("|")).collect();
    rows.sort();
    (names, rows)
}

#[test]
fn statements_of_a_grammar_give_what_sqlite_gives_of_the_visible_rows() {
    let (folder, crm, _) = filled();
    let ann = crm.acting_as(UserId(1)).unwrap();
    let path = folder.path().join("test.crm");
    assert_ne!(count(&crm, "select count(*) from deal"), count(&ann, "select count(*) from deal"));
    compare(&[(&crm, &seen(&path, None)), (&ann, &seen(&path, Some(1)))], 20_260_302, 3_000);
}

// B1
#[test]
fn statements_give_of_the_past_what_sqlite_gave_then() {
    let (folder, crm, clock) = traded();
    let path = folder.path().join("test.crm");
    let then = clock.now();
    let (all, own) = (seen(&path, None), seen(&path, Some(1)));
    let copy = folder.path().join("then.crm");
    crm.backup_to(&copy, &mut |_, _| {}).unwrap();
    clock.advance(chrono::TimeDelta::hours(1));
    let random = Random::new(3);
    for round in 0..60 {
        let id = DealId(1 + random.below(40) as i64);
        match round % 6 {
            0 => drop(crm.deals().remove(id)),
            1 => drop(crm.deals().edit(id, |deal| deal.value = random.chance(60).then(|| Money::from_minor(round * 991, Currency::EUR)))),
            2 => drop(crm.deals().edit(id, |deal| deal.name = format!("Deal {}", round % 7))),
            3 => drop(
                crm.organizations()
                    .edit(OrganizationId(1 + random.below(12) as i64), |fields| fields.country = random.maybe(&["PL", "IT"], 70).map(Into::into)),
            ),
            4 => drop(crm.activities().add_many((0..5).map(|n| activity(["Later", "Hello"][n % 2]))).unwrap()),
            _ => {
                let done = crm.change("several at once", |change| {
                    change.deals().add(deal("Deal 3"))?;
                    let first = change.activities().add_many((0..4).map(|_| activity("Written twice")))?.first.unwrap();
                    change.activities().edit(ActivityId(first.0 + 1), |fields| fields.subject = "Again".into())?;
                    change.activities().remove(ActivityId(first.0 + 2))
                });
                let done = done.unwrap().change_set.unwrap();
                if round % 4 == 1 {
                    crm.undo(done).unwrap();
                }
            }
        }
    }
    let past = crm.at(then).unwrap();
    let ann = crm.acting_as(UserId(1)).unwrap().at(then).unwrap();
    assert_ne!(count(&crm, "select sum(value) from deal"), count(&past, "select sum(value) from deal"));
    compare(&[(&past, &all), (&ann, &own)], 20_260_303, 3_000);
    let plain = raw(&copy);
    // Which rows are the first few, where nothing says by what order, is nobody's promise.
    let sure = STATEMENTS.iter().filter(|sql| !sql.contains("limit") || sql.contains("order by"));
    for sql in sure {
        assert_eq!(alike(of_library(&past, sql)), alike(of_plain(&plain, sql)), "{sql}");
    }
}

/// What is tried for a statement of the past does not multiply with its depth.
#[test]
fn deep_statements_of_the_past_are_written_in_time() {
    let (_folder, crm, clock) = traded();
    let past = crm.at(clock.now()).unwrap();
    for select in
        ["select max(id) from deal where id in (", "select id from deal d where id in (", "select count(distinct name) + max(value) from deal where id in ("]
    {
        let nested = |depth: usize| format!("{}1{}", select.repeat(depth), ")".repeat(depth));
        assert_eq!(table_rows(&past.sql(&nested(8), &[]).unwrap()), table_rows(&crm.sql(&nested(8), &[]).unwrap()), "{select}");
        assert_refused(past.sql(&nested(9), &[]), "invalid", "up to 8 deep");
    }
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    let (_folder, crm, _) = filled();
    for (sql, code, words) in [
        ("select * from deals", "invalid", "unknown table `deals`, did you mean `deal`?"),
        ("select * from xyzzy_xyzzy", "invalid", "`entities` lists the tables"),
        ("select * from sqlite_master", "denied", "`entities` lists the tables"),
        ("select * from pragma_table_info('deal')", "invalid", "unknown function"),
        ("select * from main.deal", "denied", "without a schema"),
        ("select main.deal.name from deal", "denied", "without a schema"),
        ("select main.name from deal", "denied", "without a schema"),
        ("select nam from deal", "invalid", "unknown column `nam`, did you mean `name`?"),
        ("select \"nam\" from deal", "invalid", "did you mean `name`?"),
        ("select d.valeu from deal d", "invalid", "did you mean `value`?"),
        ("select e.value from deal d", "invalid", "unknown table `e`"),
        ("with t as (select id as number from deal) select nunber from t", "invalid", "did you mean `number`?"),
        ("select x.i from (select id as i, status from deal) x where x.statu = 'open'", "invalid", "did you mean `status`?"),
        ("select keyy from json_each('[1]')", "invalid", "did you mean `key`?"),
        ("select cuont(*) from deal", "invalid", "unknown function `cuont`, did you mean `count`?"),
        ("select load_extension('x')", "invalid", "unknown function"),
        ("select in_list('Customers') from deal", "invalid", "list_member"),
        ("select name from deal order by \"nmae\"", "invalid", "did you mean `name`?"),
        ("select today() - days(30)", "invalid", "today(-30)"),
        ("select name collate polish from deal", "invalid", "unknown collation"),
        ("delete from deal", "denied", "only reading"),
        ("with t as (select 1) delete from deal", "denied", "only reading"),
        ("explain query plan select 1", "denied", "only reading"),
        ("select 1; select 2", "invalid", "the statement ends before"),
        ("select name from deal where", "invalid", "an expression"),
        ("select name form deal", "invalid", "the statement ends before `deal`"),
        ("", "invalid", "begins with select"),
        ("selekt 1", "invalid", "begins with select"),
    ] {
        assert_refused(crm.sql(sql, &[]), code, words);
    }
    assert_refused(crm.deals().find("opened_on > today() - days(30)"), "invalid", "today(-30)");
    assert_refused(crm.deals().find("closes_on + days(3) > '2026-01-01'"), "invalid", "today(-30)");
    assert_eq!(crm.deals().count("closes_on > today(-30)").unwrap(), count(&crm, "select count(*) from deal where closes_on > today(-30)"));
    assert_refused(crm.deals().find("group_concat(name) = 'x'"), "invalid", "for sql() alone");
}

#[test]
fn parameters_are_numbered_as_sqlite_numbers_them() {
    let crm = memory();
    let given: Vec<Value> = (1..=4).map(|n| Value::Integer(n * 11)).collect();
    let ask = |sql: &str, many: usize| table_rows(&crm.sql(sql, &given[..many]).unwrap_or_else(|error| panic!("{sql}: {error}")))[0].clone();
    let conn = Connection::open_in_memory().unwrap();
    for (sql, many) in [
        ("select ?, ?, ?1", 2),
        ("select ?3, ?", 4),
        ("select ?2, ?1, ?", 3),
        ("select :a, :b, :a, ?", 3),
        ("select @x, $y, :x", 3),
        ("select * from (select 1 union select 2) where ? > 0 limit ?, ?", 3),
        ("select ? from (select ?) order by ?", 3),
        ("select (select ?) + ?, ?2", 2),
    ] {
        let mut statement = conn.prepare(sql).unwrap();
        assert_eq!(statement.parameter_count(), many, "{sql}");
        let limit = sql.contains("limit");
        if limit {
            assert_refused(crm.sql(sql, &given[..2]), "invalid", "3 values are needed");
            continue;
        }
        let columns = statement.column_count();
        let expected: Vec<String> = statement
            .query_row(rusqlite::params_from_iter((1..=many).map(|n| n as i64 * 11)), |row| {
                (0..columns).map(|at| row.get::<_, i64>(at)).collect::<std::result::Result<Vec<_>, _>>()
            })
            .unwrap()
            .into_iter()
            .map(|n| format!("{:?}", n.to_string()))
            .collect();
        assert_eq!(ask(sql, many), expected.join("|"), "{sql}");
    }
    assert_refused(crm.sql("select ?0", &[]), "invalid", "parameters are written");
    assert_refused(crm.sql("select ?99999999999999999999", &[]), "invalid", "parameters are written");
}

#[test]
fn a_statement_follows_the_fields_of_the_file() {
    let crm = memory();
    assert_refused(crm.sql("select colour from deal", &[]), "invalid", "unknown column");
    let colour = crm.custom_fields().add(custom_field("deal", "colour", CustomKind::Text)).unwrap();
    assert_eq!(crm.sql("select colour from deal", &[]).unwrap().columns[0].name, "colour");
    crm.custom_fields().remove(colour.id).unwrap();
    assert_refused(crm.sql("select colour from deal", &[]), "invalid", "unknown column");
}

/// Every table and every column, whatever words they are.
#[test]
fn every_column_can_be_named() {
    let crm = memory();
    let mut columns = 0;
    for meta in entities() {
        let table = crm.sql(&format!("select * from {}", meta.name), &[]).unwrap_or_else(|error| panic!("{}: {error}", meta.name));
        for column in &table.columns {
            let name = &column.name;
            let sql = format!(
                "select t.{name}, {name}, ({name}), max({name}), {name} is null as x from {0} as t where {name} = 1 and ({name}) in ({name}, 2) group by {name} order by {name} desc",
                meta.name
            );
            let given = crm.sql(&sql, &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
            assert_eq!(
                given.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>(),
                [name.clone(), name.clone(), name.clone(), format!("max({name})"), "x".into()]
            );
            columns += 1;
        }
    }
    assert!(columns > 200);
}
