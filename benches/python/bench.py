"""Times the Python package, and its peers where they are installed: `python benches/python/bench.py [activities]`.

Needs `polars`. `django` and `stateset-embedded` are timed in the same run when they are there. Single calls are the median
of many, in microseconds; loads and tables are the median of three, in rows per second. Every file is on disk and new.
"""

import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from threading import Thread

import crm

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ORGANIZATIONS = max(ROWS // 10, 1)
KINDS = ("call", "email", "meeting", "visit", "note")
START = datetime(2024, 1, 1, tzinfo=timezone.utc)


def pick(n, of):
    """The n-th of a sequence that looks random, the same in every run."""
    return n * 2654435761 % 4294967296 % of


def micros(name, work, times=3_000):
    """The median of calls `work(n)`."""
    taken = []
    for n in range(times):
        begun = time.perf_counter_ns()
        work(n)
        taken.append(time.perf_counter_ns() - begun)
    print(f"{name:<52}{median(taken) / 1_000:>12,.1f} µs", flush=True)


def rate(name, rows, work, times=3):
    """Rows per second of `work()`; what it gave last."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        given = work()
        taken.append(time.perf_counter() - begun)
    print(f"{name:<52}{rows / median(taken):>12,.0f} rows/s", flush=True)
    return given


def together(name, threads, work, times=64):
    """Calls of `work(n)` per second by so many threads."""
    each = [Thread(target=lambda first=first: [work(first + n) for n in range(times // threads)]) for first in range(threads)]
    begun = time.perf_counter()
    [thread.start() for thread in each]
    [thread.join() for thread in each]
    print(f"{name:<52}{times / (time.perf_counter() - begun):>12,.0f} calls/s", flush=True)


COUNT = "select kind, count(*) as n from activity where owner_id = ? group by kind"


def activity(n):
    return {
        "kind": KINDS[n % 5],
        "subject": f"Follow-up {n} on the offer",
        "starts_at": START + timedelta(seconds=pick(n, 60_000_000)),
        "organization_id": 1 + pick(n, ORGANIZATIONS),
        "owner_id": 1 + n % 50,
        "description": "We spoke about delivery times and the price of the second lot.",
    }


def ours(folder):
    import polars

    db = crm.open(folder / "crm.crm")
    db.users.add_many({"name": f"User {n}"} for n in range(50))
    db.organizations.add_many({"name": f"Customer {n:06}", "industry": "steel", "employees": pick(n, 5_000)} for n in range(ORGANIZATIONS))
    frame = polars.DataFrame([activity(n) for n in range(ROWS)])
    rate("import_frame of a polars frame", ROWS, lambda: db.import_frame("activity", frame), 1)
    few = frame.head(ROWS // 10)
    rate("add_many of a polars frame, row by row", len(few), lambda: db.activities.add_many(few.iter_rows(named=True)), 1)
    micros("add (activity)", lambda n: db.activities.add(**activity(n)))
    micros("get", lambda n: db.organizations.get(1 + pick(n, ORGANIZATIONS)))
    micros("find (by name, 1 record)", lambda n: db.organizations.find("name = ?", [f"Customer {pick(n, ORGANIZATIONS):06}"]))
    micros("find (50 newest activities of a customer)", lambda n: db.activities.find("organization_id = ?", [1 + pick(n, ORGANIZATIONS)], order_by="-starts_at", limit=50))
    micros("dossier", lambda n: db.dossier(1 + pick(n, ORGANIZATIONS)))
    for threads in (1, 2, 8):
        together(f"count by kind of an owner's activities, {threads} threads", threads, lambda n: db.sql(COUNT, [1 + n % 50]))
    few = db.sql("select id, kind, subject, status, starts_at, organization_id, owner_id from activity")
    rate("sql of 7 columns to polars", len(few), lambda: db.sql("select id, kind, subject, status, starts_at, organization_id, owner_id from activity").to_polars())
    rate("activities.table() to polars, all columns", len(few), lambda: db.activities.table().to_polars())
    rate("organizations.table() to polars, all columns", ORGANIZATIONS, lambda: db.organizations.table().to_polars())
    db.close()


def django(folder):
    import django
    from django.conf import settings

    options = {"init_command": "pragma journal_mode = wal; pragma synchronous = normal"}
    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "django.db", "OPTIONS": options}}, USE_TZ=True)
    django.setup()
    from django.db import connection, models

    class Organization(models.Model):
        name = models.CharField(max_length=200, db_index=True)
        industry = models.CharField(max_length=200)
        employees = models.IntegerField()

        class Meta:
            app_label = "bench"

    class Activity(models.Model):
        kind = models.CharField(max_length=50)
        subject = models.CharField(max_length=500)
        starts_at = models.DateTimeField(db_index=True)
        organization = models.ForeignKey(Organization, models.CASCADE)
        owner_id = models.IntegerField(db_index=True)
        description = models.TextField()

        class Meta:
            app_label = "bench"

    with connection.schema_editor() as schema:
        schema.create_model(Organization)
        schema.create_model(Activity)
    firms = [Organization(name=f"Customer {n:06}", industry="steel", employees=pick(n, 5_000)) for n in range(ORGANIZATIONS)]
    Organization.objects.bulk_create(firms, batch_size=5_000)
    rows = min(ROWS, 200_000)
    rate("Django: bulk_create", rows, lambda: Activity.objects.bulk_create((Activity(**activity(n)) for n in range(rows)), batch_size=5_000), 1)
    micros("Django: create (activity)", lambda n: Activity.objects.create(**activity(n)))
    micros("Django: get", lambda n: Organization.objects.get(id=1 + pick(n, ORGANIZATIONS)))
    micros("Django: filter (by name, 1 record)", lambda n: list(Organization.objects.filter(name=f"Customer {pick(n, ORGANIZATIONS):06}")))
    newest = Activity.objects.order_by("-starts_at")
    micros("Django: 50 newest activities of a customer", lambda n: list(newest.filter(organization_id=1 + pick(n, ORGANIZATIONS))[:50]))


def stateset(folder):
    from stateset_embedded import Commerce

    customers = Commerce(str(folder / "stateset.db")).customers
    made = []
    micros("stateset-embedded: create (customer)", lambda n: made.append(customers.create(f"c{n}@example.com", "Ann", "Stone").id))
    micros("stateset-embedded: get", lambda n: customers.get(made[n]))


for each in (ours, django, stateset):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        try:
            each(Path(place))
        except ImportError as missing:
            print(f"{each.__name__} is left out: {missing}")
