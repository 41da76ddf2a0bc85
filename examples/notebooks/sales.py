"""The sales pipeline that the notebooks look at: a folder of CSV files where there is one, else a small made-up sample.

The folder holds `accounts.csv`, `products.csv`, `sales_teams.csv` and `sales_pipeline.csv` in the layout of the public data set "CRM
Sales Opportunities" (Maven Analytics, CC0): a seller of computer hardware, with the dirt of real exports.
"""

import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import polars as pl

import crm

# When the two exports were taken that the pipeline is loaded from.
FIRST = datetime(2017, 9, 30, tzinfo=timezone.utc)
SECOND = datetime(2017, 12, 31, tzinfo=timezone.utc)

FILES = ("accounts", "products", "sales_teams", "sales_pipeline")


def frames(folder: str | os.PathLike[str] | None = None) -> dict[str, pl.DataFrame]:
    """The four tables, from `folder`, from the folder that CRM_SALES_DATA names, or made up."""
    folder = Path(folder or os.environ.get("CRM_SALES_DATA") or "../../../shared/data/crm_sales")
    if all((folder / f"{name}.csv").exists() for name in FILES):
        print("The pipeline is read from the CSV files of the data set.")
        return {name: pl.read_csv(folder / f"{name}.csv", try_parse_dates=True) for name in FILES}
    print("There are no CSV files here (set CRM_SALES_DATA to their folder): the pipeline is a small made-up sample.")
    return _sample()


def load(db: crm.Crm, tables: dict[str, pl.DataFrame], clock: crm.ManualClock) -> dict[str, crm.Imported]:
    """Loads the pipeline as a company would: master data, the export of one day, and a later export over it."""
    done = {}
    db.settings.add(name="base_currency", value="USD")
    with db.change("sales process"):
        process = db.processes.add(name="Computer hardware")
        for name, kind, probability, norm in [("Prospecting", "open", 10, 30), ("Engaging", "open", 50, 90), ("Won", "won", 100, None), ("Lost", "lost", 0, None)]:
            db.stages.add(process_id=process.id, name=name, kind=kind, probability=probability, norm_days=norm)

    teams = tables["sales_teams"]
    db.import_frame("team", teams, mapping={"regional_office": "name"}, key="name")
    db.import_frame("user", teams, mapping={"manager": "name", "regional_office": "team_id"}, key="name")
    done["agents"] = db.import_frame("user", teams, mapping={"sales_agent": "name", "manager": "manager_id", "regional_office": "team_id"}, key="name")

    done["products"] = db.import_frame("product", tables["products"], mapping={"product": "name", "series": "category"}, key="name")
    prices = db.price_lists.add(name="List prices", currency="USD")
    db.import_frame("price", tables["products"], mapping={"product": "product_id", "sales_price": "amount"}, currency="USD", defaults={"price_list_id": prices.id})

    done["accounts"] = db.import_frame(
        "organization",
        tables["accounts"],
        mapping={
            "account": "name",
            "sector": "industry",
            "year_established": "founded",
            "revenue": "annual_revenue",
            "employees": "employees",
            "office_location": "country",
            "subsidiary_of": "parent_id",
        },
        key="name",
        currency="USD",
        scale={"revenue": 1_000_000},
    )

    # The pipeline spells one product in its own way; an alias tells what is meant.
    if product := db.products.find("name = ?", ["GTX Pro"]):
        db.aliases.add(entity="product", record_id=product[0].id, name="GTXPro")

    for moment in (FIRST, SECOND):
        clock.set(moment)
        done[f"deals, {moment:%d %B %Y}"] = db.import_frame(
            "deal",
            as_of(tables["sales_pipeline"], moment.date()),
            mapping={
                "opportunity_id": "name",
                "sales_agent": "owner_id",
                "product": "product_id",
                "account": "organization_id",
                "deal_stage": "stage_id",
                "engage_date": "opened_on",
                "close_date": "closed_on",
                "close_value": "value",
            },
            external=("pipeline export", "opportunity_id"),
            defaults={"process_id": process.id},
            currency="USD",
        )
    return done


def as_of(pipeline: pl.DataFrame, day: date) -> pl.DataFrame:
    """The pipeline as it would have been exported on a day: deals closed later are still open, later ones are not there yet."""
    later = pl.col("close_date") > day
    return pipeline.filter(pl.col("engage_date").is_null() | (pl.col("engage_date") <= day)).with_columns(
        deal_stage=pl.when(later).then(pl.lit("Engaging")).otherwise(pl.col("deal_stage")),
        close_value=pl.when(later).then(None).otherwise(pl.col("close_value")),
        close_date=pl.when(later).then(None).otherwise(pl.col("close_date")),
    )


def _sample() -> dict[str, pl.DataFrame]:
    """A small pipeline in the same layout, the same on every run."""
    chance = Random(17)
    managers = {"Dora Klein": "Central", "Milan Novak": "East", "Rosa Conti": "West"}
    agents = ["Ada Finn", "Ben Hale", "Cleo Ivers", "Dan Jones", "Eve Kerr", "Finn Lowe", "Gil Moss", "Hal North", "Ivy Odell"]
    prices = {"GTX Basic": 550, "GTX Pro": 4821, "MG Special": 55, "MG Advanced": 3393, "GTK 500": 26768}
    sectors = ["technolgy", "medical", "retail", "software", "finance", "marketing"]
    names = [f"{first}{second}" for first in ("Acme", "Beta", "Cora", "Delta", "Ever") for second in (" Works", "line", " Group", "corp")]
    accounts = [
        {
            "account": name,
            "sector": sectors[at % len(sectors)],
            "year_established": 1980 + 2 * at,
            "revenue": round(chance.uniform(5, 4000), 2),
            "employees": chance.randint(20, 9000),
            "office_location": "United States" if at % 4 else "Germany",
            "subsidiary_of": names[0] if at in (5, 9) else None,
        }
        for at, name in enumerate(names)
    ]
    deals = []
    for at in range(600):
        product = chance.choice(list(prices))
        engaged = date(2016, 10, 20) + timedelta(days=chance.randint(0, 430))
        length = max(1, int(chance.gauss(48, 30)))
        closed = engaged + timedelta(days=length)
        stage = "Prospecting" if chance.random() < 0.06 else "Engaging" if closed > date(2017, 12, 31) or chance.random() < 0.15 else "Won" if chance.random() < 0.62 else "Lost"
        over = stage in ("Won", "Lost")
        deals.append(
            {
                "opportunity_id": f"{at:04}SMPL",
                "sales_agent": chance.choice(agents),
                "product": "GTXPro" if product == "GTX Pro" else product,
                "account": chance.choice(names) if over or chance.random() < 0.4 else None,
                "deal_stage": stage,
                "engage_date": None if stage == "Prospecting" else engaged,
                "close_date": closed if over else None,
                "close_value": (round(prices[product] * chance.uniform(0.8, 1.2)) if stage == "Won" else 0) if over else None,
            }
        )
    return {
        "accounts": pl.DataFrame(accounts),
        "products": pl.DataFrame([{"product": name, "series": name.split()[0], "sales_price": price} for name, price in prices.items()]),
        "sales_teams": pl.DataFrame(
            [{"sales_agent": name, "manager": list(managers)[at % 3], "regional_office": list(managers.values())[at % 3]} for at, name in enumerate(agents)]
        ),
        "sales_pipeline": pl.DataFrame(deals),
    }
