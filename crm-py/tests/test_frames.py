"""Data frames go in through the same import as CSV files."""

import os
import signal
import threading
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm

polars = pytest.importorskip("polars")
pandas = pytest.importorskip("pandas")
pyarrow = pytest.importorskip("pyarrow")
duckdb = pytest.importorskip("duckdb")

ROWS = {"account": ["Acme", "Birch", None], "sector": ["steel", "stel", "food"], "staff": [120, None, 3]}
HOW = {"mapping": {"account": "name", "sector": "industry", "staff": "employees"}, "key": ["name"]}


def duck(rows):
    frame = pyarrow.table(rows)  # noqa: F841 (DuckDB finds it by name)
    return duckdb.sql("from frame").to_arrow_table()


@pytest.mark.parametrize("made", [polars.DataFrame, pandas.DataFrame, pyarrow.table, duck], ids=["polars", "pandas", "pyarrow", "duckdb"])
def test_every_kind_of_frame_goes_in(db, made):  # B4, I1
    told = []
    res = db.import_frame("organization", made(ROWS), **HOW, on_progress=lambda done, of: told.append((done, of)))
    assert (res.rows, res.added, res.failed, res.encoding, res.delimiter) == (3, 2, 1, "", "")
    assert (res.errors[0].line, res.errors[0].code) == (2, "invalid")  # the row, counted from 0
    assert (res.suspects[0].value, res.suspects[0].nearest, res.suspects[0].line) == ("stel", "steel", 1)
    assert res.mapping == list(HOW["mapping"].items()) and res.unmapped == []
    assert told[-1][0] == 3 and told[-1][1] in (3, None)
    assert [(each.name, each.employees) for each in db.organizations.find(order_by="name")] == [("Acme", 120), ("Birch", None)]
    again = db.import_frame("organization", made(ROWS), **HOW)
    assert (again.unchanged, again.change_set) == (2, None)
    db.undo(res.change_set)
    assert db.organizations.count() == 0


def test_a_table_of_ours_goes_back_in(db, tmp_path):
    db.organizations.add_many([{"name": f"Firm {n}", "annual_revenue": f"{n}.50 EUR", "founded": 1990 + n} for n in range(5)])
    with crm.open(":memory:") as other:
        res = other.import_frame("organization", db.organizations.table()[:3], mapping={"name": "name", "founded": "founded"})
        assert res.added == 3 and [each.founded for each in other.organizations.find(order_by="id")] == [1990, 1991, 1992]


def test_types_arrive_exactly(db):
    zone = timezone(timedelta(hours=2))
    frame = pyarrow.table(
        {
            "kind": pyarrow.array(["call", "visit", None]).dictionary_encode(),
            "subject": pyarrow.array(["a", "b", "c"], pyarrow.string_view()),
            "starts_at": pyarrow.array([datetime(2026, 1, 1, 9, tzinfo=zone), None, None], pyarrow.timestamp("us", "Europe/Warsaw")),
        }
    )
    res = db.import_frame("activity", frame)
    assert (res.added, res.failed, res.errors[0].column) == (2, 1, "kind")
    call = db.activities.find("kind = 'call'")[0]
    assert call.starts_at == datetime(2026, 1, 1, 7, tzinfo=timezone.utc)

    db.add_process("New business")
    deals = pandas.DataFrame(
        {
            "name": ["Mill", "Saw", "Noon", "Odd"],
            "value": [1200.1, 0.07, float("nan"), 0.001],
            "value_currency": ["EUR", "USD", "EUR", "EUR"],
            "closes_on": pandas.to_datetime(["2026-05-01", "2026-06-01", "2026-06-01 12:00", None], format="mixed"),
        }
    )
    res = db.import_frame("deal", deals)
    assert [(error.line, error.column) for error in res.errors] == [(2, "closes_on"), (3, "value")]
    mill, saw = db.deals.find(order_by="id")
    assert (mill.value, mill.closes_on, saw.value) == (crm.Money("1200.10 EUR"), date(2026, 5, 1), crm.Money("0.07 USD"))

    rates = polars.DataFrame({"currency": ["USD", "PLN"], "day": [date(2026, 1, 1)] * 2, "rate": [Decimal("0.90"), Decimal("0.2345678")]})
    assert db.import_frame("exchange_rate", rates).added == 2
    assert [rate.rate for rate in db.exchange_rates.find(order_by="id")] == [Decimal("0.90"), Decimal("0.2345678")]
    db.dictionaries.add(name="tag")
    db.custom_fields.add(entity="organization", name="tags", kind="items", of="tag")
    assert db.import_frame("organization", polars.DataFrame({"name": ["Acme"], "tags": [["b", "a"]]})).added == 1
    assert db.organizations.find()[0].tags == ("a", "b")


def test_references_external_keys_and_rows_that_wait(db):
    res = db.import_frame("organization", polars.DataFrame({"name": ["Child", "Parent"], "parent": ["Parent", None], "no": [7, 8]}), external=("erp", "no"))
    assert res.added == 2
    child = db.organizations.by_external("erp", "7")
    assert db.organizations.get(child.parent_id).name == "Parent"
    again = db.import_frame("organization", pandas.DataFrame({"no": [7.0, None], "name": ["Kid", "x"]}), external=("erp", "no"))
    assert (again.updated, again.failed) == (1, 1) and db.organizations.get(child.id).name == "Kid"
    by_id = polars.DataFrame({"organization_id": [child.id, 404], "kind": ["call", "call"], "subject": ["a", "b"]})
    done = db.import_frame("activity", by_id)
    assert (done.added, done.failed) == (1, 1)


def test_what_is_wrong_with_the_call(db):
    with pytest.raises(crm.Invalid, match="maping.*did you mean `mapping`"):
        db.import_frame("organization", polars.DataFrame(ROWS), maping={})
    with pytest.raises(crm.Invalid, match="frame"):
        db.import_frame("organization", [{"name": "Acme"}])
    with pytest.raises(crm.Invalid, match="does not apply"):
        db.import_frame("organization", polars.DataFrame(ROWS), delimiter=";")
    with pytest.raises(crm.Invalid, match="did you mean `sector`"):
        db.import_frame("organization", polars.DataFrame(ROWS), mapping={"account": "name", "sectr": "industry"})
    with pytest.raises(crm.Invalid, match="nothing was written"):
        db.import_frame("organization", polars.DataFrame(ROWS), **HOW, strict=True)
    with pytest.raises(crm.Invalid):
        db.import_frame("organization", polars.DataFrame())
    odd = db.import_frame("organization", polars.DataFrame({"name": ["Acme"], "employees": [b"12"]}))
    assert odd.failed == 1 and "type" in odd.errors[0].reason
    huge = db.import_frame("organization", polars.DataFrame({"name": ["Acme"], "employees": polars.Series([2**64 - 1], dtype=polars.UInt64)}))
    assert huge.failed == 1 and "64 bits" in huge.errors[0].reason
    trial = db.import_frame("organization", polars.DataFrame(ROWS), **HOW, dry_run=True)
    assert (trial.added, trial.change_set, db.organizations.count()) == (2, None, 0)


def test_within_a_change_set_it_is_part_of_it(db):
    with pytest.raises(RuntimeError), db.change("two things"):
        assert db.import_frame("organization", polars.DataFrame(ROWS), **HOW).added == 2
        raise RuntimeError
    assert db.organizations.count() == 0


def test_ctrl_c_and_a_raising_callable_leave_nothing(tmp_path):
    frame = polars.DataFrame({"name": [f"Firm {n}" for n in range(300_000)]})
    with crm.open(tmp_path / "big.crm") as db:
        begun = threading.Event()

        def interrupt():
            begun.wait(10)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            db.import_frame("organization", frame, on_progress=lambda done, of: begun.set())
        assert db.organizations.count() == 0

        def stop(done, of):
            assert of == 300_000
            if done >= 20_000:
                raise RuntimeError("enough")

        started = time.monotonic()
        with pytest.raises(RuntimeError, match="enough"):
            db.import_frame("organization", frame, on_progress=stop)
        assert time.monotonic() - started < 20
        assert db.organizations.count() == 0 and db.organizations.add(name="Acme").id
        assert db.verify().is_clean


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": NAMES,
                "employees": st.none() | st.integers(-5, 10**7),
                "founded": st.none() | st.integers(1500, 2100),
                "annual_revenue": st.none() | st.decimals(-(10**9), 10**9, places=2),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_frame_and_a_csv_of_the_same_rows_give_the_same_records(rows):
    schema = {"name": polars.String, "employees": polars.Int64, "founded": polars.Int32, "annual_revenue": polars.Decimal(20, 2)}
    frame = polars.DataFrame(rows, schema=schema)
    shown = []
    for way in ("frame", "csv"):
        with crm.open(":memory:") as db:
            if way == "frame":
                res = db.import_frame("organization", frame, key="name", currency="EUR")
            else:
                path = f"/tmp/crm-frames-{os.getpid()}.csv"
                frame.write_csv(path, quote_style="necessary")
                res = db.import_csv("organization", path, key="name", currency="EUR", delimiter=",")
                os.unlink(path)
            records = [(each.name, each.employees, each.founded, each.annual_revenue) for each in db.organizations.find(order_by="id")]
            shown.append((records, res.added, res.updated, res.unchanged, res.failed, [(e.column, e.code) for e in res.errors]))
    assert shown[0] == shown[1]
