"""Tables go to data frames and back."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

import crm

polars = pytest.importorskip("polars")
pandas = pytest.importorskip("pandas")
pyarrow = pytest.importorskip("pyarrow")


@pytest.fixture
def table(db):
    db.add_process("New business")
    db.deals.add(name="Łódź <mill>", closes_on=date(2026, 5, 1), value="12.50 EUR")
    db.deals.add(name="Plain")
    db.users.add(name="Ann")
    return db.sql(
        "select d.id, d.name, d.closes_on, d.created_at, d.value / 100.0 as amount, u.active from deal d, user u order by d.id"
    )


def test_rows_columns_and_html(table):
    assert (len(table), table.columns) == (2, ["id", "name", "closes_on", "created_at", "amount", "active"])
    assert table["name"] == ["Łódź <mill>", "Plain"]
    assert table["closes_on"] == [date(2026, 5, 1), None]
    assert table[-1]["id"] == 2 and table[0]["amount"] == 12.5
    assert [row["id"] for row in table] == [1, 2]
    assert isinstance(table["created_at"][0], datetime) and table["created_at"][0].tzinfo is not None
    assert "Łódź &lt;mill&gt;" in table._repr_html_()
    with pytest.raises(KeyError):
        table["nothing"]
    with pytest.raises(IndexError):
        table[2]


def test_every_library_reads_the_same(table):
    rows = [dict(row) for row in table]
    assert table.to_polars().to_dicts() == rows == polars.DataFrame(table).to_dicts()
    assert table.to_arrow().to_pylist() == rows
    frame = table.to_pandas()
    assert list(frame["name"]) == table["name"] and list(frame["id"]) == [1, 2]
    types = {field.name: str(field.type) for field in table.to_arrow().schema}
    assert types == {
        "id": "int64",
        "name": "large_string",
        "closes_on": "date32[day]",
        "created_at": "timestamp[ms, tz=UTC]",
        "amount": "double",
        "active": "bool",
    }


def test_every_library_takes_the_table_itself(table):
    duckdb = pytest.importorskip("duckdb")
    t = table
    assert duckdb.sql("from t").fetchall()[0][:3] == (1, "Łódź <mill>", date(2026, 5, 1))
    assert duckdb.sql("select count(*), max(amount) from t").fetchall() == [(2, 12.5)]
    assert polars.DataFrame(t).shape == pyarrow.table(t).shape == (2, 6)
    if hasattr(pandas.DataFrame, "from_arrow"):
        frame = pandas.DataFrame.from_arrow(t)
        assert list(frame["name"]) == t["name"] and str(frame["created_at"].dtype) == "datetime64[ms, UTC]"


def test_decimals_stay_exact(db):
    rates = ["0.9", "1.2345678901", "12345678901234567.5"]
    db.exchange_rates.add_many({"currency": code, "day": "2026-01-02", "rate": rate} for code, rate in zip(["USD", "PLN", "GBP"], rates, strict=True))
    table = db.exchange_rates.table(order_by="id")
    exact = [Decimal(rate) for rate in rates]
    assert table["rate"] == exact == table.to_polars()["rate"].to_list() == table.to_arrow()["rate"].to_pylist() == list(table.to_pandas()["rate"])
    assert str(table.to_arrow().schema.field("rate").type) == "decimal128(38, 10)"
    assert str(db.exchange_rates.table(limit=1).to_arrow().schema.field("rate").type) == "decimal128(38, 10)"
    assert str(db.exchange_rates.table("id < 0").to_arrow().schema.field("rate").type) == "decimal128(38, 10)"
    # More digits than that are still exact; what only has the name of a decimal field stays what it is.
    db.exchange_rates.add(currency="CHF", day="2026-01-02", rate="0.1234567890123456")
    assert db.exchange_rates.table("currency = 'CHF'").to_polars()["rate"].to_list() == [Decimal("0.1234567890123456")]
    assert db.sql("select 'dear' as rate")["rate"] == ["dear"]


def test_slices_are_shorter_tables(db):
    db.organizations.add_many({"name": f"Firm {n}"} for n in range(10))
    table = db.organizations.table(order_by="id")
    assert isinstance(table[2:5], crm.Table) and table[2:5]["name"] == ["Firm 2", "Firm 3", "Firm 4"] and len(table[20:]) == 0
    assert table[-2:].to_polars()["name"].to_list() == ["Firm 8", "Firm 9"] and [row["id"] for row in table[:2]] == [1, 2]
    with pytest.raises(crm.Invalid):
        table[::2]


def test_frames_come_back_as_records(db):
    rows = [{"name": f"Firm {n}", "employees": n if n % 3 else None} for n in range(1000)]
    db.organizations.add_many(polars.DataFrame(rows).iter_rows(named=True))
    db.organizations.add_many(pandas.DataFrame(rows).to_dict("records"))  # missing numbers are NaN there
    table = db.organizations.table(order_by="id")
    assert table["employees"] == [row["employees"] for row in rows] * 2
    moments = pandas.DataFrame({"kind": ["call"] * 2, "subject": ["a", "b"], "starts_at": [pandas.Timestamp("2026-01-01", tz="UTC"), pandas.NaT]})
    db.activities.add_many(moments.to_dict("records"))
    assert [each.starts_at for each in db.activities.find(order_by="id")] == [datetime(2026, 1, 1, tzinfo=timezone.utc), None]


def test_numpy_scalars_are_values(db):
    numpy = pytest.importorskip("numpy")
    acme = db.organizations.add(name=numpy.str_("Acme"), employees=numpy.int64(5), annual_revenue=crm.Money("5 EUR"))
    assert acme.employees == 5
    assert db.organizations.count("employees = ?", [numpy.float64(5)]) == 1
    assert db.users.add(name="Ann", active=numpy.bool_(False)).active is False


def test_an_empty_table(db):
    empty = db.organizations.table()
    assert len(empty) == 0 and list(empty) == [] and empty["name"] == []
    assert empty.to_polars().schema["name"] == polars.String
