"""Records: adding, reading, changing, finding, and what they are in Python."""

import copy
import pickle
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm


def test_add_get_update_remove(db):
    acme = db.organizations.add(name="Acme", industry="steel")
    assert (acme.id, acme.name, acme.industry, acme.employees) == (1, "Acme", "steel", None)
    changed = db.organizations.update(acme.id, employees=120)
    assert (changed.name, changed.employees) == ("Acme", 120)  # only the named fields change
    assert db.organizations.get(acme.id) == changed != acme
    db.organizations.remove(acme.id)
    with pytest.raises(crm.NotFound):
        db.organizations.get(acme.id)


def test_find_count_page_table(db):
    db.organizations.add_many({"name": f"Firm {n:03}", "employees": n, "industry": "steel" if n % 2 else None} for n in range(250))
    found = db.organizations.find("industry = ? and employees >= ?", ["steel", 100], order_by="-employees", limit=3)
    assert [each.employees for each in found] == [249, 247, 245]
    assert db.organizations.count("employees < ?1", [10]) == 10
    assert db.organizations.find(order_by=["industry", "-name"], limit=1)[0].name == "Firm 248"
    seen, after = [], None
    while True:
        page = db.organizations.page("employees >= 50", order_by="name", limit=60, after=after)
        seen += [each.employees for each in page]
        if (after := page.next) is None:
            break
    assert seen == list(range(50, 250))
    assert db.organizations.table("employees < 3", order_by="name")["name"] == ["Firm 000", "Firm 001", "Firm 002"]


def test_values_come_back_as_they_were_given(db):
    db.add_process("New business")
    at = datetime(2026, 3, 4, 5, 6, 7, 8000, tzinfo=timezone(timedelta(hours=2)))
    call = db.activities.add(kind="call", subject="Intro", starts_at=at)
    assert call.starts_at == at and call.starts_at.tzinfo is not None
    deal = db.deals.add(name="Mill", value="12.50 EUR", closes_on=date(2026, 5, 1), probability=40)
    assert deal.value == crm.Money("12.50", "EUR") == crm.Money(Decimal("12.5"), "eur")
    assert (deal.value.amount, deal.value.currency, deal.value.minor) == (Decimal("12.50"), "EUR", 1250)
    assert (deal.closes_on, deal.probability) == (date(2026, 5, 1), 40)
    assert db.deals.update(deal.id, value=crm.Money("3", "JPY")).value == crm.Money("3 JPY")
    rate = db.exchange_rates.add(currency="USD", day="2026-01-01", rate=Decimal("0.9123"))
    assert rate.rate == Decimal("0.9123")
    assert db.users.add(name="Ann", active=False).active is False


def test_money_adds_within_one_currency_only():
    assert str(crm.Money("0.10 EUR") + crm.Money("0.20 EUR")) == "0.30 EUR"
    with pytest.raises(crm.Invalid):
        crm.Money("1 EUR") + crm.Money("1 PLN")
    with pytest.raises(crm.Invalid, match="digits"):
        crm.Money("0.001", "EUR")


def test_closed_sets_are_enums_and_words(db):
    db.add_process("New business", crm.ProcessTemplate.SHORT)
    deal = db.deals.add(name="Mill")
    assert deal.status is crm.DealStatus.OPEN
    assert deal.status == "open"
    role = db.roles.add(name="Sales")
    by_member = db.permissions.add(role_id=role.id, entity="deal", reading=crm.Level.TEAM, writing="own")
    assert (by_member.reading, by_member.writing) == (crm.Level.TEAM, crm.Level.OWN)
    assert [stage.kind for stage in db.stages.find("process_id = 1", order_by="position")][-2:] == [crm.StageKind.WON, crm.StageKind.LOST]


def test_custom_fields_are_keywords_attributes_and_a_mapping(db):
    db.custom_fields.add(entity="organization", name="risk", kind="item", of="industry")
    db.custom_fields.add(entity="organization", name="tags", kind=crm.CustomKind.ITEMS, of="source")
    db.custom_fields.add(entity="organization", name="budget", kind="money")
    db.custom_fields.add(entity="organization", name="deals", kind="integer", expression="(select count(*) from deal where organization_id = organization.id)")
    acme = db.organizations.add(name="Acme", risk="steel", tags=["tender", "partner"], budget="5 PLN")
    assert (acme.risk, acme.tags, acme.budget, acme.deals) == ("steel", ("partner", "tender"), crm.Money("5 PLN"), 0)
    assert dict(acme.custom) == {"budget": crm.Money("5 PLN"), "deals": 0, "risk": "steel", "tags": ("partner", "tender")}
    assert db.organizations.update(acme.id, risk="banking").custom["risk"] == "banking"
    assert db.organizations.find("risk = 'banking'")[0].id == acme.id
    assert any(field.custom and field.name == "risk" for entity in db.entities() if entity.name == "organization" for field in entity.fields)
    with pytest.raises(AttributeError, match="rsik"):
        acme.rsik
    with pytest.raises(TypeError):
        acme.custom["risk"] = "x"
    assert pickle.loads(pickle.dumps(acme)) == acme


def test_records_are_frozen_comparable_hashable_and_pickle(db):
    db.add_process("New business")
    records = [
        db.organizations.add(name="Łódź Works", employees=7),
        db.deals.add(name="Mill", value="1.00 EUR", closes_on="2026-05-01"),
        db.activities.add(kind="call", subject="Intro", starts_at="2026-01-01T10:00:00Z"),
        db.exchange_rates.add(currency="USD", day="2026-01-01", rate="0.9"),
    ]
    for record in records:
        with pytest.raises(AttributeError):
            record.id = 5
        for other in (pickle.loads(pickle.dumps(record)), copy.deepcopy(record)):
            assert other == record and hash(other) == hash(record) and other is not record
            assert other.to_dict() == record.to_dict()
        assert type(record).__name__ in repr(record)
    assert len({*records, *(pickle.loads(pickle.dumps(each)) for each in records)}) == len(records)
    assert repr(records[0]) == "Organization(id=1, name='Łódź Works', employees=7)"
    assert (records[0] == "Acme") is False
    assert records[0].to_dict()["employees"] == 7
    assert pickle.loads(pickle.dumps(crm.Level.TEAM)) is crm.Level.TEAM


def test_upsert_by_the_key_of_another_system(db):
    first = db.organizations.upsert("erp", "C-1", name="Acme")
    second = db.organizations.upsert("erp", "C-1", employees=5)
    assert (second.id, second.name, second.employees) == (first.id, "Acme", 5)
    assert db.organizations.by_external("erp", "C-1") == second
    with pytest.raises(KeyError):
        db.organizations.by_external("erp", "C-2")


def test_many_records_go_in_whole_or_not_at_all(db):
    loaded = db.organizations.add_many([{"name": "A"}, {"name": "B", "employees": float("nan")}])
    assert (loaded.first, loaded.count) == (1, 2)
    assert db.organizations.get(2).employees is None
    with pytest.raises(crm.Invalid, match="row 2"):
        db.organizations.add_many([{"name": "C"}, {"employees": 3}])

    def broken():
        yield {"name": "D"}
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        db.organizations.add_many(broken())
    with pytest.raises(crm.Invalid, match="dicts"):
        db.organizations.add_many(["E"])
    assert db.organizations.count() == 2
    assert db.undo(loaded.change_set) > loaded.change_set
    assert db.organizations.count() == 0


def test_history_names_what_changed(db):
    acme = db.organizations.add(name="Acme", industry="steel")
    db.organizations.update(acme.id, industry="banking")
    db.organizations.remove(acme.id)
    removed, updated, added = db.history("organization", acme.id)
    assert [each.operation for each in (added, updated, removed)] == [crm.Operation.INSERT, crm.Operation.UPDATE, crm.Operation.DELETE]
    assert (dict(updated.before), dict(updated.after)) == ({"industry": "steel"}, {"industry": "banking"})
    assert added.change_set == acme.revision and added.actor is None and added.at == acme.created_at
    assert pickle.loads(pickle.dumps(updated)).before == {"industry": "steel"}
    assert db.organizations.history(acme.id)[0] == removed


def test_moments_keep_their_instant_in_any_zone_and_century(db):
    zones = [timezone.utc, timezone(timedelta(hours=-9, minutes=-30)), zoneinfo.ZoneInfo("Europe/Warsaw")]
    moments = [datetime(year, 10, 25, 2, 30, 59, 999_000, tzinfo=zone, fold=fold) for year in (1905, 1969, 2026, 2400) for zone in zones for fold in (0, 1)]
    for at in moments:
        assert db.activities.add(kind="call", subject="Intro", starts_at=at).starts_at.timestamp() == pytest.approx(at.timestamp(), abs=1e-4)
    with pytest.raises(crm.Invalid, match="time zone"):
        db.activities.add(kind="call", subject="Intro", starts_at=datetime(2026, 1, 1))


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=40).filter(str.strip)
AWARE = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones())
ACTIVITY = st.fixed_dictionaries(
    {"kind": st.sampled_from(["call", "meeting", "visit"]), "subject": TEXTS},
    optional={
        "description": TEXTS,
        "starts_at": AWARE,
        "due_at": AWARE,
        "direction": st.sampled_from(list(crm.Direction)),
        "status": st.sampled_from(list(crm.ActivityStatus)),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIVITY)
def test_what_goes_in_comes_out_by_every_door(db, fields):
    record = db.activities.add(**fields)
    for name, value in fields.items():
        if isinstance(value, datetime):
            value = value.astimezone(timezone.utc)
            value = value.replace(microsecond=value.microsecond // 1000 * 1000)
        assert getattr(record, name) == value
    again = db.activities.get(record.id)
    assert again == record == pickle.loads(pickle.dumps(record)) and hash(again) == hash(record)
    (row,) = db.activities.table("id = ?", [record.id])
    assert {name: row[name] for name in fields} == {name: getattr(record, name) for name in fields}
    assert escape(record.subject) in record._repr_html_()
