#!/usr/bin/env python3
"""Sales figures of the `crm_sales` pipeline, computed apart from the library.

The tests compare the library's own figures with these. Nothing here is shared
with the library (standard library only), so a mistake would have to be made
twice to go unnoticed.

Usage: python3 crm_sales.py FOLDER
FOLDER holds accounts.csv, products.csv, sales_teams.csv, sales_pipeline.csv.
Prints one JSON object, keys sorted.

How the dirt of the export is read:
- the product spelled "GTXPro" is "GTX Pro"; `unknown_products` counts, over all
  deals, the spellings that products.csv does not have;
- deals without an account are kept; their sector is "";
- sectors stay as spelled ("technolgy");
- an agent, account or product that is in no table stops the run with a KeyError.

The `won_by_*` (whole dollars) and `won_count_by_*` maps have a key only where at
least one deal was won. Quarters are those of close_date, as "2017-Q1".
`open_*` figures cover the stages Prospecting and Engaging, except that
`open_older_than_longest_won` needs an engage date, which only Engaging deals have.
"""

import csv
import json
import statistics
import sys
from collections import Counter
from datetime import date
from pathlib import Path

RESPELLED = {"GTXPro": "GTX Pro"}
OPEN = ("Prospecting", "Engaging")


def rows(folder, name):
    with open(Path(folder) / name, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def days(start, end):
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def quarter(day):
    day = date.fromisoformat(day)
    return f"{day.year}-Q{(day.month + 2) // 3}"


def figures(folder):
    accounts = rows(folder, "accounts.csv")
    deals = rows(folder, "sales_pipeline.csv")
    sector = {row["account"]: row["sector"] for row in accounts} | {"": ""}
    price = {row["product"]: int(row["sales_price"]) for row in rows(folder, "products.csv")}
    team = {row["sales_agent"]: row for row in rows(folder, "sales_teams.csv")}

    unknown_products = Counter(d["product"] for d in deals if d["product"] not in price)
    for deal in deals:
        deal["product"] = RESPELLED.get(deal["product"], deal["product"])

    stages = Counter(d["deal_stage"] for d in deals)
    won = [d for d in deals if d["deal_stage"] == "Won"]
    still_open = [d for d in deals if d["deal_stage"] in OPEN]

    cycles = [days(d["engage_date"], d["close_date"]) for d in won]
    latest = max(d[field] for d in deals for field in ("engage_date", "close_date"))

    customers = Counter()
    for deal in won:
        if deal["account"]:
            customers[deal["account"]] += int(deal["close_value"])
    ranked = sorted(customers.items(), key=lambda item: (-item[1], item[0]))

    result = {
        "deals": len(deals),
        "stages": stages,
        "win_rate": round(stages["Won"] / (stages["Won"] + stages["Lost"]), 6),
        "won_total": sum(int(d["close_value"]) for d in won),
        "cycle_mean_days": round(statistics.fmean(cycles), 6),
        "cycle_median_days": float(statistics.median(cycles)),
        "cycle_max_days": max(cycles),
        "open_deals": len(still_open),
        "open_list_value": sum(price[d["product"]] for d in still_open),
        "open_without_account": sum(not d["account"] for d in still_open),
        "latest_day": latest,
        "open_older_than_longest_won": sum(
            days(d["engage_date"], latest) > max(cycles)
            for d in deals
            if d["deal_stage"] == "Engaging"
        ),
        "unknown_products": unknown_products,
        "sectors": Counter(row["sector"] for row in accounts),
        "top_customers": ranked[:10],
    }

    groups = {
        "agent": lambda d: d["sales_agent"],
        "manager": lambda d: team[d["sales_agent"]]["manager"],
        "region": lambda d: team[d["sales_agent"]]["regional_office"],
        "product": lambda d: d["product"],
        "sector": lambda d: sector[d["account"]],
        "quarter": lambda d: quarter(d["close_date"]),
    }
    for name, key in groups.items():
        amounts, counts = Counter(), Counter()
        for deal in won:
            amounts[key(deal)] += int(deal["close_value"])
            counts[key(deal)] += 1
        result[f"won_by_{name}"] = amounts
        result[f"won_count_by_{name}"] = counts
    return result


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 crm_sales.py FOLDER")
    print(json.dumps(figures(sys.argv[1]), sort_keys=True, indent=2))
