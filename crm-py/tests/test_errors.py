"""What goes wrong is told by class, code, field and reason, and never shows the value."""

from datetime import datetime

import pytest

import crm


@pytest.mark.parametrize("name", ["emploees", "indsutry"])
def test_an_unknown_keyword_names_itself_and_the_nearest(db, name):
    with pytest.raises(crm.Invalid) as raised:
        db.organizations.add(name="Acme", **{name: 1})
    assert raised.value.field == name
    assert "did you mean" in str(raised.value) and name in str(raised.value)


def test_classes_stand_for_what_python_would_raise(db):
    for kind, also in [(crm.NotFound, KeyError), (crm.Invalid, ValueError), (crm.Denied, PermissionError), (crm.TimedOut, TimeoutError)]:
        assert issubclass(kind, crm.CrmError) and issubclass(kind, also)
    with pytest.raises(KeyError) as raised:
        db.organizations.get(404)
    assert str(raised.value) == "no such organization, or none you may see"  # no quotes, unlike KeyError's own
    assert (raised.value.code, raised.value.field) == ("not_found", "organization")
    with pytest.raises(PermissionError) as denied:
        db.sql("delete from deal")
    assert denied.value.code == "denied" and denied.value.reason


def test_values_that_cannot_be_stored_are_refused_without_being_shown(db):
    bad = [
        ("name", object(), "object"),
        ("name", 2**70, "64 bits"),
        ("employees", "many-secret", "whole number"),
        ("employees", -1, "between"),
        ("name", ["a", 1], "list"),
    ]
    for field, value, reason in bad:
        with pytest.raises(crm.Invalid, match=reason) as raised:
            db.organizations.add(**{"name": "Acme", field: value})
        assert raised.value.field == field
        assert "secret" not in str(raised.value)
    with pytest.raises(crm.Invalid, match="time zone"):
        db.activities.add(kind="call", subject="Intro", starts_at=datetime(2026, 1, 1))
    with pytest.raises(crm.Invalid, match="required"):
        db.organizations.add()
    assert db.organizations.count() == 0


def test_wrong_arguments(db):
    cases = [
        lambda: db.organizations.find("employees >= ?"),
        lambda: db.organizations.find("name = ?", "Acme"),
        lambda: db.organizations.find(limit=0),
        lambda: db.organizations.find(limit=-3),
        lambda: db.organizations.find(order_by="nmae"),
        lambda: db.organizations.page(after="nonsense"),
        lambda: db.at("yesterday"),
        lambda: db.time_limit(-1),
        lambda: db.history("organisation", 1),
        lambda: db.add_process("X", "unheard of"),
        lambda: db.report("funel"),
        lambda: db.report("won", by="owner", limit=-1),
        lambda: crm.open(":memory:", synchronous="maybe"),
    ]
    for case in cases:
        with pytest.raises(ValueError) as raised:
            case()
        assert isinstance(raised.value, crm.CrmError), raised.value


def test_files(tmp_path):
    with pytest.raises(crm.NotFound):
        crm.open(tmp_path / "missing.crm", read_only=True)
    foreign = tmp_path / "foreign.crm"
    foreign.write_text("not a database, but long enough to look at" * 10)
    with pytest.raises(crm.NotACrmFile):
        crm.open(foreign)
    path = tmp_path / "acme.crm"
    with crm.open(path) as db:
        db.organizations.add(name="Acme")
    with pytest.raises(crm.CrmError, match="closed"):
        db.organizations.count()
    with crm.open(str(path), read_only=True) as db:
        assert db.organizations.count() == 1
        with pytest.raises(crm.ReadOnly):
            db.organizations.add(name="Birch")


def test_a_stale_revision_is_a_conflict(db):
    acme = db.organizations.add(name="Acme", industry="steel")
    db.organizations.update(acme.id, industry="banking")
    assert db.organizations.update(acme.id, acme.revision, employees=3).employees == 3  # another field: merged
    with pytest.raises(crm.Conflict) as raised:
        db.organizations.update(acme.id, revision=acme.revision, industry="food")
    assert raised.value.field == "industry"


def test_errors_pickle():
    import pickle

    for kind in (crm.NotFound, crm.Denied, crm.Invalid, crm.Busy):
        error = pickle.loads(pickle.dumps(kind("message", "field", "reason")))
        assert (type(error), str(error), error.field, error.reason) == (kind, "message", "field", "reason")


def test_arguments_of_a_wrong_kind_are_refused_by_name(db):
    before = db.base_currency(), db.users.count()
    change = db.changes(limit=1)[0].change_set
    for call, name in [
        (lambda value: db.undo(value), "change_set"),
        (lambda value: db.timeline(value), "organization_id"),
        (lambda value: db.suggest("a", value), "limit"),
        (lambda value: db.changes(value), "since"),
        (lambda value: db.report("won", limit=value), "limit"),
        (lambda value: db.search("a", owner=value), "owner"),
    ]:
        for wrong in [True, "1", 1.5, b"1"]:  # undo(True) would be undo(1)
            with pytest.raises(TypeError, match=f"'{name}' must be a whole number"):
                call(wrong)
        with pytest.raises(crm.Invalid, match=name):
            call(2**63)
    for call, name in [
        (lambda value: db.organizations.get(value), "id"),
        (lambda value: db.organizations.remove(value), "id"),
        (lambda value: db.organizations.history(value), "id"),
        (lambda value: db.organizations.update(value, name="x"), "id"),
        (lambda value: db.organizations.update(1, value, name="x"), "revision"),
        (lambda value: db.organizations.find(limit=value), "limit"),
        (lambda value: db.acting_as(value), "user"),
    ]:
        for wrong in [True, "1", 1.5, b"1"]:
            with pytest.raises(TypeError, match=f"must be a whole number\\nwhile processing '{name}'"):
                call(wrong)
        with pytest.raises(crm.Invalid, match="64 bits"):
            call(2**63)
    with pytest.raises(TypeError, match="'seconds' must be a number of seconds"):
        db.time_limit(True)
    with pytest.raises(TypeError, match="'busy_timeout' must be a number of seconds"):
        crm.open(":memory:", busy_timeout=True)
    # A misspelt option is told of even when nothing is given for it, and values without a filter are.
    with pytest.raises(crm.Invalid, match="did you mean `owner`"):
        db.search("a", ownr=None)
    with pytest.raises(crm.Invalid, match="belong to a filter"):
        db.search("a", params=[1])
    # 0 is no name for "nobody's".
    db.organizations.add(name="Ownerless")
    assert db.search("ownerless").hits and not db.search("ownerless", owner=0).hits and not db.search("ownerless", line=0).hits
    for wrong in [5, None, b"x"]:
        with pytest.raises(TypeError, match="'number'"):
            db.caller_card(wrong)
    with pytest.raises(crm.Invalid, match="surrogate"):
        db.caller_card("\ud800")
    for none in [0, -1]:
        with pytest.raises(crm.Invalid, match="limit"):
            db.changes(limit=none)
    assert (db.base_currency(), db.users.count()) == before and db.changes(limit=10_000)[-1].change_set >= change
