"""The file as a whole: proof, backups that come back, erasure (B10, B19, P3, P5)."""

import json

import pytest

import crm


def test_a_head_that_was_kept_is_proof(tmp_path):
    db = crm.open(tmp_path / "acme.crm")
    heads = []
    listening = db.on_commit(lambda event: heads.append(event.head))
    db.organizations.add(name="Acme")
    db.organizations.add(name="Birch")
    listening.stop()
    steps = []
    verified = db.verify(heads[0], on_progress=lambda done, of: steps.append((done, of)))
    assert verified.is_clean and verified.head == heads[1] and steps[-1][0] == steps[-1][1]
    assert not db.verify("ab" * 32).is_clean
    with pytest.raises(crm.Invalid, match="64 hexadecimal digits"):
        db.verify("nothing")


def test_who_was_erased_stays_away_when_a_backup_comes_back(tmp_path):
    db = crm.open(tmp_path / "acme.crm")
    jan, ewa = db.people.add(last_name="Kowalski"), db.people.add(last_name="Nowak")
    db.organizations.add(name="Acme", description="Ask Kowalski")
    told = json.loads(db.export_of("person", jan.id))
    assert [(part["relation"], part["record"]["last_name"]) for part in told] == [("itself", "Kowalski")]
    db.backup_to(tmp_path / "copy.crm")
    erased = db.erase("person", jan.id, "asked to")
    assert [(mention.entity, mention.field, mention.former) for mention in erased.mentions] == [("organization", "description", False)]
    with pytest.raises(crm.Conflict, match="erased"):
        db.undo(erased.change_set)
    db.organizations.add(name="Birch")
    restored = db.restore(tmp_path / "copy.crm")
    assert (restored.erased, restored.lost) == (1, 2)
    assert [(person.id, person.last_name) for person in db.people.find(order_by="id")] == [(jan.id, None), (ewa.id, "Nowak")]
    assert db.organizations.count() == 1 and db.verify().is_clean
    db.organizations.update(1, description=None)
    db.prune(before=db.now)
    db.vacuum()
    assert b"Kowalski" not in (tmp_path / "acme.crm").read_bytes()


def test_an_older_file_can_be_refused(tmp_path):
    assert crm.open(tmp_path / "new.crm", upgrade="refuse").organizations.count() == 0
    with pytest.raises(crm.Invalid, match="in_place"):
        crm.open(tmp_path / "new.crm", upgrade="backups")
