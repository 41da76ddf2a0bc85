"""What crossing the border costs, from Python through UniFFI (ctypes); see Bench.kt. The package crm-py is much faster."""

import json
import time

import crm

MANY = 10_000


def row(what, times, work):
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - began)
    print(f"python\t{what}\t{min(rounds) * 1e6 / times:.2f}", flush=True)


def each(times, work):
    for at in range(times):
        work(at)


db = crm.Crm.open(":memory:")
text = json.dumps([{"name": f"Company {number}", "industry": "steel", "employees": number} for number in range(MANY)])
first = db.add_many_json("organization", text).first
every = crm.Filter(limit=MANY)
row("ping", MANY, lambda: each(MANY, lambda at: crm.version()))
row("get", MANY, lambda: each(MANY, lambda at: db.get_organization(first + at)))
row("find", MANY, lambda: db.find_organizations(every))
row("find_json", MANY, lambda: json.loads(db.find_json("organization", every)))
row("arrow", MANY, lambda: db.table("organization", every).to_arrow_ipc())
row("add", 1_000, lambda: each(1_000, lambda at: db.add_organization(crm.OrganizationFields(name="One more", industry="steel"))))
row("add_many_json", MANY, lambda: db.add_many_json("organization", text))
