"""A first quarter of an hour with the library: customers, deals, a report, and a change of mind.

Run it with `python examples/quickstart.py`; it keeps nothing.
"""

import crm

with crm.open(":memory:") as db:  # or "acme.crm"
    # Customers. Records are frozen: a change gives a new one.
    acme = db.organizations.add(name="Acme", industry="steel")
    acme = db.organizations.update(acme.id, employees=120)
    db.organizations.add_many([{"name": "Birch", "employees": 40}, {"name": "Cedar", "industry": "steel", "employees": 300}])
    ann = db.people.add(name="Ann Lee")
    db.affiliations.add(organization_id=acme.id, person_id=ann.id, role="purchasing")
    db.contact_points.add(person_id=ann.id, kind="phone", value="+48 601 234 567")

    # What was done with them, and what may come of it.
    db.activities.add(kind="call", subject="Intro", organization_id=acme.id, person_id=ann.id)
    process = db.add_process("New business", "short")
    won = db.stages.find("process_id = ? and kind = 'won'", [process.id])[0]
    db.deals.add(name="Rolling mill", organization_id=acme.id, value="25000 EUR")
    db.deals.add(name="Spare parts", organization_id=acme.id, value="900 EUR", stage_id=won.id)

    # Asking. A filter is SQL over the fields; so is a whole query.
    for each in db.organizations.find("industry = ? and employees >= ?", ["steel", 100], order_by="name"):
        print(each)
    print(db.sql("select status, count(*) as deals, sum(value) / 100 as value from deal group by status").to_dict())
    print([dict(row) for row in db.report("funnel")][:2])
    print([hit.title for hit in db.search("mills and part").hits])  # in any form, part of it or all
    card = db.caller_card("0048 601-234-567")
    print("Calling:", card.people[0].name, "of", card.organizations[0].name)

    # Several changes as one, and back again.
    with db.change("Acme becomes Ajax") as change:
        db.organizations.update(acme.id, name="Ajax")
        db.notes.add(entity="organization", record_id=acme.id, text="Renamed after the merger")
    for entry in db.history("organization", acme.id):
        print(entry.change_set, entry.operation, dict(entry.before), "->", dict(entry.after) if entry.operation == "update" else "...")
    db.undo(change.change_set)
    assert db.organizations.get(acme.id).name == "Acme"
    assert db.verify().is_clean
