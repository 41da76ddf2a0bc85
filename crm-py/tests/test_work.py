"""Import, reports, the dossier: a day's work."""

import builtins

import pytest

import crm


@pytest.fixture
def accounts(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("account,sector,employees\nAcme,steel,120\nBirch,stel,40\n,food,3\n", encoding="utf-8")
    return path


def test_import_tells_what_it_did_and_can_be_undone(db, accounts):
    told = []
    how = {"mapping": {"account": "name", "sector": "industry", "employees": "employees"}, "key": ["name"]}
    res = db.import_csv("organization", accounts, **how, on_progress=lambda done, of: told.append((done, of)))
    assert (res.rows, res.added, res.failed) == (3, 2, 1)
    assert (res.errors[0].line, res.suspects[0].nearest) == (4, "steel")
    assert told and told[-1][0] <= told[-1][1]
    assert db.organizations.find("employees > 100")[0].name == "Acme"
    assert db.import_csv("organization", str(accounts), **how).unchanged == 2
    db.undo(res.change_set)
    assert db.organizations.count() == 0
    trial = db.import_csv("organization", accounts, **how, dry_run=True)
    assert (trial.added, trial.change_set, db.organizations.count()) == (2, None, 0)
    preview = db.preview_csv("organization", accounts)
    assert (preview.columns, preview.missing) == (["account", "sector", "employees"], ["name"])
    with pytest.raises(crm.Invalid, match="maping"):
        db.import_csv("organization", accounts, maping={})


def test_import_shows_a_bar_and_stops_when_the_callable_raises(db, accounts, capsys):
    pytest.importorskip("tqdm")
    how = {"mapping": {"account": "name"}}
    db.import_csv("organization", accounts, **how, on_progress=True)
    assert "import" in capsys.readouterr().err

    def broken(done, of):
        raise RuntimeError("stop")

    before = db.organizations.count()
    with pytest.raises(RuntimeError, match="stop"):
        db.import_csv("organization", accounts, **how, on_progress=broken)
    assert db.organizations.count() in (before, before + 2)  # a small file may be in before the callable is told


def test_without_tqdm_there_is_no_bar(db, accounts, monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("tqdm"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert db.import_csv("organization", accounts, mapping={"account": "name"}, on_progress=True).added == 2


def test_reports_dossier_caller_and_timeline(db):
    db.add_process("New business", "short")
    ann = db.users.add(name="Ann")
    acme = db.organizations.add(name="Acme")
    bob = db.people.add(name="Bob Stone")
    db.affiliations.add(organization_id=acme.id, person_id=bob.id)
    db.contact_points.add(person_id=bob.id, kind="phone", value="+48 601 234 567")
    won = db.stages.find("kind = 'won'")[0]
    db.deals.add(name="Mill", organization_id=acme.id, owner_id=ann.id, value="900 EUR", stage_id=won.id)
    db.deals.add(name="Saw", organization_id=acme.id, value="100 EUR")
    call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id, due_at="2020-01-01")

    table = db.report("won", by=crm.Dimension.OWNER)
    assert [(row["name"], row["deals"], row["amount"]) for row in table] == [("Ann", 1, 90_000)]
    assert len(db.report(crm.Report.WON, from_="2001-01-01", until="2001-12-31", by="owner")) == 0
    with pytest.raises(crm.Invalid):
        db.report("won", from_="soon")

    dossier = db.dossier(acme.id)
    assert dossier.organization == acme and [each.person for each in dossier.people] == [bob]
    assert {deal.name for deal in dossier.deals} == {"Mill", "Saw"} and dossier.sums.won_amount == 90_000
    assert dossier.overdue == [call] == db.overdue() == db.activity_chain(call.id)
    card = db.caller_card("0048 601-234-567")
    assert card.people == [bob] and card.organizations == [acme] and db.caller_card("1") is None
    assert "Intro" in db.timeline(acme.id)["title"]
    large = db.lists.add(name="All", entity="organization", kind="dynamic", filter="name like 'A%'")
    assert db.members_of(large.id) == [acme.id]


@pytest.mark.parametrize("block", [lambda db: db.change("within"), lambda db: db.dry_run()])
def test_reads_of_the_areas_see_the_open_change_set(db, block):  # D14, C3, A3, A6, S21
    with block(db):
        acme = db.organizations.add(name="Acme")
        bob = db.people.add(name="Bob Stone")
        db.affiliations.add(organization_id=acme.id, person_id=bob.id)
        db.contact_points.add(person_id=bob.id, kind="phone", value="+48 601 234 567")
        call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id, due_at="2020-01-01")
        visit = db.activities.add(kind="visit", subject="Demo", organization_id=acme.id, previous_id=call.id)
        large = db.lists.add(name="All", entity="organization", kind="dynamic", filter="name like 'A%'")
        dossier = db.dossier(acme.id)
        assert dossier.organization == acme and [each.person for each in dossier.people] == [bob]
        assert db.caller_card("+48601234567").people == [bob]
        assert "Intro" in db.timeline(acme.id)["title"]
        assert db.overdue() == dossier.overdue == [call]
        assert db.activity_chain(visit.id) == [call, visit]
        assert db.members_of(large.id) == [acme.id]
        assert db.report("affiliations")["person"] == ["Bob Stone"]
        with pytest.raises(crm.NotFound):
            db.dossier(10**9)
