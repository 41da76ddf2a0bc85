//! What a report is split by: the key of a record, the joins that the key needs, and the name of a key.

use super::base::Base;
use super::report::Dimension;
use crate::engine::error::{Error, Result};

/// What is put into the places of a report's query.
pub(super) struct Split {
    pub key: String,
    pub name: String,
    pub join: String,
    pub group: &'static str,
    /// The function that gives the period of a day, for reports that go by periods.
    pub period: &'static str,
}

impl Split {
    /// One row for all.
    pub fn none() -> Self {
        Self { key: "null".into(), name: "null".into(), join: String::new(), group: "", period: "" }
    }

    /// A row for each month, quarter or year, for reports that go by periods and nothing else.
    pub fn periods(by: Option<Dimension>) -> Result<Self> {
        let period = match by {
            None | Some(Dimension::Month) => "month",
            Some(Dimension::Quarter) => "quarter",
            Some(Dimension::Year) => "year",
            Some(_) => return Err(Error::invalid("by", "this report goes by month, quarter or year")),
        };
        Ok(Self { period, ..Self::none() })
    }

    /// A row for each key. What the records do not have is refused.
    pub fn new(by: Dimension, base: Base<'_>, days: Option<(&str, &str)>) -> Result<Self> {
        let lacks = || Error::invalid("by", "does not apply to this report: its records have no such thing");
        let own = |name: &str| base.field(name).ok_or_else(lacks);
        // Of a record that the base refers to.
        let joined = |alias: &str, entity: &str, reference: &str, field: &str| {
            let reference = own(reference)?;
            Ok((format!("{alias}.{field}"), format!("left join {entity} {alias} on {alias}.id = {reference}")))
        };
        let simple = |name: &str| own(name).map(|key| (key, String::new()));
        let of_customer = |field: &str| simple(field).or_else(|_: Error| joined("split_customer", "organization", "organization_id", field));
        let period = |of: &str| days.map(|(first, _)| (format!("{of}({first})"), String::new())).ok_or_else(lacks);
        // A key is the id of a record that has a name, or its own name.
        let ((key, join), entity) = match by {
            Dimension::Owner => (simple("owner_id")?, "user"),
            Dimension::Manager => (joined("split_owner", "user", "owner_id", "manager_id")?, "user"),
            Dimension::Team => (joined("split_owner", "user", "owner_id", "team_id")?, "team"),
            Dimension::Line => (simple("line_id")?, "line"),
            Dimension::Product => (simple("product_id")?, "product"),
            Dimension::ProductCategory => (joined("split_product", "product", "product_id", "category")?, ""),
            Dimension::Organization => (simple("organization_id")?, "organization"),
            Dimension::Industry => (of_customer("industry")?, ""),
            Dimension::Country => (of_customer("country")?, ""),
            Dimension::Source => (simple("source")?, ""),
            Dimension::Process => (simple("process_id")?, "process"),
            Dimension::Kind => (simple("kind")?, ""),
            Dimension::Month => (period("month")?, ""),
            Dimension::Quarter => (period("quarter")?, ""),
            Dimension::Year => (period("year")?, ""),
        };
        let name = if entity.is_empty() { "cast(g.key as text)".to_owned() } else { format!("(select n.name from {entity} n where n.id = g.key)") };
        Ok(Self { key, name, join, group: "group by 1", ..Self::none() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Crm;

    /// Which dimensions the records of an entity have; each splits a query over them.
    fn dimensions(crm: &Crm, entity: &str, day: Option<&str>) -> Vec<&'static str> {
        let split = |by: Dimension| {
            crm.view(|view| {
                let base = Base { table: view.schema.table(entity)?, alias: "b" };
                let Split { key, name, join, group, period: _ } = Split::new(by, base, day.map(|day| (day, day)))?;
                let sql = format!("select g.key, {name} from (select {key} as key, count(*) as n from {entity} b {join} where true {group}) g");
                view.table(&sql, [], None)
            })
        };
        let mut has = Vec::new();
        for by in Dimension::ALL {
            match split(*by) {
                Ok(_) => has.push(by.as_str()),
                Err(error) => assert_eq!((error.code(), error.field()), ("invalid", "by"), "{entity} by {by}: {error}"),
            }
        }
        has
    }

    // S18
    #[test]
    fn records_are_split_by_what_they_have() -> Result<()> {
        let crm = Crm::open(":memory:")?;
        let of_activity = ["owner", "manager", "team", "line", "organization", "industry", "country", "kind", "month", "quarter", "year"];
        assert_eq!(dimensions(&crm, "activity", Some("day(b.created_at)")), of_activity);
        assert_eq!(dimensions(&crm, "organization", None), ["owner", "manager", "team", "line", "industry", "country", "source", "kind"]);
        assert!(dimensions(&crm, "team", None).is_empty());
        assert_eq!(dimensions(&crm, "deal", Some("b.closed_on")).len(), Dimension::ALL.len());
        Ok(())
    }
}
