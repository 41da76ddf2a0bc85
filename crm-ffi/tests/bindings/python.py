"""What a host does with the library, through the generated Python bindings."""

import datetime
import json
import os
import tempfile
import threading

import crm
from crm import CrmError, Filter, Money, Value


def refused(kind, work, *words):
    try:
        work()
    except kind as error:
        assert all(word in f"{error.field} {error.reason}" for word in words), (error.field, error.reason)
        return
    raise AssertionError(f"{kind.__name__} was expected")


folder = tempfile.mkdtemp()
path = os.path.join(folder, "acme.crm")
db = crm.Crm.open(path)

# D1: what is added is found, typed and by name.
acme = db.add_organization(crm.OrganizationFields(name="Acme", industry="steel", credit_limit=Money(minor=50_000, currency="EUR")))
assert (acme.name, acme.credit_limit.minor, acme.employees) == ("Acme", 50_000, None)
assert acme.created_at.tzinfo is not None
assert db.get_organization(acme.id) == acme
large = Filter(expression="employees >= ?1", params=[Value.INTEGER(100)])
assert db.count_organizations(large) == 0
refused(CrmError.Invalid, lambda: db.find_organizations(Filter(expression="emploees > 1")), "did you mean `employees`")
refused(CrmError.Invalid, lambda: db.add_organization(crm.OrganizationFields()), "name", "is required")
refused(CrmError.NotFound, lambda: db.get_organization(999))

# B13: two who read the same revision change different fields, and both succeed; the same field is a conflict.
first, second = crm.organization_fields(acme), crm.organization_fields(acme)
first.employees, second.industry = 120, "machines"
db.update_organization(acme.id, first, acme.revision)
both = db.update_organization(acme.id, second, acme.revision)
assert (both.employees, both.industry) == (120, "machines")
first.employees = 130
refused(CrmError.Conflict, lambda: db.update_organization(acme.id, first, acme.revision), "employees")
assert [found.name for found in db.find_organizations(large)] == ["Acme"]

# B1: an edit is undone, and the undo can be undone.
edited = db.set_organization(acme.id, {"employees": Value.INTEGER(7)})
assert edited.employees == 7 and edited.industry == "machines"
undone = db.undo(edited.revision)
assert db.get_organization(acme.id).employees == 120
db.undo(undone)
assert db.get_organization(acme.id).employees == 7
history = db.history("organization", acme.id)
assert history[-1].operation == crm.Operation.INSERT and history[-1].after["name"] == Value.TEXT("Acme")

# B2: the past.
assert db.at(acme.created_at).get_organization(acme.id).employees is None
refused(CrmError.ReadOnly, lambda: db.at(acme.created_at).remove_organization(acme.id))

# Several operations happen as a whole or not at all (B7: what they would do can be seen before).
change = db.begin("two deals")
# A handle still reads while a change set is open.
assert db.count_deals() == 0
change.rollback()
refused(CrmError.Conflict, change.commit, "over")
process = db.add_process_from("New business", crm.ProcessTemplate.SHORT)
with_deals = db.begin("two deals")
mill = with_deals.add_deal(crm.DealFields(name="Rolling mill", organization_id=acme.id, value=Money(minor=2_500_000, currency="EUR"), closes_on="2026-12-31"))
with_deals.add_deal(crm.DealFields(name="Spare parts", organization_id=acme.id))
assert mill.process_id == process.id and mill.status == crm.DealStatus.OPEN and mill.closes_on == "2026-12-31"
assert with_deals.count_deals() == 2 and db.count_deals() == 0
assert sum(count.count for count in with_deals.preview().counts if count.entity == "deal") == 2
done = with_deals.commit()
assert db.count_deals() == 2
refused(CrmError.Invalid, lambda: db.set_deal(mill.id, {"closes_on": Value.TEXT("soon")}), "closes_on")
refused(CrmError.Invalid, lambda: db.add_deal(crm.DealFields(name="x", closes_on="soon")), "date")
refused(CrmError.Invalid, lambda: db.add_deal(crm.DealFields(name="x", value=Money(minor=1, currency="XYZ"))), "currency")
refused(CrmError.Conflict, lambda: db.remove_organization(acme.id))

# B4: tables. Records by entity name, as JSON.
table = db.sql("select name, value from deal where name like ? order by name", [Value.TEXT("R%")])
assert table.rows() == 1 and json.loads(table.to_json()) == [{"name": "Rolling mill", "value": 2_500_000}]
assert table.value(0, "name") == Value.TEXT("Rolling mill")
assert table.to_arrow_ipc().startswith(b"\xff\xff\xff\xff")
refused(CrmError.Denied, lambda: db.sql("delete from deal"))
many = [{"name": f"Company {number}", "employees": number, "credit_limit": "12.50 EUR"} for number in range(1_000)]
added = db.add_many_json("organization", json.dumps(many))
assert added.count == 1_000
got = json.loads(db.find_json("organization", Filter(expression="name = 'Company 7'")))
assert [(row["id"], row["employees"], row["credit_limit"]) for row in got] == [(added.first + 7, 7, "12.50 EUR")]
page = db.page_json("organization", Filter(order_by=["-employees"], limit=400))
assert len(page.records) == 400 and json.loads(page.records[0])["employees"] == 999
seen = {json.loads(record)["id"] for record in page.records}
while page.next:
    page = db.page_json("organization", Filter(order_by=["-employees"], limit=400, after=page.next))
    assert not seen & {json.loads(record)["id"] for record in page.records}
    seen |= {json.loads(record)["id"] for record in page.records}
assert len(seen) == db.count_organizations()
refused(CrmError.Invalid, lambda: db.add_many_json("organization", '[{"name": "A"}, {"nam": "B"}]'), "row 2", "did you mean `name`")
refused(CrmError.Invalid, lambda: db.add_json("organization", "{'name'}"), "line 1")
assert json.loads(db.set_json("organization", added.first, '{"employees": 5}'))["employees"] == 5
assert json.loads(db.upsert_json("organization", "erp", "K-1", '{"name": "From the ERP"}'))["name"] == "From the ERP"
assert db.table("deal", Filter(limit=1)).rows() == 1

# I1: import, with its rows told apart, and undone whole.
class Told(crm.Progress):
    def __init__(self):
        self.done = []

    def tell(self, done, of):
        self.done.append((done, of))


source = os.path.join(folder, "people.csv")
with open(source, "w", encoding="utf-8") as file:
    file.write("First Name;Name;Born\nAda;Ada Lovelace;10.12.1815\nBob;Bob Ross;soon\n")
assert db.preview_csv("person", source).delimiter == ";"
how = crm.Import(mapping=[crm.ColumnField(column="First Name", field="first_name"), crm.ColumnField(column="Name", field="name")], key=["name"])
told = Told()
imported = db.import_csv("person", source, how, told)
assert (imported.added, imported.failed, imported.unmapped) == (2, 0, ["Born"]), imported
assert db.import_csv("person", source, how).unchanged == 2
db.undo(imported.change_set)
assert db.count_people() == 0
within = db.begin("an import")
assert within.import_csv("person", source, how).added == 2 and within.count_people() == 2
within.rollback()
assert db.count_people() == 0
refused(CrmError.Invalid, lambda: db.import_csv("person", os.path.join(folder, "missing.csv")), "file")

# B8: the feed. P1: rights. A6, D14, C3, S21: what the areas do.
feed = db.changes(0)
assert [event.sequence for event in feed] == sorted(event.sequence for event in feed)
assert db.changes(feed[-1].sequence) == []
user = db.add_user(crm.UserFields(name="Ann"))
assert db.acting_as(user.id).user() == user.id
refused(CrmError.NotFound, lambda: db.acting_as(999))
now = datetime.datetime.now(datetime.timezone.utc)
call = db.add_activity(crm.ActivityFields(kind="call", subject="Offer?", organization_id=acme.id, due_at=now - datetime.timedelta(hours=1)))
assert [activity.id for activity in db.overdue()] == [call.id]
dossier = db.dossier(acme.id)
assert (dossier.sums.open_deals, dossier.sums.open_value, len(dossier.deals)) == (2, 2_500_000, 2)
db.add_milestone(crm.MilestoneFields(deal_id=mill.id, name="Offer out", reached_on="2026-01-31"))
assert dossier.more == [] and [(entry.entity, entry.title) for entry in db.dossier(acme.id).more] == [("milestone", "Offer out")]
person = db.add_person(crm.PersonFields(name="Bea Lee"))
db.add_contact_point(crm.ContactPointFields(person_id=person.id, value="+48 601 234 567"))
assert db.caller_card("0048 601-234-567").people[0].name == "Bea Lee"
assert db.caller_card("+48 601 000 000") is None
assert db.report(crm.Report.FUNNEL).columns()[0] == "process_id"
assert db.report(crm.Report.FUNNEL, crm.ReportQuery(process_id=process.id, limit=1)).rows() == 1
refused(CrmError.Invalid, lambda: db.report(crm.Report.FUNNEL, crm.ReportQuery(limit=-1)), "limit")
assert db.base_currency() == "EUR"
assert db.timeline(acme.id).rows() > 1
assert db.timeline(acme.id, limit=1, before=call.due_at).rows() < db.timeline(organization_id=acme.id).rows()

# A change set reads what it has written so far; in a file in memory, too.
memory = crm.Crm.open(":memory:")
trial = memory.begin("trial")
birch = trial.add_organization(crm.OrganizationFields(name="Birch"))
cold = trial.add_activity(crm.ActivityFields(kind="call", subject="Hello", organization_id=birch.id, due_at=now - datetime.timedelta(hours=1)))
trial.add_contact_point(crm.ContactPointFields(organization_id=birch.id, value="+48 601 234 567"))
birches = trial.add_list(crm.ListFields(name="B", entity="organization", kind=crm.ListKind.DYNAMIC, filter="name like 'B%'"))
assert trial.dossier(birch.id).organization == birch and trial.timeline(birch.id).rows() > 0
assert trial.caller_card("0048601234567").organizations == [birch] and trial.members_of(birches.id) == [birch.id]
assert trial.overdue() == trial.activity_chain(cold.id) == [cold]
assert trial.add_process_from("New", crm.ProcessTemplate.SHORT).id == json.loads(trial.find_json("process"))[0]["id"]
assert trial.report(crm.Report.FUNNEL).rows() > 0
assert [change.operation for change in trial.history("organization", birch.id)] == [crm.Operation.INSERT]
assert trial.sql("select name from organization").value(0, "name") == Value.TEXT("Birch") and trial.base_currency() == "EUR"
trial.rollback()
refused(CrmError.Conflict, lambda: trial.dossier(birch.id), "over")
refused(CrmError.NotFound, lambda: memory.dossier(birch.id))

# What there is to know about fields, the user's own among them.
memory.add_custom_field(crm.CustomFieldFields(entity="deal", name="risk", kind=crm.CustomKind.TEXT))
fields = {field.name: field for field in memory.fields("deal")}
assert fields["name"].required and fields["risk"].custom and fields["organization_id"].of == "organization"
assert fields["status"].words == ["open", "won", "lost"] and fields["status"].computed and fields["value"].kind == "money"
refused(CrmError.Invalid, lambda: memory.fields("del"), "did you mean")

# Listeners, log lines and a clock of the host's; what they raise harms nothing.
class Listener(crm.CommitListener):
    def __init__(self):
        self.heard = []

    def committed(self, event):
        self.heard.append(event)
        raise RuntimeError("the host's own mistake")


class Lines(crm.LogSink):
    def __init__(self):
        self.lines = []

    def line(self, level, line):
        self.lines.append((level, line))


class Broken(crm.Clock):
    def now(self):
        raise RuntimeError("no battery")


lines, listener = Lines(), Listener()
crm.log_to(lines, crm.LogLevel.WARN)
subscription = memory.on_commit(listener)
cedar = memory.add_organization(crm.OrganizationFields(name="Cedar"))
memory.undo(cedar.revision)
assert [event.undoes for event in listener.heard] == [None, cedar.revision]
assert memory.changes(listener.heard[0].since, listener.heard[0].entries)[0].first_id == cedar.id
subscription.stop()
memory.add_organization(crm.OrganizationFields(name="Cedar"))
assert len(listener.heard) == 2
assert [line for _, line in lines.lines] == ["a commit listener of the host failed; the commit stands"] * 2, lines.lines
refused(CrmError.Denied, lambda: db.acting_as(user.id).on_commit(listener))
assert abs(crm.Crm.open(":memory:", clock=Broken()).now() - now) < datetime.timedelta(minutes=10)
assert lines.lines[-1] == (crm.LogLevel.WARN, "the host's clock failed; the computer's stands in")
crm.log_to(None, crm.LogLevel.WARN)

# B9: a clock that is moved.
clock = crm.ManualClock(datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.timezone.utc))
still = crm.Crm.open(":memory:", clock=clock)
assert still.add_note is not None and still.now() == clock.now()

# D25: many threads at once.
failures = []


# B4: out and in again as Arrow.
stream = db.sql_arrow_ipc("select name || ' again' as name, employees from organization order by id limit 3", [])
taken = db.import_arrow_ipc("organization", stream)
assert (taken.added, taken.failed) == (3, 0), taken
assert db.count_organizations(Filter(expression="name like '% again'")) == 3
db.undo(taken.change_set)
refused(CrmError.Invalid, lambda: db.import_arrow_ipc("organization", b"no stream"))

# D23: found in any form, with options, suggested, explained.
db.add_activity(crm.ActivityFields(kind="call", subject="Przedłużenie umowy"))
hits = db.search("umowa", crm.SearchOptions(kinds=["activity"], facets=True))
assert [hit.title for hit in hits.hits] == ["Przedłużenie umowy"] and hits.facets.total == 1
assert db.explain_hit("umowa", "activity", hits.hits[0].id).words[0].how == crm.MatchKind.FORM
assert db.suggest("zzz") == []
db.search_update(told)
assert db.search_status().pending == 0
db.search_rebuild()
assert db.search("umowa").hits == hits.hits
refused(CrmError.Denied, db.acting_as(user.id).search_status)
refused(CrmError.Invalid, lambda: db.suggest("a", 0), "limit")
refused(CrmError.Invalid, lambda: db.suggest("a", -1), "limit")
refused(CrmError.Invalid, lambda: db.search("x", crm.SearchOptions(kinds=["dael"])))


def work(number):
    try:
        for _ in range(20):
            db.add_organization(crm.OrganizationFields(name=f"Thread {number}"))
            db.count_organizations(large)
    except Exception as error:  # noqa: BLE001
        failures.append(error)


threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not failures, failures
assert db.count_organizations(Filter(expression="name like 'Thread%'")) == 80

# P5: whole, copied, closed when the last handle is gone, and openable again.
stop = crm.Cancel()
stopped = db.cancelled_by(stop)
stop.cancel()
refused(CrmError.Cancelled, lambda: stopped.sql("select 1"))
assert db.verify().findings == []
db.backup_to(os.path.join(folder, "copy.crm"), told)
assert told.done and all(done <= of for done, of in told.done)
refused(CrmError.Invalid, lambda: db.backup_to(os.path.join(folder, "copy.crm")))
copy = crm.Crm.open(os.path.join(folder, "copy.crm"), crm.Options(read_only=True, create=False))
assert copy.count_deals() == 2
refused(CrmError.ReadOnly, lambda: copy.add_person(crm.PersonFields(name="Nobody")))
refused(CrmError, lambda: crm.Crm.open(os.path.join(folder, "missing.crm"), crm.Options(create=False)))

print("all is well")
