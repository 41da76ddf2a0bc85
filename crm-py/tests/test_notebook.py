"""How things look in a notebook: HTML that is escaped, pictures that are drawn."""

import dataclasses
import pickle
import re
from datetime import date

import pytest

import crm

NASTY = "<script>alert('x')</script> & \"co\""


@pytest.fixture
def sales(db):
    """A year of deals, with nasty names."""
    db.add_process(NASTY, "short")
    stages = {stage.kind: stage for stage in db.stages.find(order_by="id")}
    ann, bob = db.users.add(name=NASTY), db.users.add(name="Bob")
    acme = db.organizations.add(name=NASTY, industry="steel", annual_revenue="1234567.80 EUR")
    for n in range(24):
        closed = date(2025, 1 + n // 2, 15) if n % 3 else None
        stage = stages["open"] if closed is None else stages["won" if n % 4 < 2 else "lost"]
        db.deals.add(
            name=f"{NASTY} {n}",
            organization_id=acme.id,
            owner_id=(ann, bob)[n % 2].id,
            value=f"{1000 + n}.50 EUR",
            opened_on=date(2024, 12, 1 + n % 28),
            closed_on=closed,
            closes_on=date(2026, 3, 1) if n < 12 else None,
            stage_id=stage.id,
            lost_reason="price" if stage.kind == "lost" else None,
        )
    return db


def checked(html):
    assert "<script" not in html and "&lt;script&gt;" in html
    opened, closed = re.findall(r"<(\w+)", html), re.findall(r"</(\w+)>", html)
    assert sorted(opened) == sorted(closed)
    return html


def test_records_dossiers_and_results_are_shown_escaped(sales):
    acme = sales.organizations.find()[0]
    assert "1,234,567.80 EUR" in checked(acme._repr_html_())
    ann = sales.people.add(name=NASTY)
    sales.affiliations.add(organization_id=acme.id, person_id=ann.id, role=NASTY)
    sales.contact_points.add(person_id=ann.id, kind="phone", value="+48 601 234 567")
    dossier = sales.dossier(acme.id)
    html = checked(dossier._repr_html_())
    won = dossier.sums.won_amount
    assert f"{won // 100:,}.{won % 100:02} EUR" in html and "contact points" in html
    assert "+48" in checked(sales.caller_card("+48601234567")._repr_html_())
    assert "insert" in checked(sales.organizations.history(acme.id)[0]._repr_html_())
    assert "20 in all, the first 10 shown" in checked(sales.deals.page(limit=20)._repr_html_())
    with sales.dry_run() as trial:
        sales.organizations.update(acme.id, name=f"{NASTY}!")
    assert "organization update: 1" in checked(trial.preview._repr_html_())


def test_every_record_class_is_shown(sales):
    shown = 0
    for entity in crm.entities():
        for record in getattr(sales, entity.plural).find(limit=1):
            assert record._repr_html_().count("<table") == 1
            shown += 1
    assert shown >= 8


def test_a_report_shows_whole_units(sales):
    table = sales.report("won", by="owner")
    assert (table.report, table.by, table.amounts, table.currency) == ("won", ["owner"], ["amount"], "EUR")
    amount = table["amount"][0]
    html = checked(table._repr_html_())
    assert f"{amount // 100:,}.{amount % 100:02}" in html and "amounts in EUR" in html
    plain = sales.sql("select 1 as n")
    assert (plain.report, plain.amounts, plain.currency) == (None, [], None)
    assert "2,000 rows, the first 20 shown" in sales.sql("with recursive t(n) as (select 1 union all select n + 1 from t where n < 2000) select n from t")._repr_html_()


DRAWN = [
    ("funnel", {}),
    ("conversion", {}),
    ("stage_times", {}),
    ("ageing", {}),
    ("bottlenecks", {}),
    ("lost_reasons", {}),
    *[(report, {"by": by}) for report in ("funnel", "conversion", "stage_times", "bottlenecks", "lost_reasons") for by in ("owner", "month", ["owner", "month"])],
    *[(report, {"by": by}) for report in ("win_rate", "won", "sales_cycle", "open_pipeline") for by in (None, "owner", "month")],
    *[(report, {"by": by}) for report in ("trend", "forecast") for by in (None, "quarter", "year")],
]


@pytest.mark.parametrize(("report", "how"), DRAWN)
def test_reports_are_drawn_with_and_without_data(sales, report, how):
    pytest.importorskip("matplotlib")
    figure = sales.report(report, **how).plot()
    assert figure._repr_png_().startswith(b"\x89PNG") and figure.axes[0].get_title(loc="left")
    # Bars begin at zero, whatever the values.
    for axes in figure.axes:
        for bar in axes.patches:
            assert bar.get_x() <= 0 or bar.get_y() >= 0
    titled = sales.report(report, **how).plot(title="Mine", rows=1)
    assert titled.axes[0].get_title(loc="left") == "Mine"
    with crm.open(":memory:") as empty:
        assert empty.report(report, **how).plot()._repr_png_().startswith(b"\x89PNG")


def test_stages_of_customers_are_drawn_as_those_of_deals(db):  # S15, S21
    pytest.importorskip("matplotlib")
    way = db.add_process_for("organization", "Customers", "customer")
    stages = db.stages.find("process_id = ?", [way.id], order_by="position")
    for number in range(6):
        customer = db.organizations.add(name=f"Firm {number}", process_id=way.id)
        if number > 3:
            db.organizations.update(customer.id, stage_id=stages[-1].id, lost_reason=["price", "service"][number - 4])
    funnel = db.report("funnel", process_id=way.id)
    assert (funnel["records"], funnel.amounts, "value" in funnel.columns) == ([4, 0, 0, 0, 2], [], False)
    assert [bar.get_width() for bar in funnel.plot().axes[0].patches] == [4, 0, 0, 0, 2]
    reasons = db.report("lost_reasons", process_id=way.id)
    assert (reasons["lost_reason"], [bar.get_width() for bar in reasons.plot().axes[0].patches]) == (["price", "service"], [1, 1])
    for report in ("funnel", "lost_reasons", "bottlenecks", "stage_times", "conversion", "ageing", "stage_plans"):
        table = db.report(report, process_id=way.id)
        assert table.plot()._repr_png_().startswith(b"\x89PNG") and "<table" in table._repr_html_()
    assert [stage.missing for stage in db.next_stages("organization", customer.id - 3)] == [[], [], [], ["lost_reason"]]


def test_a_picture_shows_the_figures_of_its_report(sales):
    pytest.importorskip("matplotlib")
    table = sales.report("won", by="owner")
    bars = sales.report("won", by="owner").plot().axes[0].patches
    assert [round(bar.get_width() * 100) for bar in bars] == table["amount"]
    trend = sales.report("trend")
    above, below = trend.plot().axes
    assert [round(bar.get_height() * 100) for bar in above.patches] == trend["amount"]
    assert [list(line.get_ydata()) for line in below.lines] == [trend["opened"], trend["won"], trend["lost"]]


def test_what_cannot_be_drawn_says_so(db):
    pytest.importorskip("matplotlib")
    with pytest.raises(crm.Invalid, match="only a report"):
        db.sql("select 1 as n").plot()


def test_every_report_has_a_picture(sales):  # S18
    pytest.importorskip("matplotlib")
    for report in crm.Report:
        figure = sales.report(report).plot()
        assert figure.axes[0].get_title(loc="left"), report


def test_a_report_by_two_things_is_a_grid(sales):  # S18
    pytest.importorskip("matplotlib")
    table = sales.report("won", by=["owner", "quarter"])
    assert table.by == ["owner", "quarter"] and table.columns[:4] == ["key", "name", "key2", "name2"]
    whole = {row["name"]: row["amount"] for row in sales.report("won", by="owner")}
    for name, amount in whole.items():
        assert sum(row["amount"] for row in table if row["name"] == name) == amount
    axes = table.plot().axes[0]
    assert axes.get_title(loc="left") == "Won by owner and quarter"
    assert [label.get_text() for label in axes.get_xticklabels()] == sorted(set(table["name2"]))
    rates = sales.report("win_rate", by=["owner", "line"]).plot().axes[0]
    assert all(text.get_text().endswith("%") for text in rates.texts)


def test_a_report_is_narrowed_by_a_filter_and_a_list(sales):  # S18, K5
    large = sales.report("won", filter="value >= ?", params=[1_000_00])
    expected = [deal.value.minor for deal in sales.deals.find("status = 'won' and value >= 100000")]
    assert large["deals"] == [len(expected)] and large["amount"] == [sum(expected)]
    sales.lists.add(name="Some", entity="organization", kind="dynamic", filter="id % 2 = 0")
    listed = sales.report("won", list="Some")["deals"][0]
    assert listed == sales.deals.count("status = 'won' and organization_id % 2 = 0")
    with pytest.raises(crm.Invalid, match="did you mean `owner`"):
        sales.report("won", by="ownr")


def test_trend_and_forecast_are_what_the_deals_say(sales):  # K5, S10
    deals = sales.deals.find()
    trend = sales.report("trend")
    months = trend["period"]
    assert months == ["2024-12", *[f"2025-{month:02}" for month in range(1, 13)]]  # no month is left out
    for at, month in enumerate(months):
        won = [deal for deal in deals if deal.status == "won" and f"{deal.closed_on:%Y-%m}" == month]
        lost = [deal for deal in deals if deal.status == "lost" and f"{deal.closed_on:%Y-%m}" == month]
        opened = [deal for deal in deals if f"{deal.opened_on:%Y-%m}" == month]
        assert (trend["opened"][at], trend["won"][at], trend["lost"][at]) == (len(opened), len(won), len(lost))
        assert trend["amount"][at] == sum(deal.value.minor for deal in won)
        assert trend["win_rate"][at] == (len(won) / len(won + lost) if won + lost else None)
    forecast = sales.report("forecast")
    stages = {stage.id: stage for stage in sales.stages.find()}
    first_won = min(deal.closed_on for deal in deals if deal.status == "won")
    assert forecast["period"][0] == f"{first_won:%Y-%m}" and forecast["period"][-2:] == ["2026-03", None]
    for at, month in enumerate(forecast["period"]):
        due = [deal for deal in deals if deal.status == "open" and (f"{deal.closes_on:%Y-%m}" if deal.closes_on else None) == month]
        weighted = sum(deal.value.minor * (deal.probability if deal.probability is not None else stages[deal.stage_id].probability) for deal in due)
        assert (forecast["deals"][at], forecast["value"][at]) == (len(due), sum(deal.value.minor for deal in due))
        assert forecast["weighted"][at] == (weighted + 50) // 100
        assert forecast["expected"][at] == forecast["won"][at] + forecast["weighted"][at]
    assert sum(sales.report("trend", by="quarter")["amount"]) == sum(trend["amount"]) == sales.report("won")["amount"][0]
    assert [row["period"] for row in sales.report("trend", by="year", from_="2025-01-01")] == ["2025"]
    with pytest.raises(crm.Invalid, match="day, week, month, quarter, year"):
        sales.report("trend", by="owner")


def test_results_are_frozen_and_pickle(sales):
    acme = sales.organizations.find()[0]
    for result in (sales.dossier(acme.id), sales.verify(), *sales.history("organization", acme.id), sales.changes()[0]):
        assert dataclasses.is_dataclass(result) and type(result).__doc__ and type(result).__module__ == "crm"
        assert pickle.loads(pickle.dumps(result)) == result
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, dataclasses.fields(result)[0].name, None)
