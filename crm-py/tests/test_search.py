"""Full-text search, its index, and type-ahead (D23)."""

import pickle
from datetime import datetime, timezone

import pytest

import crm


@pytest.fixture
def filled(db):
    acme = db.organizations.add(name="Łódź Pompy", industry="pumps")
    db.contact_points.add(organization_id=acme.id, kind="phone", value="+48 601 834 267")
    db.people.add(name="Anna Nowak")
    for month in (1, 2, 3):
        db.activities.add(kind="call", subject=f"Договор на поставку {month}", starts_at=datetime(2026, month, 5, tzinfo=timezone.utc), organization_id=acme.id)
    return db


def test_words_phones_and_beginnings(filled):
    assert filled.search("lodz").hits[0].title == "Łódź Pompy"
    assert filled.search("601834267").hits[0].kind == "organization"
    hit = filled.search("договоры поставка 2").hits[0]
    assert hit.title == "Договор на поставку 2"
    assert hit.time == datetime(2026, 2, 5, tzinfo=timezone.utc)
    assert pickle.loads(pickle.dumps(hit)) == hit
    assert [each.title for each in filled.suggest("now")] == ["Anna Nowak"]


def test_options_narrow_and_count(filled):
    found = filled.search("договор", kinds="activity", since="2026-02-01", until=datetime(2026, 3, 1, tzinfo=timezone.utc), facets=True)
    assert [hit.title for hit in found.hits] == ["Договор на поставку 2"]
    assert found.facets.total == 1
    assert [(each.value, each.count) for each in found.facets.months] == [("2026-02", 1)]
    page = filled.search("договор", limit=2, by_time=True)
    rest = filled.search("договор", limit=2, by_time=True, after=page.next)
    assert [hit.id for hit in page.hits + rest.hits] == [3, 2, 1]
    assert len(filled.search("договор", kinds=["activity"], filter="starts_at > ?", params=["2026-02-01"]).hits) == 2
    with pytest.raises(crm.Invalid, match="did you mean `kinds`"):
        filled.search("x", kind="deal")
    with pytest.raises(crm.Invalid, match="did you mean `deal`"):
        filled.search("x", kinds=["dael"])


def test_a_hit_tells_where_and_why(filled):
    note = filled.notes.add(entity="organization", record_id=1, text="<b>umowa</b> & pompa")
    hit = filled.search("umowy").hits[0]
    assert (hit.kind, hit.id) == ("note", note.id)
    assert [hit.snippet[mark.start : mark.end] for mark in hit.highlights] == ["umowa"]
    assert hit.html == "&lt;b&gt;<mark>umowa</mark>&lt;/b&gt; &amp; pompa"
    why = filled.explain_hit("umowy", hit.kind, hit.id)
    assert (why.found_by, why.words[0].how, why.words[0].field) == ("forms", crm.MatchKind.FORM, "text")
    with pytest.raises(KeyError):
        filled.explain_hit("elephant", "note", note.id)


def test_the_index_is_tended(db):
    db.organizations.add_many({"name": f"Pump {n}"} for n in range(3_000))
    told = []
    db.search_update(on_progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] >= 3_000
    status = db.search_status()
    assert status.pending == 0 and status.documents >= 3_000 and status.bytes > 0
    db.organizations.add(name="Pump late")
    assert db.search_status().pending == 1
    assert db.search("late").hits[0].title == "Pump late"
    db.search_rebuild()
    assert db.search("pump", facets=True).facets.total == 3_001


def test_the_past_is_not_searched(filled):
    with pytest.raises(crm.Invalid, match="past"):
        filled.at(filled.now).search("pompa")
