"""A clock of the caller's (B9)."""

from datetime import datetime, timedelta, timezone

import pytest

import crm

NEW_YEAR = datetime(2026, 1, 1, 9, tzinfo=timezone.utc)


def script(db, clock):
    """A day's work, as records and history."""
    db.add_process("New business", "short")
    acme = db.organizations.add(name="Acme", industry="steel")
    call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id, due_at=clock.now + timedelta(hours=2))
    clock.advance(timedelta(hours=3))
    with db.change("deal"):
        db.organizations.update(acme.id, employees=120)
        db.deals.add(name="Mill", organization_id=acme.id, value="900 EUR")
    assert db.overdue() == [call]
    return db.organizations.find(), db.deals.find(), db.activities.find(), db.organizations.history(acme.id)


def test_the_same_script_with_the_same_clock_gives_the_same_records():  # B9
    runs = []
    for _ in range(2):
        clock = crm.ManualClock(NEW_YEAR)
        runs.append(script(crm.open(":memory:", clock=clock), clock))
    assert runs[0] == runs[1]
    organizations, deals = runs[0][:2]
    assert organizations[0].created_at == NEW_YEAR and organizations[0].updated_at == deals[0].created_at == NEW_YEAR + timedelta(hours=3)


def test_a_manual_clock_moves_only_when_told():
    clock = crm.ManualClock("2026-01-01T09:00:00Z")
    db = crm.open(":memory:", clock=clock)
    assert db.now == clock.now == NEW_YEAR
    clock.set("2027-01-01")
    assert db.now == db.at(db.now).now == datetime(2027, 1, 1, tzinfo=timezone.utc)
    clock.advance(timedelta(days=-1, milliseconds=5))
    assert db.now == datetime(2026, 12, 31, 0, 0, 0, 5000, tzinfo=timezone.utc) and "2026-12-31" in repr(clock)
    for wrong in (datetime(2026, 1, 1), "soon", None):
        with pytest.raises(crm.Invalid):
            clock.set(wrong)
    clock.advance(timedelta.max)  # as far as the calendar goes, and back
    clock.set(NEW_YEAR)
    assert db.now == NEW_YEAR


def test_a_callable_is_asked_and_may_fail():  # B9
    moments = [NEW_YEAR]
    db = crm.open(":memory:", clock=lambda: moments[0].astimezone(timezone(timedelta(hours=2))))
    assert db.now == db.organizations.add(name="Acme").created_at == NEW_YEAR
    moments[0] += timedelta(days=1)
    ann = db.users.add(name="Ann")
    assert db.acting_as(ann.id).now == ann.created_at == NEW_YEAR + timedelta(days=1)

    moments.clear()  # the callable raises: so does the call, and nothing happens
    for call in (lambda: db.organizations.add(name="Birch"), lambda: db.change("x").__enter__(), lambda: db.now):
        with pytest.raises(IndexError):
            call()
    for wrong in (lambda: "soon", lambda: datetime(2026, 1, 1), "no callable"):
        with pytest.raises(crm.Invalid):
            crm.open(":memory:", clock=wrong)
    moments[:] = [NEW_YEAR + timedelta(days=2)]
    assert [found.name for found in db.organizations.find()] == ["Acme"]
    db.organizations.add(name="Birch")  # the writer is free


def test_a_callable_that_fails_within_a_change_set_undoes_it_like_any_exception():
    moments = [NEW_YEAR]
    db = crm.open(":memory:", clock=lambda: moments[0])
    with pytest.raises(IndexError), db.change("will fail"):
        db.organizations.add(name="Acme")
        moments.clear()
        db.organizations.add(name="Birch")
    moments.append(NEW_YEAR)
    assert db.organizations.count() == 0
