//! What erasure goes by: every text says whether it tells of a person; and what was sealed.

use super::{SampleLineFields, SampleOrderFields, SampleOrderId, code, order, sample};
use crate::engine::field::FieldType;
use crate::*;

#[test]
fn every_text_says_whether_it_tells_of_a_person() {
    let texts = entities()
        .flat_map(|meta| meta.fields.iter().map(move |field| (meta.name, field)))
        .filter(|(_, field)| matches!(field.field_type, FieldType::Text { .. }));
    let (said, unsaid): (Vec<_>, Vec<_>) = texts.partition(|(_, field)| field.personal.is_some());
    assert_eq!(unsaid.iter().map(|(entity, field)| format!("{entity}.{}", field.name)).collect::<Vec<_>>(), Vec::<String>::new());
    let personal = said.iter().filter(|(_, field)| field.is_personal()).count();
    assert!(personal > 20 && said.len() - personal > 20, "{personal} of {}", said.len());
}

#[test]
fn what_was_sealed_is_not_erased() -> Result<()> {
    let (crm, _) = sample()?;
    let draft = crm.sample_orders().add(order("Pumps for Jan Kowalski"))?;
    crm.sample_lines().add(SampleLineFields { sample_order_id: draft.id, text: "Ten for Jan".into(), ..Default::default() })?;
    let erase = |id: SampleOrderId| code(crm.erase("sample_order", id.0, "", &mut |_, _| {}).map(|erased| (erased.records, erased.versions)));
    crm.sample_orders().edit(draft.id, |fields| fields.sent_at = Some(crm.now()))?;
    assert_eq!(erase(draft.id).split(' ').next(), Some("sealed"));
    assert_eq!(crm.sample_orders().get(draft.id)?.subject, "Pumps for Jan Kowalski");
    let open = crm.sample_orders().add(SampleOrderFields { kind: Some("pump".into()), ..order("Valves for Jan Kowalski") })?;
    assert_eq!(erase(open.id), "(1, 1)");
    let erased = crm.sample_orders().get(open.id)?;
    assert_eq!((erased.subject.as_str(), erased.kind.as_deref()), ("", Some("pump")));
    assert!(crm.verify(None, &mut |_, _| {})?.is_clean());
    Ok(())
}
