//! What a new file begins with: the dictionaries that built-in fields take their words from.

use crate::{Crm, DictionaryFields, DictionaryItemFields, Result};

/// Dictionaries, what they are for, and their first words. All are open: users add words, and may close them.
const DICTIONARIES: &[(&str, &str, &[&str])] = &[
    (
        "activity_kind",
        "Kinds of activity",
        &["call", "email", "meeting", "presentation", "letter", "visit", "business trip", "brochure", "offer", "note", "web visit", "task"],
    ),
    ("outcome", "Results of activities", &["reached", "not reached", "interested", "not interested", "call back", "agreed"]),
    ("participant_role", "Roles of participants", &["host", "guest", "presenter"]),
    ("organization_kind", "Kinds of customer", &["prospect", "customer", "former customer", "supplier", "partner", "competitor", "other"]),
    ("organization_category", "Categories of organization", &["A", "B", "C"]),
    (
        "industry",
        "Industries",
        &[
            "agriculture",
            "automotive",
            "banking",
            "chemicals",
            "construction",
            "consulting",
            "education",
            "electronics",
            "employment",
            "energy",
            "entertainment",
            "finance",
            "food",
            "government",
            "healthcare",
            "hospitality",
            "insurance",
            "logistics",
            "machinery",
            "marketing",
            "media",
            "medical",
            "mining",
            "pharmaceuticals",
            "real estate",
            "retail",
            "services",
            "software",
            "steel",
            "technology",
            "telecommunications",
            "textiles",
            "tourism",
            "transport",
            "utilities",
            "wholesale",
        ],
    ),
    ("source", "Where customers and deals come from", &["referral", "web site", "exhibition", "advertising", "cold call", "mailing", "partner", "tender"]),
    ("delivery_terms", "Incoterms 2020", &["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"]),
    ("affiliation_role", "Roles of people in organizations", &["owner", "managing director", "purchasing", "sales", "engineering", "accounting", "assistant"]),
    ("address_label", "What addresses are for", &["office", "billing", "delivery", "private"]),
    ("contact_label", "What contact points are for", &["work", "mobile", "private", "central"]),
    ("deal_kind", "Types of deal", &["new business", "existing business", "renewal"]),
    ("lost_reason", "Why deals are lost", &["price", "competitor", "no budget", "no decision", "product", "timing", "no contact"]),
    ("product_category", "Categories of product", &[]),
    ("buying_role", "Roles of key people", &["decision maker", "influencer", "user", "buyer", "gatekeeper", "champion", "opponent"]),
];

/// Fills a new file, once, whoever comes first.
pub(crate) fn seed(crm: &Crm) -> Result<()> {
    crm.change("standard dictionaries", |change| {
        if change.id().0 > 1 {
            return Ok(());
        }
        for (name, description, words) in DICTIONARIES {
            let fields = DictionaryFields { name: (*name).into(), description: Some((*description).into()), ..Default::default() };
            let dictionary = change.dictionaries().add(fields)?;
            for (position, word) in words.iter().enumerate() {
                let fields =
                    DictionaryItemFields { dictionary_id: dictionary.id, name: (*word).into(), position: Some(position as i64 + 1), ..Default::default() };
                change.dictionary_items().insert(fields)?;
            }
        }
        Ok(())
    })
    .map(drop)
}
