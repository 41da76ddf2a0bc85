"""Change sets, dry runs, the past, other users, threads, Ctrl-C, copies."""

import gc
import os
import pickle
import signal
import threading
import time
from datetime import date, datetime, timedelta, timezone

import pytest

import crm


def test_a_change_set_is_whole_and_can_be_undone(db):
    with db.change("two customers") as change:
        acme = db.organizations.add(name="Acme")
        db.organizations.add(name="Birch")
        assert db.organizations.count() == 2  # seen within
        assert db.sql("select count(*) as n from organization")["n"] == [2]
    assert acme.revision == change.change_set and change.warnings == [] and change.label == "two customers"
    assert db.organizations.history(acme.id)[0].label == "two customers"
    undone = db.undo(change.change_set)
    assert db.organizations.count() == 0
    db.undo(undone)
    assert db.organizations.count() == 2


def test_an_exception_leaves_nothing(db):
    with pytest.raises(RuntimeError), db.change("will fail"):
        db.organizations.add(name="Acme")
        raise RuntimeError
    assert db.organizations.count() == 0
    db.organizations.add(name="Birch")  # the writer is free again
    with db.change("nothing") as change:
        pass
    assert change.change_set is None


def test_a_dry_run_tells_and_leaves_nothing(db):
    acme = db.organizations.add(name="Acme")
    with db.dry_run() as trial:
        db.organizations.update(acme.id, industry="steel")
        db.organizations.add(name="Birch")
    assert trial.preview.counts == {("organization", crm.Operation.INSERT): 1, ("organization", crm.Operation.UPDATE): 1}
    assert [change.after.get("name") for change in trial.preview.changes] == [None, "Birch"]
    assert trial.change_set is None
    assert db.organizations.find() == [acme]


def test_what_needs_a_change_set_of_its_own_says_so_at_once(db):
    with db.change("outer"):
        for call in (lambda: db.undo(1), lambda: db.change("inner").__enter__()):
            started = time.monotonic()
            with pytest.raises(crm.Busy):
                call()
            assert time.monotonic() - started < 1
        db.add_process("New business")
        with pytest.raises(crm.Busy):
            db.organizations.add_many({"name": name.name} for name in db.organizations.add_many(iter(lambda: db.teams.find(), None)))
    assert db.processes.count() == 1


def test_another_thread_does_not_see_an_open_change_set(tmp_path):
    db = crm.open(tmp_path / "threads.crm")
    db.organizations.add(name="Acme")
    seen = []
    with db.change("open"):
        db.organizations.add(name="Birch")
        other = threading.Thread(target=lambda: seen.append(db.organizations.count()))
        other.start()
        other.join()
        assert (db.organizations.count(), seen) == (2, [1])


def test_threads_write_and_read_together(tmp_path):
    db = crm.open(tmp_path / "threads.crm")

    def work(name):
        for n in range(25):
            added = db.organizations.add(name=f"{name} {n}")
            assert db.organizations.get(added.id) == added

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert db.organizations.count() == 100
    assert db.verify().is_clean


def test_the_past(db):
    before = db.now
    time.sleep(0.005)
    acme = db.organizations.add(name="Acme")
    then = db.now
    time.sleep(0.005)
    db.organizations.update(acme.id, name="Acme Ltd")
    assert db.at(before).organizations.count() == 0
    assert db.at(then).organizations.get(acme.id).name == "Acme"
    assert db.at(then.isoformat()).now == then
    assert db.at(date(2020, 1, 1)).now == datetime(2020, 1, 1, tzinfo=timezone.utc)
    with pytest.raises(crm.ReadOnly):
        db.at(then).organizations.add(name="Birch")


def test_acting_as_a_user(db):
    ann, bob = db.users.add(name="Ann"), db.users.add(name="Bob")
    role = db.roles.add(name="Sales")
    db.permissions.add(role_id=role.id, entity="*", reading="own", writing="own")
    for user in (ann, bob):
        db.user_roles.add(user_id=user.id, role_id=role.id)
    as_ann, as_bob = db.acting_as(ann.id), db.acting_as(bob.id)
    mine = as_ann.organizations.add(name="Acme", owner_id=ann.id)
    assert (mine.owner_id, as_ann.user, db.user) == (ann.id, ann.id, None)
    assert as_ann.organizations.history(mine.id)[0].actor == ann.id
    assert (as_ann.organizations.count(), as_bob.organizations.count()) == (1, 0)
    assert as_bob.sql("select * from organization")["name"] == []
    with pytest.raises(crm.NotFound):
        as_bob.organizations.update(mine.id, name="Mine")
    with pytest.raises(crm.Denied):
        as_bob.verify()
    with pytest.raises(crm.CrmError):
        db.acting_as(404)


LONG = "select count(*) as n from dictionary_item a, dictionary_item b, dictionary_item c, dictionary_item d where a.id + b.id < c.id * d.id"


def test_a_time_limit(db):
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        db.time_limit(0.1).sql(LONG)
    assert time.monotonic() - started < 2


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_ctrl_c_stops_a_long_query(db):
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        db.sql(LONG)
    assert time.monotonic() - started < 2
    assert db.sql("select 1 as n")["n"] == [1]  # the handle goes on


def test_other_threads_run_during_a_long_query(db):
    ticks = []

    def tick():
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.01)

    done = threading.Event()
    thread = threading.Thread(target=tick)
    thread.start()
    with pytest.raises(crm.TimedOut):
        db.time_limit(0.5).sql(LONG)
    done.set()
    thread.join()
    assert len(ticks) > 10


def test_obstacles_changes_verify_and_copy(db, tmp_path):
    acme = db.organizations.add(name="Acme")
    renamed = db.organizations.update(acme.id, name="Acme Ltd")
    db.organizations.update(acme.id, name="Acme plc")
    (obstacle,) = db.obstacles(renamed.revision)
    assert (obstacle.entity, obstacle.record_id, obstacle.fields) == ("organization", acme.id, ["name"])
    with pytest.raises(crm.Conflict):
        db.undo(renamed.revision)
    since = db.changes(limit=10_000)[-3].sequence
    assert [(event.operation, event.fields) for event in db.changes(since)] == [("update", ["name"])] * 2
    verified = db.verify()
    assert verified.is_clean and len(verified.head) == 64
    told = []
    db.backup_to(tmp_path / "copy.crm", on_progress=lambda done, of: told.append((done, of)))
    with crm.open(tmp_path / "copy.crm") as copy:
        assert copy.organizations.get(acme.id).name == "Acme plc"
        assert copy.verify().head == verified.head
    with pytest.raises(crm.Invalid):
        db.backup_to(tmp_path / "copy.crm")


def test_a_pickled_handle_opens_the_file_for_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clock = crm.ManualClock("2026-01-01T09:00:00Z")
    db = crm.open("acme.crm", clock=clock, busy_timeout=2.5)
    ann = db.users.add(name="Ann")
    role = db.roles.add(name="Sales")
    db.permissions.add(role_id=role.id, entity="*", reading="own", writing="own")
    db.user_roles.add(user_id=ann.id, role_id=role.id)
    db.organizations.add_many([{"name": "Acme", "owner_id": ann.id}, {"name": "Birch"}])
    then = db.now
    clock.advance(timedelta(days=1))
    db.organizations.update(1, name="Acme Ltd")

    monkeypatch.chdir("/")  # a relative path means the same file elsewhere
    again = pickle.loads(pickle.dumps(db))
    assert (again.path, again.now, again.organizations.count()) == (db.path, db.now, 2)
    mine = pickle.loads(pickle.dumps(db.acting_as(ann.id)))
    assert (mine.user, mine.organizations.count()) == (ann.id, 1)
    past = pickle.loads(pickle.dumps(db.acting_as(ann.id).at(then)))
    assert (past.user, past.now, past.organizations.get(1).name) == (ann.id, then, "Acme")
    with pytest.raises(TimeoutError):
        pickle.loads(pickle.dumps(db.time_limit(0.1))).sql(LONG)
    read_only = pickle.loads(pickle.dumps(crm.open(db.path, read_only=True)))
    with pytest.raises(crm.ReadOnly):
        read_only.organizations.add(name="Cedar")
    gone = pickle.dumps(db)
    (tmp_path / "acme.crm").rename(tmp_path / "moved.crm")
    with pytest.raises(crm.NotFound):
        pickle.loads(gone)
    assert not (tmp_path / "acme.crm").exists()
    with pytest.raises(crm.Invalid, match="memory"), crm.open(":memory:") as memory:
        pickle.dumps(memory)


def count_of(db, letter):
    return db.organizations.count("name like ?", [letter + "%"])


def test_joblib_takes_a_handle_to_other_processes(tmp_path):
    joblib = pytest.importorskip("joblib")
    with crm.open(tmp_path / "acme.crm") as db:
        db.organizations.add_many({"name": f"{'abc'[n % 3]}{n}"} for n in range(300))
        with joblib.parallel_config("loky", n_jobs=2):
            assert joblib.Parallel()(joblib.delayed(count_of)(db, letter) for letter in "abc") == [100] * 3


def test_a_listener_hears_every_commit_in_order_and_harms_none(tmp_path, monkeypatch):
    db = crm.open(tmp_path / "heard.crm")
    heard, unraisable = [], []
    monkeypatch.setattr("sys.unraisablehook", lambda raised: unraisable.append(raised.exc_value))

    def hear(event):
        heard.append((event, [change.entity for change in db.changes(event.since, event.entries)]))
        if event.label == "add person":
            db.notes.add(entity="person", record_id=1, text="welcome")  # a listener may write, and is told of it next
        if event.undoes is not None:
            raise RuntimeError("not the commit's fault")

    db.on_commit(hear)  # needs no keeping
    gc.collect()
    acme = db.organizations.add(name="Acme")
    db.people.add(name="Ann Lee")
    with pytest.raises(crm.Invalid):
        db.organizations.add()
    db.undo(acme.revision)
    assert [entities for _, entities in heard] == [["organization"], ["person"], ["note"], ["organization"]]
    assert [event.change_set for event, _ in heard] == sorted(event.change_set for event, _ in heard)
    assert (heard[0][0].actor, heard[-1][0].undoes) == (None, acme.revision) and db.organizations.count() == 0
    assert [str(error) for error in unraisable] == ["not the commit's fault"]

    few = []
    with db.on_commit(few.append) as listening:
        db.organizations.add(name="Birch")
    db.organizations.add(name="Cedar")
    listening.stop()
    assert len(few) == 1
    with pytest.raises(crm.Invalid):
        db.on_commit("no callable")
    with pytest.raises(crm.Denied):
        db.acting_as(db.users.add(name="Ann").id).on_commit(few.append)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_ctrl_c_stops_making_the_search_index_anew(tmp_path):
    with crm.open(tmp_path / "index.crm") as db:
        db.organizations.add_many({"name": f"Firm number {n} of the valley"} for n in range(60_000))
        started = []

        def interrupt(done, of):
            if not started:
                started.append(done)
                os.kill(os.getpid(), signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            db.search_rebuild(on_progress=interrupt)
        assert started and started[0] < 60_000
        assert db.search("valley", limit=1).hits  # the index is whole, whatever became of the attempt
        assert db.search_status().pending == 0
