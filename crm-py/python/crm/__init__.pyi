# Written by `python -m crm._stubs`; do not edit.
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, TypedDict, TypeVar, Unpack, final, overload, type_check_only

import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore]
import polars  # type: ignore[import-not-found,unused-ignore]
import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
from matplotlib.figure import Figure  # type: ignore[import-not-found,unused-ignore]
from typing_extensions import CapsuleType, Self

__all__ = [
    "ChangeSet",
    "Crm",
    "CrmError",
    "Entities",
    "Entity",
    "Field",
    "Listening",
    "Loaded",
    "ManualClock",
    "Money",
    "Page",
    "Preview",
    "Table",
    "entities",
    "open",
    "User",
    "Team",
    "Line",
    "Role",
    "Permission",
    "HiddenField",
    "UserRole",
    "UserLine",
    "Setting",
    "Dictionary",
    "DictionaryItem",
    "CustomField",
    "ExternalRef",
    "Alias",
    "Note",
    "ExchangeRate",
    "NumberSeries",
    "Retention",
    "Process",
    "Stage",
    "StageMove",
    "StagePlan",
    "StageTransition",
    "RequiredField",
    "Organization",
    "Person",
    "Affiliation",
    "ContactPoint",
    "Address",
    "BankAccount",
    "Unwanted",
    "List",
    "ListMember",
    "Product",
    "PriceList",
    "Price",
    "Deal",
    "DealContact",
    "Milestone",
    "Activity",
    "Participant",
    "Level",
    "CustomKind",
    "Meaning",
    "Operation",
    "ChangeCause",
    "Synchronous",
    "Upgrade",
    "StageKind",
    "ProcessTemplate",
    "ContactKind",
    "ListKind",
    "DealStatus",
    "ActivityStatus",
    "Direction",
    "Report",
    "Dimension",
    "Period",
    "MatchKind",
    "FoundBy",
    "Change",
    "ChangeEvent",
    "Obstacle",
    "Verified",
    "Pruned",
    "PrunedEntity",
    "Erased",
    "Mention",
    "Restored",
    "Status",
    "EntityStatus",
    "CommitEvent",
    "NextStage",
    "CallerCard",
    "Dossier",
    "DossierPerson",
    "DossierSums",
    "LifeEntry",
    "RowError",
    "Suspect",
    "Imported",
    "CsvPreview",
    "Hits",
    "Hit",
    "Highlight",
    "Facets",
    "FacetCount",
    "Suggestion",
    "Explanation",
    "FoundWord",
    "SearchStatus",
    "NotFound",
    "Invalid",
    "Denied",
    "Conflict",
    "Sealed",
    "Busy",
    "TimedOut",
    "Cancelled",
    "ReadOnly",
    "NewerFile",
    "OlderFile",
    "NotACrmFile",
    "Corrupt",
    "Full",
    "Storage",
]

from ._types import (
    Entity as Entity,
    Field as Field,
    Loaded as Loaded,
    Page as Page,
    Preview as Preview,
)

_R = TypeVar("_R")
_Params = Iterable[Any] | None
_OrderBy = str | list[str] | None
_Progress = Callable[[int, int | None], object] | bool | None

@type_check_only
class _Frame(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

def open(path: str | PathLike[str], *, read_only: bool = False, create: bool = True, busy_timeout: float = 5.0, synchronous: Synchronous | str = "normal", max_bytes: int | None = None, upgrade: Upgrade | str = "backup", clock: ManualClock | Callable[[], datetime] | None = None) -> Crm:
    """Opens a file, creating it when there is none; `":memory:"` is a file that lives as long as its handles. Acts as the
    system, which may do everything.

    `read_only`: Opens for reading only; the file must exist.

    `create`: Creates the file when there is none. Otherwise a missing file is an error. Yes by default.

    `busy_timeout`: How long a write waits for another writer before it is `Busy`; 5 seconds by default.

    `synchronous`: How hard a commit is pressed onto the disk; normally by default.

    `max_bytes`: The largest size the file may grow to, in bytes; writes beyond it are `Full`. Unlimited by default.

    `upgrade`: What happens to a file that an earlier version of the library wrote: by default a copy is left beside it before it is brought up to date.

    `clock`: Where the time comes from: a `ManualClock`, or a callable that gives an aware datetime and is asked
    before every call; what it raises comes out of that call, which has then done nothing.

    >>> with crm.open(":memory:") as db:
    ...     db.organizations.add(name="Acme").name
    'Acme'"""
def entities() -> list[Entity]: ...

class CrmError(Exception):
    code: str
    field: str
    reason: str
    def __init__(self, message: str = "", field: str = "", reason: str = "") -> None: ...

@final
class Money:
    def __new__(cls, amount: Decimal | int | str, currency: str | None = None) -> Self: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def minor(self) -> int: ...
    def __add__(self, other: Money, /) -> Money: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ManualClock:
    def __new__(cls, moment: datetime | date | str) -> Self: ...
    def set(self, moment: datetime | date | str) -> None: ...
    def advance(self, span: timedelta) -> None: ...
    @property
    def now(self) -> datetime: ...

@final
class Table:
    @property
    def columns(self) -> list[str]: ...
    @property
    def report(self) -> Report | None: ...
    @property
    def by(self) -> list[str]: ...
    @property
    def amounts(self) -> list[str]: ...
    @property
    def currency(self) -> str | None: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: str, /) -> list[Any]: ...
    @overload
    def __getitem__(self, key: int, /) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, key: slice, /) -> Table: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def to_arrow(self) -> pyarrow.Table: ...
    def to_polars(self) -> polars.DataFrame: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def to_dict(self) -> dict[str, list[Any]]: ...
    def plot(self, *, title: str | None = None, rows: int = 15) -> Figure: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> CapsuleType: ...
    def _repr_html_(self) -> str: ...

@final
class Listening:
    def stop(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_raised: object) -> None: ...

@final
class ChangeSet:
    @property
    def label(self) -> str: ...
    @property
    def change_set(self) -> int | None: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def preview(self) -> Preview | None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *raised: object) -> bool: ...

class Entities(Generic[_R]):
    def add_many(self, records: Iterable[Mapping[str, Any]]) -> Loaded: ...
    def get(self, id: int, /) -> _R: ...
    def find(self, filter: str = "", params: _Params = None, *, order_by: _OrderBy = None, limit: int | None = None) -> list[_R]: ...
    def page(
        self, filter: str = "", params: _Params = None, *, order_by: _OrderBy = None, limit: int | None = None, after: str | None = None
    ) -> Page[_R]: ...
    def count(self, filter: str = "", params: _Params = None) -> int: ...
    def table(self, filter: str = "", params: _Params = None, *, order_by: _OrderBy = None, limit: int | None = None) -> Table: ...
    def remove(self, id: int, /) -> None: ...
    def history(self, id: int, /) -> list[Change]: ...
    def by_external(self, system: str, key: str, /) -> _R: ...
    def add(self, **fields: Any) -> _R: ...
    def update(self, id: int, /, revision: int | None = None, **fields: Any) -> _R: ...
    def upsert(self, system: str, key: str, /, **fields: Any) -> _R: ...

@final
class Crm:
    def __enter__(self) -> Self: ...
    def __exit__(self, *_raised: object) -> None: ...
    def close(self) -> None: ...
    def acting_as(self, user: int) -> Crm: ...
    def at(self, moment: datetime | date | str) -> Crm: ...
    def time_limit(self, seconds: float) -> Crm: ...
    @property
    def now(self) -> datetime: ...
    @property
    def user(self) -> int | None: ...
    @property
    def path(self) -> Path | None: ...
    def change(self, label: str) -> ChangeSet: ...
    def dry_run(self, label: str = "dry run") -> ChangeSet: ...
    def import_frame(
        self,
        entity: str,
        frame: _Frame,
        *,
        on_progress: _Progress = None,
        **options: Unpack[_Import],
    ) -> Imported: ...
    def on_commit(self, hear: Callable[[CommitEvent], object], /) -> Listening: ...
    def entities(self) -> list[Entity]: ...
    def sql(self, sql: str, params: Iterable[Any] | None = None) -> Table:
        """Runs any reading SQL over the entities, seen as this handle sees them, and gives a table.

        >>> db = crm.open(":memory:")
        >>> loaded = db.organizations.add_many([{"name": "Acme", "employees": 120}, {"name": "Birch", "employees": 40}])
        >>> db.sql("select name from organization where employees > ?", [100])["name"]
        ['Acme']"""
    def history(self, entity: str, id: int) -> list[Change]:
        """Everything that happened to a record of the named entity, the newest first. Of what `prune` took away it tells that it happened, when and by whom,
        without the values.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> ajax = db.organizations.update(acme.id, name="Ajax")
        >>> [dict(change.before) for change in db.history("organization", acme.id)]
        [{'name': 'Acme'}, {}]"""
    def base_currency(self) -> str:
        """The currency that reports and sums are in, as the setting `base_currency` says.

        >>> crm.open(":memory:").base_currency()
        'EUR'"""
    def undo(self, change_set: int) -> int:
        """Takes back a change set, by a new one whose id it gives, so that an undo can be undone. When later changes
        stand in the way it is a conflict that names them, and nothing changes; see `obstacles`.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> redo = db.undo(acme.revision)
        >>> db.organizations.count()
        0
        >>> undone = db.undo(redo)
        >>> db.organizations.count()
        1"""
    def obstacles(self, change_set: int) -> list[Obstacle]:
        """What stands in the way of undoing a change set; empty when nothing does."""
    def changes(self, since: int = 0, limit: int = 1000) -> list[ChangeEvent]:
        """The changes after a position of the feed (0 for the first), oldest first: at most `limit` (1,000 when it is left out, 10,000 at
        most). Positions only grow, and no entry appears before an earlier one: none is lost, none comes twice.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> db.changes()[-1].entity
        'organization'"""
    def verify(self, expected_head: str | None = None, *, on_progress: _Progress = None) -> Verified:
        """Checks the whole file: the storage's own integrity, its tables beside those of a new file, every reference, the chain of hashes over the log, and
        that all that records say and said can be read and is what the log's digests hold of it. What is wrong is a finding, and none hides the rest.
        `expected_head` is a head that an earlier call gave and that was kept elsewhere: then even whoever could make the whole chain anew is found out.
        Reads everything, so it takes seconds per million records; progress is told in steps, the last of them one for each entity.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed.

        >>> db = crm.open(":memory:")
        >>> db.verify().is_clean
        True
        >>> db.verify("00" * 32).findings[0]
        "log: the head that was expected is none of this file's: what was there then was altered or cut off\""""
    def prune(self, before: datetime | date | str | None = None, entities: str | list[str] | None = None) -> Pruned:
        """Takes away what records were before: the former versions, of the entities named or of all, that had ended by the moment `before`, which may not lie in
        the future; when it is left out, of those that have a `retention`, each by its days. What they were at that moment and later stays, and so does the log; `verify` checks its chain of hashes as before. Nothing brings the
        versions back: reading an entity at a moment before what went is refused as `invalid` for `at`, its entries in histories say that they are
        `pruned`, and change sets that ended such versions cannot be undone. Nothing else ever takes away what was. For handles without a user only; it
        happens whole or not at all, as a change set of its own that has no entries in the feed. The file keeps its size: the room is used again."""
    def export_of(self, entity: str, id: int) -> str:
        """All that the file holds of a record, as JSON: for a person who asks what is known of him. A list of objects with `entity`, `id`, `relation` (`itself`, `part` for what
        belongs to it or is about it, `refers to it` for what only names it), `record` (its fields now; null where it is gone) and `history` (what happened to it, the newest
        first). As far as the reader sees it; at most 100,000 records.

        >>> import json
        >>> db = crm.open(":memory:")
        >>> jan = db.people.add(last_name="Kowalski")
        >>> [(part["relation"], part["record"]["last_name"]) for part in json.loads(db.export_of("person", jan.id))]
        [('itself', 'Kowalski')]"""
    def erase(self, entity: str, id: int, reason: str | None = None, *, on_progress: _Progress = None) -> Erased:
        """Erases what a record tells of a person, for good: what is personal in it, in its parts (contact points, addresses, notes on it ...), also in those that were its
        when they were removed, and in all former versions of these; what was its for a while and belongs to somebody else now stays. Parts that say nothing else are removed. The record itself stays, empty, and so do its links and all
        that is not personal (country, source, owner), so that figures stay what they were, of past days too, unless they filter or group by what was erased. Nothing
        brings it back: an undo that would is refused, and the log's chain holds a half of a digest that no guess can be compared with. The entry `erase` in the feed
        tells others to follow. `reason` becomes the change set's label; it should not name the person. It gives back where others still name who was erased. What is erased is
        out of the file's free pages after `vacuum`. Backups made before still hold it. For handles without a user only; sealed records are refused.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed.

        >>> db = crm.open(":memory:")
        >>> jan = db.people.add(first_name="Jan", last_name="Kowalski")
        >>> db.erase("person", jan.id, "asked to").versions
        1
        >>> db.people.get(jan.id).last_name is None
        True"""
    def restore(self, backup: str | PathLike[str], *, on_progress: _Progress = None) -> Restored:
        """Brings a backup back: everything that it holds takes the place of what the file holds now, in one step, while others have the file open; they read what it was
        until they are done, and then what was brought back. What was erased in the file since is erased again, so that nobody comes back who asked to be forgotten. The
        backup may be of an earlier version of the library; it is only read, and first of all verified: one that is damaged or was altered is refused. It needs room for the backup twice meanwhile. Where the file cannot be opened any more, a copy of the
        backup takes its place instead; remove what is beside the file (`-wal`, `-shm`) then. For handles without a user only.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed."""
    def vacuum(self, *, on_progress: _Progress = None) -> None:
        """Writes the file anew without the room of what went, empties the log beside it (`-wal`), and makes the search index anew: afterwards nothing of what was erased is in
        any of them. It takes as long as copying the file, needs as much room again meanwhile, and makes writers wait; while somebody reads, it is `Busy`.
        For handles without a user only.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed."""
    def status(self) -> Status:
        """How large the file is, and what in it takes the room: records, former versions and their sizes, entity by entity. Looks at every page, so it takes
        a second or so per gigabyte. For handles without a user only."""
    def backup_to(self, path: str | PathLike[str], *, on_progress: _Progress = None) -> None:
        """Copies the file while others read and write it; progress is told in pages. The copy is complete and consistent, or is
        not there; an existing file is never overwritten.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed."""
    def add_process(self, name: str, template: ProcessTemplate | str = "classic") -> Process:
        """Adds a process for deals with the stages of a template, under a name of its own.

        >>> db = crm.open(":memory:")
        >>> process = db.add_process("New business", "short")
        >>> db.stages.count("process_id = ?", [process.id]) > 2
        True"""
    def add_process_for(self, entity: str, name: str, template: ProcessTemplate | str = "classic") -> Process:
        """Adds a process for an entity, such as `organization`, with the stages of a template, under a name of its own.

        >>> db = crm.open(":memory:")
        >>> way = db.add_process_for("organization", "Customers", "customer")
        >>> acme = db.organizations.add(name="Acme", process_id=way.id)
        >>> db.stages.get(acme.stage_id).name
        'Prospect'"""
    def next_stages(self, entity: str, record_id: int) -> list[NextStage]:
        """The stages that a record, such as a deal, may go to from where it is, in the order of its process, and what is missing for each: fields
        that must be filled, or a role. A stage that no transition leads to is left out. A record that is in no process goes nowhere.
        Whether the reader may change the record at all is another matter.

        >>> db = crm.open(":memory:")
        >>> process = db.add_process("New business", "short")
        >>> won = db.stages.find("kind = 'won'")[0]
        >>> rule = db.required_fields.add(stage_id=won.id, field="value")
        >>> mill = db.deals.add(name="Mill")
        >>> [(stage.name, stage.open, stage.missing) for stage in db.next_stages("deal", mill.id)]
        [('Quoted', True, []), ('Won', False, ['value']), ('Lost', False, ['lost_reason'])]"""
    def members_of(self, list_id: int) -> list[int]:
        """The ids of the organizations or people in a list, whatever its kind, in order; only those that may be seen.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme", employees=120)
        >>> large = db.lists.add(name="Large", entity="organization", kind="dynamic", filter="employees >= 100")
        >>> db.members_of(large.id) == [acme.id]
        True"""
    def overdue(self, user_id: int | None = None) -> list[Activity]:
        """Planned activities whose time is over at this handle's moment, the longest overdue first; those of one responsible
        user, or all. For a day of the past, ask `at` that moment.

        >>> db = crm.open(":memory:")
        >>> call = db.activities.add(kind="call", subject="Offer?", due_at="2020-01-01")
        >>> [each.subject for each in db.overdue()]
        ['Offer?']"""
    def activity_chain(self, activity_id: int) -> list[Activity]:
        """The chain an activity is part of: what it followed from, the first one first, then itself, then what followed
        from it, directly or through others; at most 1,000 in all. An activity that the reader may not see ends the chain.

        >>> db = crm.open(":memory:")
        >>> call = db.activities.add(kind="call", subject="Intro")
        >>> visit = db.activities.add(kind="visit", subject="Demo", previous_id=call.id)
        >>> [each.subject for each in db.activity_chain(visit.id)]
        ['Intro', 'Demo']"""
    def dossier(self, organization_id: int) -> Dossier:
        """Everything needed before a call or meeting with an organization; for a day of the past, ask `at` that moment.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> call = db.activities.add(kind="call", subject="Intro", organization_id=acme.id)
        >>> [each.subject for each in db.dossier(acme.id).activities]
        ['Intro']"""
    def timeline(self, organization_id: int, limit: int = 100, before: datetime | date | str | None = None) -> Table:
        """What happened with an organization, the newest first: activities, its deals, their way through the stages and their
        milestones, notes, and changes of the organization itself. Columns: `at`, `kind` (the activity's kind, `deal`, `stage`, `milestone`, `note`, or what a change
        did), `entity` and `record_id` (of what it is about), `title`, `detail`, `user_id`.

        A page holds `limit` (1 to 10,000; 100 when it is left out) entries, and further ones of the last entry's moment; that moment is `before` of
        the next page.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> db.timeline(acme.id)["kind"]
        ['insert']"""
    def caller_card(self, number: str) -> CallerCard | None:
        """Who calls from a number, in whatever spelling; nothing when nobody known does.

        >>> db = crm.open(":memory:")
        >>> bob = db.people.add(name="Bob Stone")
        >>> phone = db.contact_points.add(person_id=bob.id, kind="phone", value="+48 601 234 567")
        >>> db.caller_card("0048 601-234-567").people[0].name
        'Bob Stone'"""
    def report(self, report: Report | str, *, process_id: int | None = None, from_: date | str | None = None, until: date | str | None = None, owner_id: int | None = None, team_id: int | None = None, line_id: int | None = None, filter: str | None = None, params: Iterable[Any] | None = None, list: str | None = None, by: str | list[str] | None = None, limit: int | None = None) -> Table:
        """A report over the records that this handle sees, at its moment. A part of the query that the report has no use for
        is `Invalid`, rather than passed over.

        `process_id`: Records in this process. Reports over stages speak of deals when it is left out, else of what goes through it.

        `from_`: First day of the period; which day of a record it is about, the report says.

        `until`: Last day of the period, itself included.

        `owner_id`: Records of this responsible user.

        `team_id`: Records whose responsible user is in this team or one below it.

        `line_id`: Records of this line of business.

        `filter`: Records that this filter finds.

        `params`: Values for the parameters of the filter.

        `list`: Records in the list of this name, or of an organization or a person in it.

        `by`: What the figures are split by, at most two things: words of `Dimension`, or fields of the records. Without any, one row for all, or for each stage. Two are in the columns `key`, `name` and `key2`, `name2`. Periods are in the order of time.

        `limit`: At most this many rows (1 to 100,000).

        >>> db = crm.open(":memory:")
        >>> process = db.add_process("New business", "short")
        >>> won = db.stages.find("kind = 'won'")[0]
        >>> deal = db.deals.add(name="Mill", value="900 EUR", stage_id=won.id)
        >>> table = db.report("won", by="product")
        >>> table[0]["amount"], table.currency, table.amounts
        (90000, 'EUR', ['amount'])"""
    def over_time(self, entity: str, *, from_: date | str | None = None, until: date | str | None = None, every: Period | str | None = None, sum: str | None = None, by: str | None = None, filter: str | None = None, params: Iterable[Any] | None = None) -> Table:
        """How many records of an entity there were at the end of each day, week, month, quarter or year, and what a field of them added
        up to: the columns `day` (the last of its period), `key` where it is split, `count`, and `sum` with, for amounts, `currency`. It
        is what asking `at` point by point would give: who sees a record is decided by what it is today, its values
        are those of then, words and rates of today. At most 4,000 points and 100,000 rows.

        `from_`: The first day; when left out, that of the first change to the file, or of the first moment that was not pruned.

        `until`: The last day; when left out, and at the latest, the day of the handle's moment.

        `every`: How far the points lie apart; a day when left out. Each period is shown as it ended, the last one as far as `until`.

        `sum`: A field whose values are added up, too: whole numbers, or amounts, whose sums are in minor units and apart for each currency.

        `by`: What they are split by: a field of the records, or after a dot one of a record that they refer to, such as `organization.country`, as it was then.

        `filter`: Records that this filter finds. One that names nothing but stored fields of the record is answered in one pass over all versions, `by` a field of another record too; one that looks at other records, computed fields or the day is asked as of each point, which takes that many times as long.

        `params`: Values for the parameters of the filter.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme", country="PL", employees=40)
        >>> db.over_time("organization", by="country", sum="employees")["sum"]
        [40]"""
    def import_csv(self, entity: str, path: str | PathLike[str], *, mapping: Mapping[str, str] | Iterable[tuple[str, str]] | None = None, key: str | list[str] | None = None, external: tuple[str, str] | None = None, defaults: Mapping[str, Any] | None = None, currency: str | None = None, scale: Mapping[str, Decimal | int | str] | Iterable[tuple[str, Decimal | int | str]] | None = None, delimiter: str | None = None, encoding: str | None = None, thousands: str | None = None, decimal_comma: bool = False, date_format: str | None = None, trim: bool = False, clear_empty: bool = False, strict: bool = False, max_errors: int = 1000, dry_run: bool = False, on_progress: _Progress = None) -> Imported:
        """Imports a CSV file into any entity as one change set. Rows that cannot be taken are told with line and reason, the
        others go in; an error of the file as a whole, or a cancellation, leaves nothing. Progress is told in bytes.

        `mapping`: Column and field; a column may fill several fields. Empty: each column whose header is the name of a field, whatever its case, spaces and underscores; a reference also without its `_id`. A cell of a column mapped to a reference (`("account", "organization_id")`) names the record it refers to, by the first of these that fits: its title without regard to case and spaces, an alias, its key in the system of `external`. In a column whose header is the field's own name (`organization_id`), whole numbers are ids. `organization_id.id` takes ids only, `product_id.code` finds the record by that field. Where several records have the name, the one that belongs to what the row already refers to is meant, such as the stage of the row's process; if that does not decide, the row fails. A record may refer to one that comes later in the same file. `annual_revenue_currency` is the currency of `annual_revenue`.

        `key`: The fields by which an existing record is found and then updated; text without regard to case and spaces. Empty: every row is new. `id` alone means the record's id. A row whose key is empty, or that several records have, fails. Key fields themselves stay as they are in the record.

        `external`: Another system and the column with its keys: the record known by the key there is updated. If there is none, one found by `key`, or a new one, becomes known by it.

        `defaults`: Values that new records get in fields that the file leaves empty.

        `currency`: The currency of amounts written without one.

        `scale`: Columns of numbers or money, and what their numbers are multiplied by: 1,000,000 for a revenue in millions.

        `delimiter`: The delimiter, one ASCII character; found out among `,` `;` tab `|` when left out.

        `encoding`: The encoding by its WHATWG name, such as `windows-1250`; found out when left out.

        `thousands`: What separates the thousands in numbers. When left out, a number with separators is a mistake.

        `decimal_comma`: Numbers have a decimal comma.

        `date_format`: How days and moments are written, such as `%d.%m.%Y` or `%m/%d/%Y %H:%M`; ISO 8601 when left out. Times without a zone are UTC.

        `trim`: Drops white space around every cell.

        `clear_empty`: An empty cell empties the field of the record it updates; otherwise the record keeps what it has.

        `strict`: The first row that fails ends the import, and nothing is written.

        `max_errors`: How many failed rows are listed (1,000); further ones are only counted.

        `dry_run`: Does everything but keep it.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed.

        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp(), "accounts.csv")
        >>> size = path.write_text("Account;Staff\\nAcme;120\\n")
        >>> db = crm.open(":memory:")
        >>> done = db.import_csv("organization", path, mapping={"Account": "name", "Staff": "employees"}, key="name")
        >>> done.added, done.failed, done.delimiter
        (1, 0, ';')"""
    def preview_csv(self, entity: str, path: str | PathLike[str], *, mapping: Mapping[str, str] | Iterable[tuple[str, str]] | None = None, key: str | list[str] | None = None, external: tuple[str, str] | None = None, defaults: Mapping[str, Any] | None = None, currency: str | None = None, scale: Mapping[str, Decimal | int | str] | Iterable[tuple[str, Decimal | int | str]] | None = None, delimiter: str | None = None, encoding: str | None = None, thousands: str | None = None, decimal_comma: bool = False, date_format: str | None = None, trim: bool = False, clear_empty: bool = False, strict: bool = False, max_errors: int = 1000, dry_run: bool = False) -> CsvPreview:
        """How an import would read a file: encoding, delimiter, mapping and the first rows. Nothing is written.

        `mapping`: Column and field; a column may fill several fields. Empty: each column whose header is the name of a field, whatever its case, spaces and underscores; a reference also without its `_id`. A cell of a column mapped to a reference (`("account", "organization_id")`) names the record it refers to, by the first of these that fits: its title without regard to case and spaces, an alias, its key in the system of `external`. In a column whose header is the field's own name (`organization_id`), whole numbers are ids. `organization_id.id` takes ids only, `product_id.code` finds the record by that field. Where several records have the name, the one that belongs to what the row already refers to is meant, such as the stage of the row's process; if that does not decide, the row fails. A record may refer to one that comes later in the same file. `annual_revenue_currency` is the currency of `annual_revenue`.

        `key`: The fields by which an existing record is found and then updated; text without regard to case and spaces. Empty: every row is new. `id` alone means the record's id. A row whose key is empty, or that several records have, fails. Key fields themselves stay as they are in the record.

        `external`: Another system and the column with its keys: the record known by the key there is updated. If there is none, one found by `key`, or a new one, becomes known by it.

        `defaults`: Values that new records get in fields that the file leaves empty.

        `currency`: The currency of amounts written without one.

        `scale`: Columns of numbers or money, and what their numbers are multiplied by: 1,000,000 for a revenue in millions.

        `delimiter`: The delimiter, one ASCII character; found out among `,` `;` tab `|` when left out.

        `encoding`: The encoding by its WHATWG name, such as `windows-1250`; found out when left out.

        `thousands`: What separates the thousands in numbers. When left out, a number with separators is a mistake.

        `decimal_comma`: Numbers have a decimal comma.

        `date_format`: How days and moments are written, such as `%d.%m.%Y` or `%m/%d/%Y %H:%M`; ISO 8601 when left out. Times without a zone are UTC.

        `trim`: Drops white space around every cell.

        `clear_empty`: An empty cell empties the field of the record it updates; otherwise the record keeps what it has.

        `strict`: The first row that fails ends the import, and nothing is written.

        `max_errors`: How many failed rows are listed (1,000); further ones are only counted.

        `dry_run`: Does everything but keep it."""
    def search(self, text: str, *, kinds: str | list[str] | None = None, owner: int | None = None, line: int | None = None, since: datetime | date | str | None = None, until: datetime | date | str | None = None, filter: str | None = None, params: Iterable[Any] | None = None, limit: int | None = None, after: str | None = None, by_time: bool = False, facets: bool = False) -> Hits:
        """Searches everything that this handle may see: names, texts, phones, addresses, user-defined fields. Words are found in any
        form, in English, Russian and Polish, as beginnings and with typing errors; there are `"phrases"`, `-word` and `field:word`. Any
        text is valid. What was committed before the call is found. The first search of a file without a current index makes one, which
        takes seconds per million records; `search_update` does that beforehand.

        The past cannot be searched: a handle of a past moment gives an error.

        `kinds`: Only records of these entities; of all when empty.

        `owner`: Only records of this owner; a note counts as its record's owner's.

        `line`: Only records of this line of business.

        `since`: Only what took place, or was added, at this moment or later.

        `until`: Only what took place, or was added, before this moment.

        `filter`: Only records that a filter finds, too: an expression over the fields of one entity, which must be the only kind.

        `params`: Values for the parameters of the filter.

        `limit`: At most this many hits (1 to 1,000; 10 when left out).

        `after`: Goes on after an earlier page (`next` of its hits) of the same search.

        `by_time`: The newest first instead of the best.

        `facets`: Counts all hits, by kind, owner, stage and month.

        >>> db = crm.open(":memory:")
        >>> call = db.activities.add(kind="call", subject="Przedłużenie umowy")
        >>> found = db.search("umowa", kinds=["activity", "note"], facets=True)
        >>> found.hits[0].title, found.facets.total
        ('Przedłużenie umowy', 1)"""
    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """Names of organizations and people as one types: those that begin with the text, by the alphabet, then those with such
        words in the middle; at most `limit` (1 to 100; 10 when it is left out).

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme")
        >>> [each.title for each in db.suggest("ac")]
        ['Acme']"""
    def explain_hit(self, text: str, kind: str, id: int, *, kinds: str | list[str] | None = None, owner: int | None = None, line: int | None = None, since: datetime | date | str | None = None, until: datetime | date | str | None = None, filter: str | None = None, params: Iterable[Any] | None = None, limit: int | None = None, after: str | None = None, by_time: bool = False, facets: bool = False) -> Explanation:
        """Why a hit of a search is one: how it was found, which of its words answer which of the query's, and what its score
        consists of. `NotFound` when it is no hit for this reader.

        `kinds`: Only records of these entities; of all when empty.

        `owner`: Only records of this owner; a note counts as its record's owner's.

        `line`: Only records of this line of business.

        `since`: Only what took place, or was added, at this moment or later.

        `until`: Only what took place, or was added, before this moment.

        `filter`: Only records that a filter finds, too: an expression over the fields of one entity, which must be the only kind.

        `params`: Values for the parameters of the filter.

        `limit`: At most this many hits (1 to 1,000; 10 when left out).

        `after`: Goes on after an earlier page (`next` of its hits) of the same search.

        `by_time`: The newest first instead of the best.

        `facets`: Counts all hits, by kind, owner, stage and month.

        >>> db = crm.open(":memory:")
        >>> acme = db.organizations.add(name="Acme pumps")
        >>> why = db.explain_hit("pump", "organization", acme.id)
        >>> str(why.found_by), why.words[0].found
        ('forms', 'pumps')"""
    def search_status(self) -> SearchStatus:
        """How far the search index is. Looks at it without moving it on. Only for a handle of the present without a user, as the next two.

        >>> db = crm.open(":memory:")
        >>> db.search_update()
        >>> db.search_status().pending
        0"""
    def search_update(self, *, on_progress: _Progress = None) -> None:
        """Takes what is pending into the search index, as a search would, but all of it onto the disk. A search does so by itself; doing it
        beforehand only saves the next one the time. Progress is told in documents.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed."""
    def search_rebuild(self, *, on_progress: _Progress = None) -> None:
        """Makes the search index anew from the records, while the file and the former index stay usable. Progress is told in documents.

        `on_progress` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed."""
    @property
    def users(self) -> _UserEntities:
        """Somebody who works with the CRM: owns customers and deals, holds activities."""
    @property
    def teams(self) -> _TeamEntities:
        """A team, department or regional office."""
    @property
    def lines(self) -> _LineEntities:
        """A line of business, which rights can be limited to."""
    @property
    def roles(self) -> _RoleEntities:
        """A role, a bundle of rights. A user may have several: the widest right counts."""
    @property
    def permissions(self) -> _PermissionEntities:
        """What a role may read and write of one entity."""
    @property
    def hidden_fields(self) -> _HiddenFieldEntities:
        """A field that a role does not see. A field is hidden when every role of the user hides it."""
    @property
    def user_roles(self) -> _UserRoleEntities:
        """A role that a user has."""
    @property
    def user_lines(self) -> _UserLineEntities:
        """A line of business that a user works for."""
    @property
    def settings(self) -> _SettingEntities:
        """A setting of the file: `base_currency` (EUR when not set), `phone_region` (ISO 3166, for numbers written without a
        country), and what other areas declare."""
    @property
    def dictionaries(self) -> _DictionaryEntities:
        """A pick-list. An open one suggests; a closed one refuses words it does not hold."""
    @property
    def dictionary_items(self) -> _DictionaryItemEntities:
        """One word of a dictionary."""
    @property
    def custom_fields(self) -> _CustomFieldEntities:
        """A user-defined field of an entity: a column like any other in filters, lists, imports and SQL. With an
        expression it is computed when read: a formula over the record's fields (`major(value, value_currency) * 0.19`),
        or a roll-up over records that refer to it (`(select count(*) from deal where organization_id = organization.id)`)."""
    @property
    def external_refs(self) -> _ExternalRefEntities:
        """The key of a record in another system. A system's key names one record of an entity."""
    @property
    def aliases(self) -> _AliasEntities:
        """Another spelling or name of a record, by which imports find it."""
    @property
    def notes(self) -> _NoteEntities:
        """A free note on any record."""
    @property
    def exchange_rates(self) -> _ExchangeRateEntities:
        """What one unit of a currency is worth in the base currency from a day on."""
    @property
    def number_series(self) -> _NumberSeriesEntities:
        """What the running numbers of an entity look like in this file, of all its records or of those of a kind. The numbers themselves are
        given by the library, one after another, each once: the number of a record that was removed or undone is not given again."""
    @property
    def retentions(self) -> _RetentionEntities:
        """How long the former versions of an entity's records are kept: `prune` without a moment takes away those that ended longer ago. By itself
        nothing goes."""
    @property
    def processes(self) -> _ProcessEntities:
        """A way that deals, customers or other records go, with stages of its own; several stand side by side."""
    @property
    def stages(self) -> _StageEntities:
        """A stage of a process."""
    @property
    def stage_moves(self) -> _StageMoveEntities:
        """That a record was in a stage, from when to when. Written by the library alone. The stays of a record never overlap: one that was closed on an earlier
        day, as its `closed_on` says, left on that day whatever stage it was in, and stages that it came into afterwards count as entered and left then."""
    @property
    def stage_plans(self) -> _StagePlanEntities:
        """By when a record is to have come into a stage of its process."""
    @property
    def stage_transitions(self) -> _StageTransitionEntities:
        """That records may move from one stage of a process to another. Where a process has any of these, its records move as they say and in no
        other way; where it has none, they move freely. Records may always begin in the first open stage."""
    @property
    def required_fields(self) -> _RequiredFieldEntities:
        """A field that must be filled in a record that comes into a stage, whatever way it comes."""
    @property
    def organizations(self) -> _OrganizationEntities:
        """A company, authority or other body one does business with, or might."""
    @property
    def people(self) -> _PersonEntities:
        """A person one deals with. Where and as what the person works is said by affiliations."""
    @property
    def affiliations(self) -> _AffiliationEntities:
        """That a person works for an organization, as what and when."""
    @property
    def contact_points(self) -> _ContactPointEntities:
        """A way to reach an organization or a person."""
    @property
    def addresses(self) -> _AddressEntities:
        """A postal address of an organization or a person."""
    @property
    def bank_accounts(self) -> _BankAccountEntities:
        """A bank account of an organization."""
    @property
    def unwanted(self) -> _UnwantedEntities:
        """That an organization or person is unwanted: who decided so, when, why, and whether new deals are blocked
        or only warned of."""
    @property
    def lists(self) -> _ListEntities:
        """A list of organizations or of people. `in_list('Name')` stands for it in any filter, so lists combine
        with `and`, `or` and `not`."""
    @property
    def list_members(self) -> _ListMemberEntities:
        """That a record is in a list by hand, or excluded from it."""
    @property
    def products(self) -> _ProductEntities:
        """Something that is sold."""
    @property
    def price_lists(self) -> _PriceListEntities:
        """A list of prices, valid for a time."""
    @property
    def prices(self) -> _PriceEntities:
        """The price of a product in a price list."""
    @property
    def deals(self) -> _DealEntities:
        """A sale one hopes to make: opportunity, tender, project."""
    @property
    def deal_contacts(self) -> _DealContactEntities:
        """A person who matters for a deal, and how."""
    @property
    def milestones(self) -> _MilestoneEntities:
        """A key date of a deal."""
    @property
    def activities(self) -> _ActivityEntities:
        """A contact or task: call, e-mail, meeting, presentation, letter, visit, business trip, brochure, offer, note, web
        visit, and kinds of one's own."""
    @property
    def participants(self) -> _ParticipantEntities:
        """That somebody takes part in an activity: a person from outside or a user."""

class NotFound(CrmError, KeyError):
    """No such record, or none that this reader may see."""

class Invalid(CrmError, ValueError):
    """A value, name or argument that cannot be accepted; nothing was written."""

class Denied(CrmError, PermissionError):
    """The acting user lacks the right for this."""

class Conflict(CrmError):
    """Someone else changed the same thing meanwhile, or later changes stand in the way."""

class Sealed(CrmError):
    """The record was sent, approved or booked: what it says stays. A revision is a new record that replaces it."""

class Busy(CrmError):
    """Another writer holds the file and did not let go within the busy timeout; try again."""

class TimedOut(CrmError, TimeoutError):
    """The time limit of the handle ran out."""

class Cancelled(CrmError):
    """The caller cancelled the work; nothing was written."""

class ReadOnly(CrmError):
    """The file was opened for reading only."""

class NewerFile(CrmError):
    """The file was written by a newer version of this library; it was not touched."""

class OlderFile(CrmError):
    """The file was written by an earlier version of this library, and the way of opening it leaves it as it is; it was not touched."""

class NotACrmFile(CrmError):
    """The file is no CRM file; it was not touched."""

class Corrupt(CrmError):
    """The file is damaged; it was not touched."""

class Full(CrmError):
    """No room is left on the disk or within the file's size limit; nothing was written."""

class Storage(CrmError):
    """The storage failed in a way of its own; the reason says how."""

class Level(StrEnum):
    """How far a right reaches, each step including the ones before it.

    `none`: No records.

    `own`: Records one owns.

    `team`: Records owned by somebody of one's team or of a team below it.

    `line`: Records of one's lines of business, too.

    `all`: All records."""
    NONE = "none"
    OWN = "own"
    TEAM = "team"
    LINE = "line"
    ALL = "all"

class CustomKind(StrEnum):
    """The type of a user-defined field.

    `text`: Text.

    `integer`: A whole number.

    `number`: A number with a fraction.

    `money`: An amount of money.

    `date`: A day.

    `moment`: A moment.

    `bool`: Yes or no.

    `item`: One item of a dictionary.

    `items`: Several items of a dictionary.

    `reference`: A record of another entity."""
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    BOOL = "bool"
    ITEM = "item"
    ITEMS = "items"
    REFERENCE = "reference"

class Meaning(StrEnum):
    """What a word of a dictionary means, whatever it is called.

    `open`: It goes on.

    `waiting`: It waits for somebody or something.

    `monitoring`: It is watched, without anything to do.

    `done`: It ended well.

    `given_up`: It was given up."""
    OPEN = "open"
    WAITING = "waiting"
    MONITORING = "monitoring"
    DONE = "done"
    GIVEN_UP = "given_up"

class Operation(StrEnum):
    """What a change did to a record.

    `insert`: The record was added.

    `update`: Some of its fields changed.

    `delete`: The record was removed.

    `restore`: A removed record came back under its old id.

    `erase`: What it told of a person was erased from all its versions; where it is still there, an update of the same change set emptied it."""
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    ERASE = "erase"

class ChangeCause(StrEnum):
    """What brought a change set about. Who made it is its actor.

    `call`: A call, by the program that works with the file or one of its users.

    `import`: A file or a data frame was imported; whatever else the change set did stands beside it.

    `undo`: An undo took another change set back.

    `upgrade`: The file was opened by a version of the library that it was new to: first words, and what an older file lacked."""
    CALL = "call"
    IMPORT = "import"
    UNDO = "undo"
    UPGRADE = "upgrade"

class Synchronous(StrEnum):
    """How hard a commit is pressed onto the disk.

    `normal`: A commit survives the death of the process; the last ones may be lost when the power fails.

    `full`: A commit survives the failure of power, too."""
    NORMAL = "normal"
    FULL = "full"

class Upgrade(StrEnum):
    """What happens to a file that an earlier version of the library wrote.

    `backup`: A copy of the file as it was is left beside it, called after it and this version (`acme.crm.before-0.2.0`); then it is brought up to date.

    `in_place`: It is brought up to date without a copy.

    `refuse`: It is not touched: opening it is an `OlderFile`."""
    BACKUP = "backup"
    IN_PLACE = "in_place"
    REFUSE = "refuse"

class StageKind(StrEnum):
    """What being in a stage means for a record.

    `open`: It goes on.

    `won`: It ended well: a deal is won, a customer has arrived.

    `lost`: It ended badly."""
    OPEN = "open"
    WON = "won"
    LOST = "lost"

class ProcessTemplate(StrEnum):
    """Processes ready to start from.

    `classic`: Lead, qualified, proposal, negotiation, won, lost.

    `complex`: The long cycle of selling to companies: contact, needs analysis, solution, proposal, negotiation, contract, won, lost.

    `short`: Order intake: enquiry, quoted, won, lost.

    `customer`: A customer as a whole: prospect, in contact, first order, regular customer, lost."""
    CLASSIC = "classic"
    COMPLEX = "complex"
    SHORT = "short"
    CUSTOMER = "customer"

class ContactKind(StrEnum):
    """What kind of contact point it is.

    `phone`: A telephone, mobile or fixed.

    `email`: An e-mail address.

    `fax`: A fax machine.

    `website`: A web site or profile.

    `other`: Anything else, such as a messenger."""
    PHONE = "phone"
    EMAIL = "email"
    FAX = "fax"
    WEBSITE = "website"
    OTHER = "other"

class ListKind(StrEnum):
    """How a list comes by its members.

    `static`: By hand: the records listed.

    `dynamic`: By a filter, anew at every look; members by hand are added to it or excluded from it."""
    STATIC = "static"
    DYNAMIC = "dynamic"

class DealStatus(StrEnum):
    """Where a deal stands; it follows from the kind of its stage.

    `open`: Still going.

    `won`: Won.

    `lost`: Lost."""
    OPEN = "open"
    WON = "won"
    LOST = "lost"

class ActivityStatus(StrEnum):
    """Where an activity stands.

    `planned`: Still to come, or overdue.

    `held`: It took place.

    `not_held`: It did not take place.

    `cancelled`: It was called off."""
    PLANNED = "planned"
    HELD = "held"
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"

class Direction(StrEnum):
    """Who began a contact.

    `outgoing`: We did.

    `incoming`: They did.

    `internal`: Nobody outside: a note, a task."""
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    INTERNAL = "internal"

class Report(StrEnum):
    """The reports. Amounts are minor units of the base currency (cents of a euro): closed deals with the rate of the day they were closed, open ones with today's; an amount without a rate is an error, never left out, and so is a sum that is too large. Each report says what it counts, its columns in order, and which day the period asked for (`from`, `until`) and the periods that it is split by are about; what has no such day is in no period. What a report is split by, words of `Dimension` or fields of the records, is in the columns `key` and `name` (`key2` and `name2` for the second of two), before all others.

    `dictionary_suspects`: Words in dictionary fields that their dictionary does not hold, the most frequent first; of all records there are, whenever they came. Columns: `entity`, `field`, `value`, `count` (records), `nearest` (the item that may be meant; empty where none is near). Left out: words that are in their dictionary. Only the limit applies: it has no period and is not split.

    `stage_times`: How long records stay in each open stage. Of deals, or of what goes through the process asked for. Counted are stays: a record that came twice counts twice. The period is that of the day on which the stage was entered. Columns: `process_id`, `process`, `stage_id`, `stage`, `norm_days` (whole days), `ended` (stays that have), `mean_days`, `median_days` (of those; days with fractions, empty where none ended), `in_stage` (records that are in it), `over_norm` (of those, longer than the norm by the clock, not by the calendar). Left out: won and lost stages, and what left for a day before it came, which counts as no time at all. Split by whatever the records have, it has a row for every stage and every key that occurs, those of a key together.

    `conversion`: What share of the records that came into an open stage got further, to a later stage of the process or to winning. Of deals, or of what goes through the process asked for. Each record counts once for a stage that it was in, and not for one that it passed over. The period is that of the day on which records were opened. Columns: `process_id`, `process`, `stage_id`, `stage`, `entered` (records), `moved_on` (of those), `share` (0 to 1; empty where none entered). Left out: won and lost stages. Split by whatever the records have, it has a row for every stage and every key that occurs, those of a key together.

    `ageing`: Open records that have been in their stage for longer than its norm, or open for longer than any won one of their process took, one a row, the oldest first. Of deals, or of what goes through the process asked for. The period is that of the day on which they were opened. Columns: `record_id`, `name`, `organization_id`, `owner_id`, `stage_id`, `stage`, `days_open`, `days_in_stage`, `norm_days`, `longest_won_days` (whole days of the calendar, all four), `over_norm`, `over_longest` (1 or 0). Left out: what is closed, and what is over neither. It lists records and is not split; `bottlenecks` counts what waits.

    `bottlenecks`: Which open stages hold up the records that are in them, the worst first: where they have been for longest, measured by the stage's norm. Of deals, or of what goes through the process asked for. The period is that of the day on which records were opened. Columns: `process_id`, `process`, `stage_id`, `stage`, `norm_days` (whole days), `waiting` (records in it), `over_norm` (of those, longer than the norm), `share` (of those, 0 to 1; empty without a norm), `mean_days`, `median_days`, `longest_days` (that they have been in it; days with fractions), `norms` (the mean in norms: 2 is twice as long as it should be). Left out: won and lost stages. Split by whatever the records have, it has a row for every stage and every key that occurs, those of a key together.

    `stage_plans`: What was planned for records in their stages and what became of it, one plan a row, by date. Of deals, or of what goes through the process asked for. The period is that of the planned day. Columns: `record_id`, `name`, `owner_id`, `process`, `stage_id`, `stage`, `planned_on`, `entered_on` (the day on which the record came into the stage for the first time; empty where it never did), `days_late` (whole days from `planned_on` to `entered_on`, below zero when early; to today while the record is still before the stage; empty where it passed the stage over, was won or lost without it, or left the process), `overdue` (1 while the record is still before the stage and the day is over, else 0). Left out: plans of records that are in another process than the one asked for. It lists plans and is not split.

    `affiliations`: Who works where and as what, one affiliation a row, by the name of the person. The period is that in which an affiliation holds, `since` to `until`: any that holds on a day of it. Columns: `person_id`, `person`, `organization_id`, `organization`, `role`, `department`, `since`, `until` (days), `active`, `organizations` (how many the person works in at present). Left out: people without any. The owner and the line are the person's. It lists affiliations and is not split.

    `funnel`: What is in each stage now, in the order of the stages. Of deals, or of what goes through the process asked for. The period is that of the day on which records were opened: `opened_on`, or when they were made where they have no such field. Columns: `process_id`, `process`, `stage_id`, `stage`, `kind` (`open`, `won` or `lost`), `deals` (`records` of another entity), `value` and `weighted` (value by probability: all of it once won, nothing once lost) of records with a `value`, `list_value` (at the standard price list) of those with a product. Left out: nothing; a stage without records is a row of zeros. Split by whatever the records have, it has a row for every stage and every key that occurs, those of a key together. Amounts are minor units of the base currency.

    `win_rate`: How many deals were won of those closed in the period, which is that of `closed_on`; the highest rate first. Columns: `key`, `name`, `won`, `lost` (deals), `win_rate` (0 to 1; empty when none was closed). Left out: open deals. One row for all, or for each key of what it is split by: whatever deals have.

    `sales_cycle`: How long it took from `opened_on` to `closed_on` of the deals won in the period, which is that of `closed_on`; the shortest mean first. Columns: `key`, `name`, `deals`, `mean_days`, `median_days` (days with fractions), `shortest_days`, `longest_days` (whole days). Left out: lost and open deals, and those without an `opened_on`. One row for all, or for each key of what it is split by: whatever deals have.

    `won`: What was won in the period, which is that of `closed_on`; the largest amount first. Columns: `key`, `name`, `deals`, `amount` (of those with a value, at the rate of the day they were closed). Left out: lost and open deals. One row for all, or for each key of what it is split by: whatever deals have. Amounts are minor units of the base currency.

    `lost_reasons`: Why records were lost, the most frequent reason first. Of deals, or of what goes through the process asked for; of what is lost now, whatever it was lost for before. The period is that of `closed_on`, or of the day on which a record came into its stage where it has no such field. Columns: `lost_reason` (empty where none was given), `deals` (`records` of another entity), `amount` of records with a `value`, `share` (of those lost, 0 to 1; of those of the same key where it is split). Left out: what is open or won. Split by whatever the records have, it has a row for every reason of a key. Amounts are minor units of the base currency.

    `open_pipeline`: Open deals expected to close in the period, which is that of `closes_on`: one without such a day is in no period, yet in the report where none is asked for. The largest value first. Columns: `key`, `name`, `deals`, `value`, `weighted` (value by probability, the deal's or else its stage's), `list_value` (at the standard price list). Left out: closed deals. One row for all, or for each key of what it is split by: whatever deals have; days, weeks, months, quarters and years are those of `closes_on`. Amounts are minor units of the base currency.

    `trend`: What was opened, won and lost, period by period: opened deals by `opened_on`, closed ones by `closed_on`, which also is the day that the period asked for is about. Columns: `period`, `opened`, `won`, `lost` (deals), `win_rate` (0 to 1; empty when none was closed), `amount` (of the deals won, at the rate of the day they were closed). A row is every period from the first to the last in which anything happened, at most 1,200 of them filled in from the first on; beyond, those in which something did. By month unless `by` says day, week, quarter or year, and by nothing else. Amounts are minor units of the base currency.

    `forecast`: What was won and what is expected, period by period: won deals by `closed_on`, open ones by `closes_on`, which also are the days that the period asked for is about; open deals without such a day in a last row without a period. Columns: `period`, `won` (amount), `deals` (open ones), `value`, `weighted` (of those: value, value by probability), `expected` (won and weighted). A row is every period from the first to the last with a deal, at most 1,200 of them filled in from the first on; beyond, those with deals. Left out: lost deals. By month unless `by` says day, week, quarter or year, and by nothing else. Amounts are minor units of the base currency."""
    DICTIONARY_SUSPECTS = "dictionary_suspects"
    STAGE_TIMES = "stage_times"
    CONVERSION = "conversion"
    AGEING = "ageing"
    BOTTLENECKS = "bottlenecks"
    STAGE_PLANS = "stage_plans"
    AFFILIATIONS = "affiliations"
    FUNNEL = "funnel"
    WIN_RATE = "win_rate"
    SALES_CYCLE = "sales_cycle"
    WON = "won"
    LOST_REASONS = "lost_reasons"
    OPEN_PIPELINE = "open_pipeline"
    TREND = "trend"
    FORECAST = "forecast"

class Dimension(StrEnum):
    """What the figures of a report are split by, where its records have such a thing. Those without are a row without a key. Beside these words, any field of the records splits them (`lost_reason`), or one of a record that they refer to (`organization.size`).

    `owner`: The responsible user.

    `manager`: The manager of the responsible user.

    `team`: The team of the responsible user.

    `line`: The line of business.

    `product`: The product.

    `product_category`: The category of the product.

    `organization`: The customer.

    `industry`: The customer's industry.

    `country`: The customer's country.

    `source`: Where the record came from.

    `process`: The process.

    `stage`: The stage.

    `kind`: The kind of record, such as the type of deal.

    `day`: The day, such as `2026-01-31`.

    `week`: The week by ISO 8601, Monday to Sunday, such as `2026-W05`.

    `month`: The month, such as `2026-01`.

    `quarter`: The quarter, such as `2026-Q1`.

    `year`: The year."""
    OWNER = "owner"
    MANAGER = "manager"
    TEAM = "team"
    LINE = "line"
    PRODUCT = "product"
    PRODUCT_CATEGORY = "product_category"
    ORGANIZATION = "organization"
    INDUSTRY = "industry"
    COUNTRY = "country"
    SOURCE = "source"
    PROCESS = "process"
    STAGE = "stage"
    KIND = "kind"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

class Period(StrEnum):
    """How far the points of a curve lie apart.

    `day`: Days.

    `week`: Weeks by ISO 8601, Monday to Sunday.

    `month`: Months.

    `quarter`: Quarters.

    `year`: Years."""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

class MatchKind(StrEnum):
    """How a word of a record answers a word of a query.

    `exact`: The same word, accents and case aside.

    `form`: Another form of the word.

    `beginning`: A word that begins with it.

    `typo`: A word that is nearly it.

    `phone`: A phone number in another spelling."""
    EXACT = "exact"
    FORM = "form"
    BEGINNING = "beginning"
    TYPO = "typo"
    PHONE = "phone"

class FoundBy(StrEnum):
    """What made a record a hit. Those of an earlier kind stand before those of a later one.

    `name`: Its name is what was searched for.

    `forms`: It holds every word, in some form.

    `beginnings`: It holds every word, or words that begin with them.

    `typos`: It holds every word, give or take a typing error.

    `some_words`: It holds some of the words."""
    NAME = "name"
    FORMS = "forms"
    BEGINNINGS = "beginnings"
    TYPOS = "typos"
    SOME_WORDS = "some_words"

@type_check_only
class _Import(TypedDict, total=False):
    """How a CSV file or a data frame becomes records. The default detects encoding and delimiter, maps columns by their headers and adds
    every row as a new record.

    Limits: a row has at most 1 MB and 1,000 columns; a row must have as many columns as the header."""
    mapping: Mapping[str, str] | Iterable[tuple[str, str]] | None
    """Column and field; a column may fill several fields. Empty: each column whose header is the name of a field,
    whatever its case, spaces and underscores; a reference also without its `_id`.

    A cell of a column mapped to a reference (`("account", "organization_id")`) names the record it refers to, by
    the first of these that fits: its title without regard to case and spaces, an alias, its key in the system
    of `external`. In a column whose header is the field's own name (`organization_id`), whole numbers are ids.
    `organization_id.id` takes ids only, `product_id.code` finds the record by that field. Where several records
    have the name, the one that belongs to what the row already refers to is meant, such as the stage of the
    row's process; if that does not decide, the row fails. A record may refer to one that comes later in
    the same file. `annual_revenue_currency` is the currency of `annual_revenue`."""
    key: str | list[str] | None
    """The fields by which an existing record is found and then updated; text without regard to case and spaces.
    Empty: every row is new. `id` alone means the record's id. A row whose key is empty, or that several records
    have, fails. Key fields themselves stay as they are in the record."""
    external: tuple[str, str] | None
    """Another system and the column with its keys: the record known by the key there is updated. If there is none,
    one found by `key`, or a new one, becomes known by it."""
    defaults: Mapping[str, Any] | None
    """Values that new records get in fields that the file leaves empty."""
    currency: str | None
    """The currency of amounts written without one."""
    scale: Mapping[str, Decimal | int | str] | Iterable[tuple[str, Decimal | int | str]] | None
    """Columns of numbers or money, and what their numbers are multiplied by: 1,000,000 for a revenue in millions."""
    delimiter: str | None
    """The delimiter, one ASCII character; found out among `,` `;` tab `|` when left out."""
    encoding: str | None
    """The encoding by its WHATWG name, such as `windows-1250`; found out when left out."""
    thousands: str | None
    """What separates the thousands in numbers. When left out, a number with separators is a mistake."""
    decimal_comma: bool | None
    """Numbers have a decimal comma."""
    date_format: str | None
    """How days and moments are written, such as `%d.%m.%Y` or `%m/%d/%Y %H:%M`; ISO 8601 when left out. Times
    without a zone are UTC."""
    trim: bool | None
    """Drops white space around every cell."""
    clear_empty: bool | None
    """An empty cell empties the field of the record it updates; otherwise the record keeps what it has."""
    strict: bool | None
    """The first row that fails ends the import, and nothing is written."""
    max_errors: int | None
    """How many failed rows are listed (1,000); further ones are only counted."""
    dry_run: bool | None
    """Does everything but keep it."""

@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record, with the values before and after it."""
    change_set: int
    """The change set it belongs to."""
    at: datetime
    """When."""
    actor: int | None
    """Who, or `None` for the system."""
    cause: ChangeCause
    """What brought the change set about."""
    label: str | None
    """What the change set was called."""
    entity: str
    """The entity."""
    record_id: int
    """The record's id."""
    operation: Operation
    """What happened to it."""
    before: Mapping[str, Any]
    """The former values of the fields that changed; all fields for a removal."""
    after: Mapping[str, Any]
    """The values they changed to; all fields for an addition."""
    pruned: bool
    """What it was before or after was taken away by `prune`: `before` and `after` hold none of it."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """One entry of the change feed. A bulk load is one entry for a range of ids."""
    sequence: int
    """Position in the feed; give the last one seen to `changes` to go on."""
    change_set: int
    """The change set it belongs to."""
    at: datetime
    """When."""
    actor: int | None
    """Who, or `None` for the system."""
    cause: ChangeCause
    """What brought the change set about."""
    label: str | None
    """What the change set was called."""
    entity: str
    """The entity."""
    first_id: int
    """The record, or the first of a range."""
    last_id: int
    """The last of the range; equals `first_id` but for bulk loads."""
    operation: Operation
    """What happened."""
    fields: list[str]
    """The fields that changed, for an update; none where what it was before was taken away by `prune`."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of an undo: a record that changed again since."""
    entity: str
    """The entity."""
    record_id: int
    """The record."""
    fields: list[str]
    """The fields changed again; empty when the record itself was removed, restored or is referred to."""
    reason: str
    """Why it stands in the way."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found."""
    findings: list[str]
    """What is wrong, at most 100 findings; empty when nothing is."""
    change_sets: int
    """How many change sets were checked."""
    records: int
    """How many records were checked."""
    head: str
    """The hash at the end of the log's chain. Keep it elsewhere to be able to show later that nothing before it was altered."""
    @property
    def is_clean(self) -> bool:
        """True when nothing is wrong."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Pruned:
    """What `prune` took away."""
    change_set: int | None
    """The change set that took it away, or `None` where there was nothing to take."""
    entities: list[PrunedEntity]
    """What went, by entity; those of which nothing went are left out."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class PrunedEntity:
    """What `prune` took away of one entity."""
    entity: str
    """The entity."""
    versions: int
    """How many former versions of its records went."""
    up_to: int
    """The change set up to which they went: what it left is the earliest that can still be seen."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Erased:
    """What `erase` took away, and what it could not."""
    change_set: int
    """The change set that took it away."""
    records: int
    """How many records were emptied or removed: the record itself and its parts, those included that were removed before."""
    versions: int
    """How many former versions were emptied."""
    mentions: list[Mention]
    """Where others still name what was erased, at most 1,000 places: their texts, and labels of change sets. To be looked through by somebody."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Mention:
    """A place where others still name what was erased."""
    entity: str
    """The entity; `change_set` for a label."""
    record_id: int
    """The record, or the change set."""
    field: str
    """The field."""
    former: bool
    """Only former versions of the record name it."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Restored:
    """What `restore` brought back."""
    change_sets: int
    """How many change sets there are now."""
    lost: int
    """How many change sets the file had that the backup has not: what they did is gone."""
    erased: int
    """How many records were erased in the file since the backup was made, and so again in what was brought back."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Status:
    """How large a file is, and what in it takes the room. Sizes are in bytes."""
    bytes: int
    """The size of the file."""
    wal_bytes: int
    """The size of the write-ahead log beside it (`-wal`), 0 where there is none."""
    change_sets: int
    """How many change sets there are."""
    entries: int
    """How many entries the log has: those of the feed."""
    entities: list[EntityStatus]
    """What there is of each entity, in the order of their names."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class EntityStatus:
    """What there is of an entity in a file. Sizes are in bytes, in whole pages."""
    entity: str
    """The entity."""
    records: int
    """How many records there are."""
    versions: int
    """How many former versions of records there are, removed ones included."""
    bytes: int
    """The size of the records with their indexes."""
    past_bytes: int
    """The size of the former versions with their indexes."""
    past_since: datetime | None
    """The moment from which on its past is there, when `prune` took away what was before; else all of it is there."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class CommitEvent:
    """A change set that was committed, as a listener is told of it."""
    change_set: int
    """The change set."""
    at: datetime
    """The moment it carries."""
    actor: int | None
    """Who made it, or `None` for the system."""
    cause: ChangeCause
    """What brought it about."""
    label: str | None
    """What it is called."""
    undoes: int | None
    """The change set it took back, when it is an undo."""
    since: int
    """The position in the feed before its first entry: its entries are `changes(since, entries)`."""
    entries: int
    """How many entries it has in the feed."""
    head: str
    """The hash at the end of the log's chain after it, as `verify` gives it. Signed and kept elsewhere, it shows later that nothing before it was altered."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class NextStage:
    """A stage that a record may be moved to next, and what is missing for that."""
    stage_id: int
    """The stage."""
    name: str
    """Its name."""
    kind: StageKind
    """What being in it means."""
    open: bool
    """Nothing is missing, as far as the reader may see."""
    missing: list[str]
    """The fields that must be filled first."""
    unseen: bool
    """The stage also asks for a field that the reader may not see; whether it is filled is not told."""
    roles: list[str]
    """The roles that may make the move, where the reader has none of them and may see which they are."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class CallerCard:
    """What to know about a caller; what the reader may not see is left out."""
    number: str
    """The number in one spelling for all, E.164 where it is valid."""
    exact: bool
    """Whether the whole number was found, and not just its last nine digits."""
    people: list[Person]
    """The people whose number it is."""
    organizations: list[Organization]
    """The organizations whose number it is, and those that the people work for at present."""
    deals: list[Deal]
    """Their open deals, the newest first; at most 50."""
    activities: list[Activity]
    """The last five activities with them, the newest first."""
    unwanted: list[Unwanted]
    """Why they are unwanted, where that holds today."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Dossier:
    """What there is to know about an organization, split by aspect; what the reader may not see is left out."""
    organization: Organization
    """The organization."""
    parent: Organization | None
    """Its parent company."""
    subsidiaries: list[Organization]
    """The companies whose parent it is, by name; at most 100."""
    contact_points: list[ContactPoint]
    """How it is reached, primary ones first."""
    addresses: list[Address]
    """Where it is, the primary address first."""
    bank_accounts: list[BankAccount]
    """Its bank accounts, the primary one first."""
    people: list[DossierPerson]
    """Who works there, those who still do first; at most 100."""
    deals: list[Deal]
    """Its deals, open ones first, then the newest; at most 50."""
    activities: list[Activity]
    """The latest activities, planned ones included, by when they begin; at most 50."""
    overdue: list[Activity]
    """Planned activities that should have been done, the longest overdue first; at most 50."""
    upcoming: list[Activity]
    """Planned activities to come, the next one first; at most 50."""
    notes: list[Note]
    """Notes on it, the newest first; at most 50."""
    unwanted: list[Unwanted]
    """Why it is unwanted, where that holds today."""
    lists: list[List]
    """The lists it is in by hand, by name."""
    more: list[LifeEntry]
    """The latest of what further areas know of it, the newest first, at most 50 of each entity."""
    sums: DossierSums
    """What its deals add up to."""
    history: list[Change]
    """The last changes of the organization itself, the newest first; at most 20."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class DossierPerson:
    """Somebody who works for the organization of a dossier."""
    person: Person
    """Who."""
    affiliation: Affiliation
    """As what and since when."""
    contact_points: list[ContactPoint]
    """How the person is reached, primary ones first."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class DossierSums:
    """What all the deals of an organization add up to, in minor units of the base currency."""
    currency: str
    """The base currency."""
    open_deals: int
    """Open deals."""
    open_value: int | None
    """Their value at today's rates; `None` when a rate is missing or the sum is too large."""
    won_deals: int
    """Deals won."""
    won_amount: int | None
    """What they brought, at the rates of the days they were closed; `None` when the sum is too large."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class LifeEntry:
    """Something that happened with an organization."""
    at: datetime
    """When."""
    kind: str
    """What: the kind of an activity, `deal`, `stage`, `note`, and so on."""
    entity: str
    """The entity of the record it is about."""
    record_id: int
    """The record."""
    title: str | None
    """What the record is called."""
    detail: str | None
    """More about it."""
    user_id: int | None
    """Who was responsible."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row could not be taken; free of the row's values."""
    line: int
    """The line of the file on which the row begins, counted from 1 as editors do; the row of a frame, counted from 0."""
    column: str
    """The header of the column concerned, or the field, or empty."""
    code: str
    """The `code` of the error."""
    reason: str
    """Why, ready to show."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Suspect:
    """A word that its dictionary does not hold: a new one, or a mistake."""
    field: str
    """The field."""
    value: str
    """The word in the file."""
    count: int
    """How many rows have it."""
    line: int
    """The line of the first of them."""
    nearest: str | None
    """The word of the dictionary that may be meant."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""
    change_set: int | None
    """The change set, to be undone with `Crm::undo`; `None` when nothing changed."""
    rows: int
    """Rows of the file without the header: the sum of the next four."""
    added: int
    """Records added."""
    updated: int
    """Records changed."""
    unchanged: int
    """Rows that say what the record already says."""
    failed: int
    """Rows that could not be taken."""
    errors: list[RowError]
    """Why rows failed, in the order of the file, at most as many as asked for."""
    suspects: list[Suspect]
    """Values of pick-list fields that the dictionary does not hold, the most frequent first; at most 1,000."""
    warnings: list[str]
    """What was allowed but deserves a look."""
    encoding: str
    """The encoding the file was read in; empty for a frame."""
    delimiter: str
    """The delimiter it was read with; empty for a frame."""
    mapping: list[tuple[str, str]]
    """Column and field, as used."""
    unmapped: list[str]
    """Columns that were left out."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class CsvPreview:
    """How an import would read a file."""
    encoding: str
    """The encoding given or found."""
    delimiter: str
    """The delimiter given or found."""
    columns: list[str]
    """The headers."""
    mapping: list[tuple[str, str]]
    """Column and field, as they would be used."""
    unmapped: list[str]
    """Columns that would be left out."""
    missing: list[str]
    """Required fields that neither a column nor a default fills."""
    rows: list[list[str]]
    """The first 20 rows."""
    errors: list[RowError]
    """Rows among these that cannot be read; a cell that cannot be decoded is shown empty."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found."""
    hits: list[Hit]
    """The hits of this page, the best (or newest) first."""
    next: str | None
    """Give this to `after` for the next page; empty on the last one. Pages follow each other exactly while nothing is written."""
    facets: Facets | None
    """How many there are, when asked for."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a search found."""
    kind: str
    """The entity, such as `organization`."""
    id: int
    """The record."""
    title: str
    """What names it; of a note, its first line."""
    snippet: str
    """The part of its texts that answers the query best; empty when only the title does and there is nothing else."""
    highlights: list[Highlight]
    """Where the snippet answers the query."""
    html: str
    """The snippet as HTML: escaped, with `<mark>` around what answers the query."""
    score: float
    """How well it answers; only to be compared with others of the same search. 0 when ordered by time."""
    time: datetime
    """When it took place or is planned for, of an activity; else when it was added."""
    complete: bool
    """Whether it holds every word that was asked for; otherwise some."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of a snippet that answers the query."""
    start: int
    """Its first character, counted in Unicode code points from 0."""
    end: int
    """The character after its last one."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Facets:
    """How many hits a search has in all, and among what: those that hold every word, or, where none does, some."""
    total: int
    """All hits."""
    kinds: list[FacetCount]
    """By entity."""
    owners: list[FacetCount]
    """By owner, of records that have one; the first 1,000."""
    stages: list[FacetCount]
    """By stage, of deals; the first 1,000."""
    months: list[FacetCount]
    """By month of their time in the reader's time zone, the newest first."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many hits share something."""
    value: str
    """What they share: an entity, the name of an owner or a stage, a month such as `2026-01`."""
    id: int | None
    """The owner's or stage's id."""
    count: int
    """How many."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name for type-ahead."""
    kind: str
    """`organization` or `person`."""
    id: int
    """The record."""
    title: str
    """Its name."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a record is a hit of a search."""
    found_by: FoundBy
    """What made it a hit; hits are ordered by this first."""
    score: float
    """Its score among hits found in the same way: how rare its words are, how often they stand there, how long its texts
    are (BM25), and whether they stand there as they were typed. Words of a name count six times."""
    words: list[FoundWord]
    """The words of the query that the record answers."""
    missing: list[str]
    """The words of the query that it does not answer, folded."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of a query, and a word of the record that answers it."""
    word: str
    """The word of the query, folded."""
    found: str
    """The word in the record, as it is written there."""
    how: MatchKind
    """How it answers."""
    field: str
    """The field it stands in."""
    count: int
    """How often it stands there."""
    def _repr_html_(self) -> str: ...

@dataclass(frozen=True, slots=True)
class SearchStatus:
    """How far the search index is."""
    documents: int
    """Records that can be found."""
    segments: int
    """Segments on disk; searching takes longer the more there are."""
    pending: int
    """Change sets that are not in the index on disk yet. A search takes them in by itself."""
    bytes: int
    """Bytes on disk."""
    kept: bool
    """Whether the index lies beside the file. Otherwise it goes with the handle: the file is in memory, or only to be read."""
    def _repr_html_(self) -> str: ...

@final
class User:
    """Somebody who works with the CRM: owns customers and deals, holds activities."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Full name."""
    @property
    def email(self) -> str | None:
        """E-mail address, unique."""
    @property
    def team_id(self) -> int | None:
        """The user's team, which decides what `team` rights reach and where reports count."""
    @property
    def manager_id(self) -> int | None:
        """The user's manager."""
    @property
    def time_zone(self) -> str | None:
        """IANA time zone, such as `Europe/Warsaw`; UTC when empty. It decides what "today" is."""
    @property
    def active(self) -> bool | None:
        """Former users stay as owners of what they did; they can no longer act."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _UserEntities(Entities[User]):
    def add(self, *, name: str, email: str | None = ..., team_id: int | None = ..., manager_id: int | None = ..., time_zone: str | None = ..., active: bool | None = ..., **custom: Any) -> User: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., email: str | None = ..., team_id: int | None = ..., manager_id: int | None = ..., time_zone: str | None = ..., active: bool | None = ..., **custom: Any) -> User: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., email: str | None = ..., team_id: int | None = ..., manager_id: int | None = ..., time_zone: str | None = ..., active: bool | None = ..., **custom: Any) -> User: ...

@final
class Team:
    """A team, department or regional office."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def parent_id(self) -> int | None:
        """The team this one is below."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _TeamEntities(Entities[Team]):
    def add(self, *, name: str, parent_id: int | None = ..., **custom: Any) -> Team: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., parent_id: int | None = ..., **custom: Any) -> Team: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., parent_id: int | None = ..., **custom: Any) -> Team: ...

@final
class Line:
    """A line of business, which rights can be limited to."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _LineEntities(Entities[Line]):
    def add(self, *, name: str, **custom: Any) -> Line: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., **custom: Any) -> Line: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., **custom: Any) -> Line: ...

@final
class Role:
    """A role, a bundle of rights. A user may have several: the widest right counts."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def admin(self) -> bool | None:
        """May see and change everything, rights included."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _RoleEntities(Entities[Role]):
    def add(self, *, name: str, admin: bool | None = ..., **custom: Any) -> Role: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., admin: bool | None = ..., **custom: Any) -> Role: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., admin: bool | None = ..., **custom: Any) -> Role: ...

@final
class Permission:
    """What a role may read and write of one entity."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def role_id(self) -> int:
        """The role."""
    @property
    def entity(self) -> str:
        """The entity, or `*` for all that are not named."""
    @property
    def reading(self) -> Level:
        """Which records may be seen."""
    @property
    def writing(self) -> Level:
        """Which records may be added, changed and removed."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _PermissionEntities(Entities[Permission]):
    def add(self, *, role_id: int, entity: str, reading: Level | str = ..., writing: Level | str = ..., **custom: Any) -> Permission: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, role_id: int = ..., entity: str = ..., reading: Level | str = ..., writing: Level | str = ..., **custom: Any) -> Permission: ...
    def upsert(self, system: str, key: str, /, *, role_id: int = ..., entity: str = ..., reading: Level | str = ..., writing: Level | str = ..., **custom: Any) -> Permission: ...

@final
class HiddenField:
    """A field that a role does not see. A field is hidden when every role of the user hides it."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def role_id(self) -> int:
        """The role."""
    @property
    def entity(self) -> str:
        """The entity."""
    @property
    def field(self) -> str:
        """The field's name; it must be one that can be empty."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _HiddenFieldEntities(Entities[HiddenField]):
    def add(self, *, role_id: int, entity: str, field: str, **custom: Any) -> HiddenField: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, role_id: int = ..., entity: str = ..., field: str = ..., **custom: Any) -> HiddenField: ...
    def upsert(self, system: str, key: str, /, *, role_id: int = ..., entity: str = ..., field: str = ..., **custom: Any) -> HiddenField: ...

@final
class UserRole:
    """A role that a user has."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def user_id(self) -> int:
        """The user."""
    @property
    def role_id(self) -> int:
        """The role."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _UserRoleEntities(Entities[UserRole]):
    def add(self, *, user_id: int, role_id: int, **custom: Any) -> UserRole: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, user_id: int = ..., role_id: int = ..., **custom: Any) -> UserRole: ...
    def upsert(self, system: str, key: str, /, *, user_id: int = ..., role_id: int = ..., **custom: Any) -> UserRole: ...

@final
class UserLine:
    """A line of business that a user works for."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def user_id(self) -> int:
        """The user."""
    @property
    def line_id(self) -> int:
        """The line."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _UserLineEntities(Entities[UserLine]):
    def add(self, *, user_id: int, line_id: int, **custom: Any) -> UserLine: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, user_id: int = ..., line_id: int = ..., **custom: Any) -> UserLine: ...
    def upsert(self, system: str, key: str, /, *, user_id: int = ..., line_id: int = ..., **custom: Any) -> UserLine: ...

@final
class Setting:
    """A setting of the file: `base_currency` (EUR when not set), `phone_region` (ISO 3166, for numbers written without a
    country), and what other areas declare."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def value(self) -> str:
        """Value."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _SettingEntities(Entities[Setting]):
    def add(self, *, name: str, value: str, **custom: Any) -> Setting: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., value: str = ..., **custom: Any) -> Setting: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., value: str = ..., **custom: Any) -> Setting: ...

@final
class Dictionary:
    """A pick-list. An open one suggests; a closed one refuses words it does not hold."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique, such as `industry`."""
    @property
    def description(self) -> str | None:
        """What it is for."""
    @property
    def closed(self) -> bool | None:
        """Refuses words it does not hold."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _DictionaryEntities(Entities[Dictionary]):
    def add(self, *, name: str, description: str | None = ..., closed: bool | None = ..., **custom: Any) -> Dictionary: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., description: str | None = ..., closed: bool | None = ..., **custom: Any) -> Dictionary: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., description: str | None = ..., closed: bool | None = ..., **custom: Any) -> Dictionary: ...

@final
class DictionaryItem:
    """One word of a dictionary."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def dictionary_id(self) -> int:
        """The dictionary."""
    @property
    def name(self) -> str:
        """The word as it is shown and given; unique within the dictionary. Renaming it writes this one record: all that have the word show the new
        one, and the former ones go on being understood."""
    @property
    def position(self) -> int | None:
        """Place in the order shown."""
    @property
    def meaning(self) -> Meaning | None:
        """What it means, so that rules need not know the word."""
    @property
    def key(self) -> str | None:
        """The word that records hold, where it was renamed: the first it had."""
    @property
    def former(self) -> str | None:
        """Further words that it had once, with `;` between them."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _DictionaryItemEntities(Entities[DictionaryItem]):
    def add(self, *, dictionary_id: int, name: str, position: int | None = ..., meaning: Meaning | str | None = ..., **custom: Any) -> DictionaryItem: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, dictionary_id: int = ..., name: str = ..., position: int | None = ..., meaning: Meaning | str | None = ..., **custom: Any) -> DictionaryItem: ...
    def upsert(self, system: str, key: str, /, *, dictionary_id: int = ..., name: str = ..., position: int | None = ..., meaning: Meaning | str | None = ..., **custom: Any) -> DictionaryItem: ...

@final
class CustomField:
    """A user-defined field of an entity: a column like any other in filters, lists, imports and SQL. With an
    expression it is computed when read: a formula over the record's fields (`major(value, value_currency) * 0.19`),
    or a roll-up over records that refer to it (`(select count(*) from deal where organization_id = organization.id)`)."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity it belongs to; it stays."""
    @property
    def name(self) -> str:
        """Its name: lower-case letters, digits and underscores; unique within the entity."""
    @property
    def description(self) -> str | None:
        """What it means."""
    @property
    def kind(self) -> CustomKind:
        """Its type; it stays."""
    @property
    def of(self) -> str | None:
        """The dictionary of a pick-list, or the entity of a reference."""
    @property
    def max_length(self) -> int | None:
        """The longest text (500 when left out), in characters."""
    @property
    def indexed(self) -> bool | None:
        """Keeps an index, for fields that are often filtered by."""
    @property
    def expression(self) -> str | None:
        """The expression of a computed field."""
    @property
    def personal(self) -> bool | None:
        """Erasure empties it; when left out, as it does texts."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _CustomFieldEntities(Entities[CustomField]):
    def add(self, *, entity: str, name: str, description: str | None = ..., kind: CustomKind | str, of: str | None = ..., max_length: int | None = ..., indexed: bool | None = ..., expression: str | None = ..., personal: bool | None = ..., **custom: Any) -> CustomField: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., name: str = ..., description: str | None = ..., kind: CustomKind | str = ..., of: str | None = ..., max_length: int | None = ..., indexed: bool | None = ..., expression: str | None = ..., personal: bool | None = ..., **custom: Any) -> CustomField: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., name: str = ..., description: str | None = ..., kind: CustomKind | str = ..., of: str | None = ..., max_length: int | None = ..., indexed: bool | None = ..., expression: str | None = ..., personal: bool | None = ..., **custom: Any) -> CustomField: ...

@final
class ExternalRef:
    """The key of a record in another system. A system's key names one record of an entity."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity of the record."""
    @property
    def record_id(self) -> int:
        """The record."""
    @property
    def system(self) -> str:
        """The other system, such as `sap`."""
    @property
    def key(self) -> str:
        """The key there."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ExternalRefEntities(Entities[ExternalRef]):
    def add(self, *, entity: str, record_id: int, system: str, key: str, **custom: Any) -> ExternalRef: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., record_id: int = ..., system: str = ..., key: str = ..., **custom: Any) -> ExternalRef: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., record_id: int = ..., **custom: Any) -> ExternalRef: ...

@final
class Alias:
    """Another spelling or name of a record, by which imports find it."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity of the record."""
    @property
    def record_id(self) -> int:
        """The record."""
    @property
    def name(self) -> str:
        """The other name; compared without regard to case and spaces."""
    @property
    def folded(self) -> str | None:
        """The name folded for comparison."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _AliasEntities(Entities[Alias]):
    def add(self, *, entity: str, record_id: int, name: str, **custom: Any) -> Alias: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., record_id: int = ..., name: str = ..., **custom: Any) -> Alias: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., record_id: int = ..., name: str = ..., **custom: Any) -> Alias: ...

@final
class Note:
    """A free note on any record."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity of the record it is on."""
    @property
    def record_id(self) -> int:
        """The record it is on."""
    @property
    def text(self) -> str:
        """The text."""
    @property
    def author_id(self) -> int | None:
        """Who wrote it; the acting user when left out."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _NoteEntities(Entities[Note]):
    def add(self, *, entity: str, record_id: int, text: str, author_id: int | None = ..., **custom: Any) -> Note: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., record_id: int = ..., text: str = ..., author_id: int | None = ..., **custom: Any) -> Note: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., record_id: int = ..., text: str = ..., author_id: int | None = ..., **custom: Any) -> Note: ...

@final
class ExchangeRate:
    """What one unit of a currency is worth in the base currency from a day on."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def currency(self) -> str:
        """The foreign currency."""
    @property
    def day(self) -> date:
        """The first day it holds."""
    @property
    def rate(self) -> Decimal:
        """Units of the base currency for one unit of the foreign one, greater than zero."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ExchangeRateEntities(Entities[ExchangeRate]):
    def add(self, *, currency: str, day: date | str, rate: Decimal | int | str, **custom: Any) -> ExchangeRate: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, currency: str = ..., day: date | str = ..., rate: Decimal | int | str = ..., **custom: Any) -> ExchangeRate: ...
    def upsert(self, system: str, key: str, /, *, currency: str = ..., day: date | str = ..., rate: Decimal | int | str = ..., **custom: Any) -> ExchangeRate: ...

@final
class NumberSeries:
    """What the running numbers of an entity look like in this file, of all its records or of those of a kind. The numbers themselves are
    given by the library, one after another, each once: the number of a record that was removed or undone is not given again."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity, such as `invoice`."""
    @property
    def kind(self) -> str | None:
        """The kind of record it is for (what its `kind` holds); all without a series of their own when left out."""
    @property
    def pattern(self) -> str:
        """`{number}` with text around it, such as `R-{year}-{number:5}`: filled with zeros to five digits, and beginning with 1 each year. `{month}`
        beside `{year}` begins each month."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _NumberSeriesEntities(Entities[NumberSeries]):
    def add(self, *, entity: str, kind: str | None = ..., pattern: str, **custom: Any) -> NumberSeries: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., kind: str | None = ..., pattern: str = ..., **custom: Any) -> NumberSeries: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., kind: str | None = ..., pattern: str = ..., **custom: Any) -> NumberSeries: ...

@final
class Retention:
    """How long the former versions of an entity's records are kept: `prune` without a moment takes away those that ended longer ago. By itself
    nothing goes."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity, such as `activity`. It has one retention at most."""
    @property
    def days(self) -> int:
        """How many days a version is kept after it ended, of 24 hours each."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _RetentionEntities(Entities[Retention]):
    def add(self, *, entity: str, days: int, **custom: Any) -> Retention: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., days: int = ..., **custom: Any) -> Retention: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., days: int = ..., **custom: Any) -> Retention: ...

@final
class Process:
    """A way that deals, customers or other records go, with stages of its own; several stand side by side."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def description(self) -> str | None:
        """What it is for."""
    @property
    def active(self) -> bool | None:
        """Takes new records; yes when left out."""
    @property
    def entity(self) -> str:
        """What goes through it: `deal` when left out, or another entity whose records have a process and a stage, such as `organization`. It stays once
        a record went through the process."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ProcessEntities(Entities[Process]):
    def add(self, *, name: str, description: str | None = ..., active: bool | None = ..., entity: str = ..., **custom: Any) -> Process: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., description: str | None = ..., active: bool | None = ..., entity: str = ..., **custom: Any) -> Process: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., description: str | None = ..., active: bool | None = ..., entity: str = ..., **custom: Any) -> Process: ...

@final
class Stage:
    """A stage of a process."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def process_id(self) -> int:
        """The process."""
    @property
    def name(self) -> str:
        """Name, unique within the process."""
    @property
    def position(self) -> int | None:
        """Place in the process; the next free one when left out."""
    @property
    def kind(self) -> StageKind:
        """What being in it means. It stays once a record was in the stage."""
    @property
    def probability(self) -> int | None:
        """How likely records in it end well, in per cent."""
    @property
    def norm_days(self) -> int | None:
        """How many days a record should be in it at most."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _StageEntities(Entities[Stage]):
    def add(self, *, process_id: int, name: str, position: int | None = ..., kind: StageKind | str = ..., probability: int | None = ..., norm_days: int | None = ..., **custom: Any) -> Stage: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, process_id: int = ..., name: str = ..., position: int | None = ..., kind: StageKind | str = ..., probability: int | None = ..., norm_days: int | None = ..., **custom: Any) -> Stage: ...
    def upsert(self, system: str, key: str, /, *, process_id: int = ..., name: str = ..., position: int | None = ..., kind: StageKind | str = ..., probability: int | None = ..., norm_days: int | None = ..., **custom: Any) -> Stage: ...

@final
class StageMove:
    """That a record was in a stage, from when to when. Written by the library alone. The stays of a record never overlap: one that was closed on an earlier
    day, as its `closed_on` says, left on that day whatever stage it was in, and stages that it came into afterwards count as entered and left then."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity, such as `deal`."""
    @property
    def record_id(self) -> int:
        """The record."""
    @property
    def stage_id(self) -> int:
        """The stage."""
    @property
    def entered_at(self) -> datetime:
        """When it came into the stage."""
    @property
    def left_at(self) -> datetime | None:
        """When it left the stage; empty while it is in it."""
    @property
    def moved_by_id(self) -> int | None:
        """Who moved it there."""
    @property
    def reason(self) -> str | None:
        """Why it was lost, where the stage means that."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _StageMoveEntities(Entities[StageMove]):
    def add(self, *, entity: str, record_id: int, stage_id: int, entered_at: datetime | date | str, left_at: datetime | date | str | None = ..., moved_by_id: int | None = ..., reason: str | None = ..., **custom: Any) -> StageMove: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., record_id: int = ..., stage_id: int = ..., entered_at: datetime | date | str = ..., left_at: datetime | date | str | None = ..., moved_by_id: int | None = ..., reason: str | None = ..., **custom: Any) -> StageMove: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., record_id: int = ..., stage_id: int = ..., entered_at: datetime | date | str = ..., left_at: datetime | date | str | None = ..., moved_by_id: int | None = ..., reason: str | None = ..., **custom: Any) -> StageMove: ...

@final
class StagePlan:
    """By when a record is to have come into a stage of its process."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def entity(self) -> str:
        """The entity, such as `organization`."""
    @property
    def record_id(self) -> int:
        """The record."""
    @property
    def stage_id(self) -> int:
        """The stage; one date for each."""
    @property
    def planned_on(self) -> date:
        """By when."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _StagePlanEntities(Entities[StagePlan]):
    def add(self, *, entity: str, record_id: int, stage_id: int, planned_on: date | str, **custom: Any) -> StagePlan: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, entity: str = ..., record_id: int = ..., stage_id: int = ..., planned_on: date | str = ..., **custom: Any) -> StagePlan: ...
    def upsert(self, system: str, key: str, /, *, entity: str = ..., record_id: int = ..., stage_id: int = ..., planned_on: date | str = ..., **custom: Any) -> StagePlan: ...

@final
class StageTransition:
    """That records may move from one stage of a process to another. Where a process has any of these, its records move as they say and in no
    other way; where it has none, they move freely. Records may always begin in the first open stage."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def from_stage_id(self) -> int | None:
        """From which stage; from any when left out, for new records, too."""
    @property
    def to_stage_id(self) -> int:
        """To which stage of the same process."""
    @property
    def role_id(self) -> int | None:
        """The role that may make the move; whoever may change the record when left out. Several roles are several transitions."""
    @property
    def description(self) -> str | None:
        """What it is for."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _StageTransitionEntities(Entities[StageTransition]):
    def add(self, *, from_stage_id: int | None = ..., to_stage_id: int, role_id: int | None = ..., description: str | None = ..., **custom: Any) -> StageTransition: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, from_stage_id: int | None = ..., to_stage_id: int = ..., role_id: int | None = ..., description: str | None = ..., **custom: Any) -> StageTransition: ...
    def upsert(self, system: str, key: str, /, *, from_stage_id: int | None = ..., to_stage_id: int = ..., role_id: int | None = ..., description: str | None = ..., **custom: Any) -> StageTransition: ...

@final
class RequiredField:
    """A field that must be filled in a record that comes into a stage, whatever way it comes."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def stage_id(self) -> int:
        """The stage."""
    @property
    def field(self) -> str:
        """The field's name, one of the records that go through the process; unique within the stage."""
    @property
    def custom_field_id(self) -> int | None:
        """The field, where users defined it: as long as it is asked for, it cannot be removed."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _RequiredFieldEntities(Entities[RequiredField]):
    def add(self, *, stage_id: int, field: str, **custom: Any) -> RequiredField: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, stage_id: int = ..., field: str = ..., **custom: Any) -> RequiredField: ...
    def upsert(self, system: str, key: str, /, *, stage_id: int = ..., field: str = ..., **custom: Any) -> RequiredField: ...

@final
class Organization:
    """A company, authority or other body one does business with, or might."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name as it is used."""
    @property
    def legal_name(self) -> str | None:
        """Full legal name."""
    @property
    def kind(self) -> str | None:
        """Kind of customer: prospect, customer, supplier, partner, ..."""
    @property
    def industry(self) -> str | None:
        """Industry."""
    @property
    def category(self) -> str | None:
        """Category, in whatever sense the company uses, such as A, B, C."""
    @property
    def employees(self) -> int | None:
        """Number of employees."""
    @property
    def annual_revenue(self) -> Money | None:
        """Revenue per year."""
    @property
    def founded(self) -> int | None:
        """Year of foundation."""
    @property
    def parent_id(self) -> int | None:
        """The parent company."""
    @property
    def owner_id(self) -> int | None:
        """The responsible user; the acting one when left out."""
    @property
    def line_id(self) -> int | None:
        """The line of business it is looked after by."""
    @property
    def source(self) -> str | None:
        """Where the customer came from."""
    @property
    def country(self) -> str | None:
        """Country of its seat, ISO 3166 alpha-2 or a name."""
    @property
    def tax_number(self) -> str | None:
        """Tax number, such as a VAT id."""
    @property
    def registration_number(self) -> str | None:
        """Number in the commercial register."""
    @property
    def payment_days(self) -> int | None:
        """Days until an invoice is due."""
    @property
    def payment_terms(self) -> str | None:
        """Payment terms in words."""
    @property
    def credit_limit(self) -> Money | None:
        """The most it may owe."""
    @property
    def delivery_terms(self) -> str | None:
        """Delivery terms, such as an Incoterm."""
    @property
    def minimum_order(self) -> Money | None:
        """The least amount that is delivered."""
    @property
    def logistic_limits(self) -> str | None:
        """Limits of logistics in words: ramp, vehicle, times."""
    @property
    def description(self) -> str | None:
        """Anything else."""
    @property
    def process_id(self) -> int | None:
        """The process that the customer as a whole goes through; that of the stage when left out. Emptying it takes the customer out of the process and
        its stage."""
    @property
    def stage_id(self) -> int | None:
        """The stage it is in; the first open one of the process when left out."""
    @property
    def lost_reason(self) -> str | None:
        """Why it was lost as a customer; asked for when it is moved to a lost stage."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _OrganizationEntities(Entities[Organization]):
    def add(self, *, name: str, legal_name: str | None = ..., kind: str | None = ..., industry: str | None = ..., category: str | None = ..., employees: int | None = ..., annual_revenue: Money | str | None = ..., founded: int | None = ..., parent_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., country: str | None = ..., tax_number: str | None = ..., registration_number: str | None = ..., payment_days: int | None = ..., payment_terms: str | None = ..., credit_limit: Money | str | None = ..., delivery_terms: str | None = ..., minimum_order: Money | str | None = ..., logistic_limits: str | None = ..., description: str | None = ..., process_id: int | None = ..., stage_id: int | None = ..., lost_reason: str | None = ..., **custom: Any) -> Organization: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., legal_name: str | None = ..., kind: str | None = ..., industry: str | None = ..., category: str | None = ..., employees: int | None = ..., annual_revenue: Money | str | None = ..., founded: int | None = ..., parent_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., country: str | None = ..., tax_number: str | None = ..., registration_number: str | None = ..., payment_days: int | None = ..., payment_terms: str | None = ..., credit_limit: Money | str | None = ..., delivery_terms: str | None = ..., minimum_order: Money | str | None = ..., logistic_limits: str | None = ..., description: str | None = ..., process_id: int | None = ..., stage_id: int | None = ..., lost_reason: str | None = ..., **custom: Any) -> Organization: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., legal_name: str | None = ..., kind: str | None = ..., industry: str | None = ..., category: str | None = ..., employees: int | None = ..., annual_revenue: Money | str | None = ..., founded: int | None = ..., parent_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., country: str | None = ..., tax_number: str | None = ..., registration_number: str | None = ..., payment_days: int | None = ..., payment_terms: str | None = ..., credit_limit: Money | str | None = ..., delivery_terms: str | None = ..., minimum_order: Money | str | None = ..., logistic_limits: str | None = ..., description: str | None = ..., process_id: int | None = ..., stage_id: int | None = ..., lost_reason: str | None = ..., **custom: Any) -> Organization: ...

@final
class Person:
    """A person one deals with. Where and as what the person works is said by affiliations."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Full name as it is shown; put together from the parts when left out."""
    @property
    def first_name(self) -> str | None:
        """Given name."""
    @property
    def last_name(self) -> str | None:
        """Family name."""
    @property
    def title(self) -> str | None:
        """Form of address or academic title."""
    @property
    def birthday(self) -> date | None:
        """Day of birth."""
    @property
    def language(self) -> str | None:
        """Preferred language, such as `pl`."""
    @property
    def owner_id(self) -> int | None:
        """The responsible user; the acting one when left out."""
    @property
    def line_id(self) -> int | None:
        """The line of business the person is looked after by."""
    @property
    def source(self) -> str | None:
        """Where the contact came from."""
    @property
    def description(self) -> str | None:
        """Anything else."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _PersonEntities(Entities[Person]):
    def add(self, *, name: str = ..., first_name: str | None = ..., last_name: str | None = ..., title: str | None = ..., birthday: date | str | None = ..., language: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., description: str | None = ..., **custom: Any) -> Person: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., first_name: str | None = ..., last_name: str | None = ..., title: str | None = ..., birthday: date | str | None = ..., language: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., description: str | None = ..., **custom: Any) -> Person: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., first_name: str | None = ..., last_name: str | None = ..., title: str | None = ..., birthday: date | str | None = ..., language: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., source: str | None = ..., description: str | None = ..., **custom: Any) -> Person: ...

@final
class Affiliation:
    """That a person works for an organization, as what and when."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def person_id(self) -> int:
        """Who."""
    @property
    def organization_id(self) -> int:
        """Where."""
    @property
    def role(self) -> str | None:
        """As what, such as `Purchasing manager`."""
    @property
    def department(self) -> str | None:
        """Department."""
    @property
    def since(self) -> date | None:
        """First day."""
    @property
    def until(self) -> date | None:
        """Last day."""
    @property
    def active(self) -> bool | None:
        """Whether it still holds; yes when left out."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _AffiliationEntities(Entities[Affiliation]):
    def add(self, *, person_id: int, organization_id: int, role: str | None = ..., department: str | None = ..., since: date | str | None = ..., until: date | str | None = ..., active: bool | None = ..., **custom: Any) -> Affiliation: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, person_id: int = ..., organization_id: int = ..., role: str | None = ..., department: str | None = ..., since: date | str | None = ..., until: date | str | None = ..., active: bool | None = ..., **custom: Any) -> Affiliation: ...
    def upsert(self, system: str, key: str, /, *, person_id: int = ..., organization_id: int = ..., role: str | None = ..., department: str | None = ..., since: date | str | None = ..., until: date | str | None = ..., active: bool | None = ..., **custom: Any) -> Affiliation: ...

@final
class ContactPoint:
    """A way to reach an organization or a person."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def organization_id(self) -> int | None:
        """Whose, if an organization's."""
    @property
    def person_id(self) -> int | None:
        """Whose, if a person's."""
    @property
    def kind(self) -> ContactKind:
        """What kind."""
    @property
    def label(self) -> str | None:
        """What it is for, such as `work` or `mobile`."""
    @property
    def value(self) -> str:
        """The number or address as it was written."""
    @property
    def normal(self) -> str | None:
        """The same in one spelling for all: E.164 for numbers, lower case for addresses."""
    @property
    def is_primary(self) -> bool | None:
        """The one to use of its kind when nothing else is said; the first one is."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ContactPointEntities(Entities[ContactPoint]):
    def add(self, *, organization_id: int | None = ..., person_id: int | None = ..., kind: ContactKind | str, label: str | None = ..., value: str, is_primary: bool | None = ..., **custom: Any) -> ContactPoint: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, organization_id: int | None = ..., person_id: int | None = ..., kind: ContactKind | str = ..., label: str | None = ..., value: str = ..., is_primary: bool | None = ..., **custom: Any) -> ContactPoint: ...
    def upsert(self, system: str, key: str, /, *, organization_id: int | None = ..., person_id: int | None = ..., kind: ContactKind | str = ..., label: str | None = ..., value: str = ..., is_primary: bool | None = ..., **custom: Any) -> ContactPoint: ...

@final
class Address:
    """A postal address of an organization or a person."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def organization_id(self) -> int | None:
        """Whose, if an organization's."""
    @property
    def person_id(self) -> int | None:
        """Whose, if a person's."""
    @property
    def label(self) -> str | None:
        """What the address is for, such as `office` or `delivery`."""
    @property
    def street(self) -> str | None:
        """Street and number."""
    @property
    def city(self) -> str | None:
        """Town."""
    @property
    def postal_code(self) -> str | None:
        """Postal code."""
    @property
    def region(self) -> str | None:
        """State, province or region."""
    @property
    def country(self) -> str | None:
        """Country, ISO 3166 alpha-2 or a name."""
    @property
    def is_primary(self) -> bool | None:
        """The one to use when nothing else is said; the first one is."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _AddressEntities(Entities[Address]):
    def add(self, *, organization_id: int | None = ..., person_id: int | None = ..., label: str | None = ..., street: str | None = ..., city: str | None = ..., postal_code: str | None = ..., region: str | None = ..., country: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> Address: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, organization_id: int | None = ..., person_id: int | None = ..., label: str | None = ..., street: str | None = ..., city: str | None = ..., postal_code: str | None = ..., region: str | None = ..., country: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> Address: ...
    def upsert(self, system: str, key: str, /, *, organization_id: int | None = ..., person_id: int | None = ..., label: str | None = ..., street: str | None = ..., city: str | None = ..., postal_code: str | None = ..., region: str | None = ..., country: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> Address: ...

@final
class BankAccount:
    """A bank account of an organization."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def organization_id(self) -> int:
        """Whose."""
    @property
    def bank(self) -> str | None:
        """The bank's name."""
    @property
    def number(self) -> str:
        """IBAN or account number."""
    @property
    def bic(self) -> str | None:
        """BIC of the bank."""
    @property
    def currency(self) -> str | None:
        """Currency of the account."""
    @property
    def is_primary(self) -> bool | None:
        """The one to use when nothing else is said; the first one is."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _BankAccountEntities(Entities[BankAccount]):
    def add(self, *, organization_id: int, bank: str | None = ..., number: str, bic: str | None = ..., currency: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> BankAccount: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, organization_id: int = ..., bank: str | None = ..., number: str = ..., bic: str | None = ..., currency: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> BankAccount: ...
    def upsert(self, system: str, key: str, /, *, organization_id: int = ..., bank: str | None = ..., number: str = ..., bic: str | None = ..., currency: str | None = ..., is_primary: bool | None = ..., **custom: Any) -> BankAccount: ...

@final
class Unwanted:
    """That an organization or person is unwanted: who decided so, when, why, and whether new deals are blocked
    or only warned of."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def organization_id(self) -> int | None:
        """Who, if an organization."""
    @property
    def person_id(self) -> int | None:
        """Who, if a person."""
    @property
    def reason(self) -> str:
        """Why."""
    @property
    def decided_by_id(self) -> int | None:
        """Who decided; the acting user when left out."""
    @property
    def decided_on(self) -> date | None:
        """When; today when left out."""
    @property
    def blocks(self) -> bool | None:
        """New deals are refused; otherwise a warning is given. Yes when left out."""
    @property
    def until(self) -> date | None:
        """Last day it holds; for ever when empty."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _UnwantedEntities(Entities[Unwanted]):
    def add(self, *, organization_id: int | None = ..., person_id: int | None = ..., reason: str, decided_by_id: int | None = ..., decided_on: date | str | None = ..., blocks: bool | None = ..., until: date | str | None = ..., **custom: Any) -> Unwanted: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, organization_id: int | None = ..., person_id: int | None = ..., reason: str = ..., decided_by_id: int | None = ..., decided_on: date | str | None = ..., blocks: bool | None = ..., until: date | str | None = ..., **custom: Any) -> Unwanted: ...
    def upsert(self, system: str, key: str, /, *, organization_id: int | None = ..., person_id: int | None = ..., reason: str = ..., decided_by_id: int | None = ..., decided_on: date | str | None = ..., blocks: bool | None = ..., until: date | str | None = ..., **custom: Any) -> Unwanted: ...

@final
class List:
    """A list of organizations or of people. `in_list('Name')` stands for it in any filter, so lists combine
    with `and`, `or` and `not`."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def entity(self) -> str:
        """`organization` or `person`."""
    @property
    def kind(self) -> ListKind:
        """How it comes by its members."""
    @property
    def filter(self) -> str | None:
        """The filter of a dynamic list."""
    @property
    def owner_id(self) -> int | None:
        """Who keeps it."""
    @property
    def description(self) -> str | None:
        """What it is for."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ListEntities(Entities[List]):
    def add(self, *, name: str, entity: str, kind: ListKind | str = ..., filter: str | None = ..., owner_id: int | None = ..., description: str | None = ..., **custom: Any) -> List: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., entity: str = ..., kind: ListKind | str = ..., filter: str | None = ..., owner_id: int | None = ..., description: str | None = ..., **custom: Any) -> List: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., entity: str = ..., kind: ListKind | str = ..., filter: str | None = ..., owner_id: int | None = ..., description: str | None = ..., **custom: Any) -> List: ...

@final
class ListMember:
    """That a record is in a list by hand, or excluded from it."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def list_id(self) -> int:
        """The list."""
    @property
    def organization_id(self) -> int | None:
        """Who, if an organization."""
    @property
    def person_id(self) -> int | None:
        """Who, if a person."""
    @property
    def excluded(self) -> bool | None:
        """Is kept out, whatever the filter says."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ListMemberEntities(Entities[ListMember]):
    def add(self, *, list_id: int, organization_id: int | None = ..., person_id: int | None = ..., excluded: bool | None = ..., **custom: Any) -> ListMember: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, list_id: int = ..., organization_id: int | None = ..., person_id: int | None = ..., excluded: bool | None = ..., **custom: Any) -> ListMember: ...
    def upsert(self, system: str, key: str, /, *, list_id: int = ..., organization_id: int | None = ..., person_id: int | None = ..., excluded: bool | None = ..., **custom: Any) -> ListMember: ...

@final
class Product:
    """Something that is sold."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name."""
    @property
    def code(self) -> str | None:
        """Article number, unique."""
    @property
    def category(self) -> str | None:
        """Series or category."""
    @property
    def unit(self) -> str | None:
        """Unit it is sold in."""
    @property
    def active(self) -> bool | None:
        """Is still sold; yes when left out."""
    @property
    def description(self) -> str | None:
        """Anything else."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ProductEntities(Entities[Product]):
    def add(self, *, name: str, code: str | None = ..., category: str | None = ..., unit: str | None = ..., active: bool | None = ..., description: str | None = ..., **custom: Any) -> Product: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., code: str | None = ..., category: str | None = ..., unit: str | None = ..., active: bool | None = ..., description: str | None = ..., **custom: Any) -> Product: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., code: str | None = ..., category: str | None = ..., unit: str | None = ..., active: bool | None = ..., description: str | None = ..., **custom: Any) -> Product: ...

@final
class PriceList:
    """A list of prices, valid for a time."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """Name, unique."""
    @property
    def currency(self) -> str:
        """Currency of its prices."""
    @property
    def valid_from(self) -> date | None:
        """First day it holds."""
    @property
    def valid_until(self) -> date | None:
        """Last day it holds."""
    @property
    def is_standard(self) -> bool | None:
        """The one to use when nothing else is said; the first one is."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _PriceListEntities(Entities[PriceList]):
    def add(self, *, name: str, currency: str = ..., valid_from: date | str | None = ..., valid_until: date | str | None = ..., is_standard: bool | None = ..., **custom: Any) -> PriceList: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., currency: str = ..., valid_from: date | str | None = ..., valid_until: date | str | None = ..., is_standard: bool | None = ..., **custom: Any) -> PriceList: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., currency: str = ..., valid_from: date | str | None = ..., valid_until: date | str | None = ..., is_standard: bool | None = ..., **custom: Any) -> PriceList: ...

@final
class Price:
    """The price of a product in a price list."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def price_list_id(self) -> int:
        """The list."""
    @property
    def product_id(self) -> int:
        """The product."""
    @property
    def amount(self) -> Money:
        """The price of one unit, in the list's currency."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _PriceEntities(Entities[Price]):
    def add(self, *, price_list_id: int, product_id: int, amount: Money | str, **custom: Any) -> Price: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, price_list_id: int = ..., product_id: int = ..., amount: Money | str = ..., **custom: Any) -> Price: ...
    def upsert(self, system: str, key: str, /, *, price_list_id: int = ..., product_id: int = ..., amount: Money | str = ..., **custom: Any) -> Price: ...

@final
class Deal:
    """A sale one hopes to make: opportunity, tender, project."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def name(self) -> str:
        """What is being sold."""
    @property
    def organization_id(self) -> int | None:
        """The customer."""
    @property
    def person_id(self) -> int | None:
        """The chief contact."""
    @property
    def process_id(self) -> int:
        """The process; that of the stage when left out, the first active one when that is left out, too."""
    @property
    def stage_id(self) -> int:
        """The stage; the first of the process when left out."""
    @property
    def status(self) -> DealStatus:
        """Open, won or lost, as the stage says."""
    @property
    def kind(self) -> str | None:
        """Type of deal, such as new business or renewal."""
    @property
    def product_id(self) -> int | None:
        """The product of interest."""
    @property
    def value(self) -> Money | None:
        """Expected revenue; once won, the revenue."""
    @property
    def probability(self) -> int | None:
        """How likely it is won, in per cent, where that differs from what the stage says."""
    @property
    def opened_on(self) -> date | None:
        """The day it began; today when left out."""
    @property
    def closes_on(self) -> date | None:
        """The day it is expected to be closed."""
    @property
    def closed_on(self) -> date | None:
        """The day it was won or lost; set when the stage says so."""
    @property
    def source(self) -> str | None:
        """Where it came from."""
    @property
    def lost_reason(self) -> str | None:
        """Why it was lost; asked for when a deal is moved to a lost stage."""
    @property
    def lesson(self) -> str | None:
        """What was learned from it."""
    @property
    def owner_id(self) -> int | None:
        """The responsible user; the acting one when left out."""
    @property
    def line_id(self) -> int | None:
        """The line of business."""
    @property
    def closed_value(self) -> int | None:
        """The value in minor units of the base currency, frozen with the day's rate at closing."""
    @property
    def description(self) -> str | None:
        """Anything else."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _DealEntities(Entities[Deal]):
    def add(self, *, name: str, organization_id: int | None = ..., person_id: int | None = ..., process_id: int = ..., stage_id: int = ..., kind: str | None = ..., product_id: int | None = ..., value: Money | str | None = ..., probability: int | None = ..., opened_on: date | str | None = ..., closes_on: date | str | None = ..., closed_on: date | str | None = ..., source: str | None = ..., lost_reason: str | None = ..., lesson: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., description: str | None = ..., **custom: Any) -> Deal: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, name: str = ..., organization_id: int | None = ..., person_id: int | None = ..., process_id: int = ..., stage_id: int = ..., kind: str | None = ..., product_id: int | None = ..., value: Money | str | None = ..., probability: int | None = ..., opened_on: date | str | None = ..., closes_on: date | str | None = ..., closed_on: date | str | None = ..., source: str | None = ..., lost_reason: str | None = ..., lesson: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., description: str | None = ..., **custom: Any) -> Deal: ...
    def upsert(self, system: str, key: str, /, *, name: str = ..., organization_id: int | None = ..., person_id: int | None = ..., process_id: int = ..., stage_id: int = ..., kind: str | None = ..., product_id: int | None = ..., value: Money | str | None = ..., probability: int | None = ..., opened_on: date | str | None = ..., closes_on: date | str | None = ..., closed_on: date | str | None = ..., source: str | None = ..., lost_reason: str | None = ..., lesson: str | None = ..., owner_id: int | None = ..., line_id: int | None = ..., description: str | None = ..., **custom: Any) -> Deal: ...

@final
class DealContact:
    """A person who matters for a deal, and how."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def deal_id(self) -> int:
        """The deal."""
    @property
    def person_id(self) -> int:
        """Who."""
    @property
    def role(self) -> str | None:
        """Decision maker, influencer, user, ..."""
    @property
    def description(self) -> str | None:
        """Anything else."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _DealContactEntities(Entities[DealContact]):
    def add(self, *, deal_id: int, person_id: int, role: str | None = ..., description: str | None = ..., **custom: Any) -> DealContact: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, deal_id: int = ..., person_id: int = ..., role: str | None = ..., description: str | None = ..., **custom: Any) -> DealContact: ...
    def upsert(self, system: str, key: str, /, *, deal_id: int = ..., person_id: int = ..., role: str | None = ..., description: str | None = ..., **custom: Any) -> DealContact: ...

@final
class Milestone:
    """A key date of a deal."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def deal_id(self) -> int:
        """The deal."""
    @property
    def name(self) -> str:
        """What is to be reached."""
    @property
    def planned_on(self) -> date | None:
        """By when."""
    @property
    def reached_on(self) -> date | None:
        """When it was reached."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _MilestoneEntities(Entities[Milestone]):
    def add(self, *, deal_id: int, name: str, planned_on: date | str | None = ..., reached_on: date | str | None = ..., **custom: Any) -> Milestone: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, deal_id: int = ..., name: str = ..., planned_on: date | str | None = ..., reached_on: date | str | None = ..., **custom: Any) -> Milestone: ...
    def upsert(self, system: str, key: str, /, *, deal_id: int = ..., name: str = ..., planned_on: date | str | None = ..., reached_on: date | str | None = ..., **custom: Any) -> Milestone: ...

@final
class Activity:
    """A contact or task: call, e-mail, meeting, presentation, letter, visit, business trip, brochure, offer, note, web
    visit, and kinds of one's own."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def kind(self) -> str:
        """What kind, an item of the dictionary `activity_kind`."""
    @property
    def subject(self) -> str:
        """What it is about."""
    @property
    def status(self) -> ActivityStatus:
        """Where it stands; planned when left out."""
    @property
    def direction(self) -> Direction | None:
        """Who began it."""
    @property
    def starts_at(self) -> datetime | None:
        """When it begins, or began."""
    @property
    def ends_at(self) -> datetime | None:
        """When it ends, or ended."""
    @property
    def due_at(self) -> datetime | None:
        """By when it must be done; its beginning when left out."""
    @property
    def done_at(self) -> datetime | None:
        """When it was held or given up; set when the status says so."""
    @property
    def organization_id(self) -> int | None:
        """The organization it is with."""
    @property
    def person_id(self) -> int | None:
        """The person it is chiefly with; others take part as participants."""
    @property
    def deal_id(self) -> int | None:
        """The deal it is about."""
    @property
    def previous_id(self) -> int | None:
        """The activity it follows from."""
    @property
    def owner_id(self) -> int | None:
        """The responsible user; the acting one when left out."""
    @property
    def line_id(self) -> int | None:
        """The line of business."""
    @property
    def outcome(self) -> str | None:
        """What came of it, an item of the dictionary `outcome`."""
    @property
    def result(self) -> str | None:
        """The result in words."""
    @property
    def description(self) -> str | None:
        """Text: the note, the agenda, the body of the mail."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ActivityEntities(Entities[Activity]):
    def add(self, *, kind: str, subject: str, status: ActivityStatus | str = ..., direction: Direction | str | None = ..., starts_at: datetime | date | str | None = ..., ends_at: datetime | date | str | None = ..., due_at: datetime | date | str | None = ..., done_at: datetime | date | str | None = ..., organization_id: int | None = ..., person_id: int | None = ..., deal_id: int | None = ..., previous_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., outcome: str | None = ..., result: str | None = ..., description: str | None = ..., **custom: Any) -> Activity: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, kind: str = ..., subject: str = ..., status: ActivityStatus | str = ..., direction: Direction | str | None = ..., starts_at: datetime | date | str | None = ..., ends_at: datetime | date | str | None = ..., due_at: datetime | date | str | None = ..., done_at: datetime | date | str | None = ..., organization_id: int | None = ..., person_id: int | None = ..., deal_id: int | None = ..., previous_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., outcome: str | None = ..., result: str | None = ..., description: str | None = ..., **custom: Any) -> Activity: ...
    def upsert(self, system: str, key: str, /, *, kind: str = ..., subject: str = ..., status: ActivityStatus | str = ..., direction: Direction | str | None = ..., starts_at: datetime | date | str | None = ..., ends_at: datetime | date | str | None = ..., due_at: datetime | date | str | None = ..., done_at: datetime | date | str | None = ..., organization_id: int | None = ..., person_id: int | None = ..., deal_id: int | None = ..., previous_id: int | None = ..., owner_id: int | None = ..., line_id: int | None = ..., outcome: str | None = ..., result: str | None = ..., description: str | None = ..., **custom: Any) -> Activity: ...

@final
class Participant:
    """That somebody takes part in an activity: a person from outside or a user."""
    @property
    def id(self) -> int:
        """Identity, given once and never reused."""
    @property
    def revision(self) -> int:
        """The change set that last touched the record; give it to `update` to be told of conflicts."""
    @property
    def created_at(self) -> datetime:
        """When the record was added."""
    @property
    def updated_at(self) -> datetime:
        """When the record was last changed."""
    @property
    def activity_id(self) -> int:
        """The activity."""
    @property
    def person_id(self) -> int | None:
        """Who, if from outside."""
    @property
    def user_id(self) -> int | None:
        """Who, if one of us."""
    @property
    def role(self) -> str | None:
        """As what."""
    @property
    def attended(self) -> bool | None:
        """Whether they came."""
    @property
    def custom(self) -> Mapping[str, Any]:
        """User-defined fields by name, formula and roll-up fields included."""
    def to_dict(self) -> dict[str, Any]: ...
    def _repr_html_(self) -> str: ...
    def __getattr__(self, name: str) -> Any: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@type_check_only
class _ParticipantEntities(Entities[Participant]):
    def add(self, *, activity_id: int, person_id: int | None = ..., user_id: int | None = ..., role: str | None = ..., attended: bool | None = ..., **custom: Any) -> Participant: ...  # type: ignore[override,unused-ignore]
    def update(self, id: int, /, revision: int | None = None, *, activity_id: int = ..., person_id: int | None = ..., user_id: int | None = ..., role: str | None = ..., attended: bool | None = ..., **custom: Any) -> Participant: ...
    def upsert(self, system: str, key: str, /, *, activity_id: int = ..., person_id: int | None = ..., user_id: int | None = ..., role: str | None = ..., attended: bool | None = ..., **custom: Any) -> Participant: ...
