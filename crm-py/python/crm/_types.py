"""Plain results, as frozen data classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from . import (
        Activity,
        Address,
        Affiliation,
        BankAccount,
        ContactPoint,
        Deal,
        List,
        Note,
        Operation,
        Organization,
        Person,
        Unwanted,
    )

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of records, and where the next one begins."""

    records: list[R]
    next: str | None
    """Give this as `after` for the next page; None on the last one."""

    def __iter__(self) -> Iterator[R]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a bulk load did."""

    first: int | None
    """The id of the first record added; ids follow each other."""
    count: int
    change_set: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record, with the values before and after it."""

    change_set: int
    at: datetime
    actor: int | None
    """The user, or None for the system."""
    label: str | None
    entity: str
    record_id: int
    operation: Operation
    before: Mapping[str, Any]
    """The former values of the fields that changed; all fields for a removal."""
    after: Mapping[str, Any]
    """The values they changed to; all fields for an addition."""

    def __reduce__(self) -> tuple[Any, ...]:
        values = [getattr(self, name) for name in self.__slots__]
        return type(self), (*values[:-2], dict(self.before), dict(self.after))


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """One entry of the change feed; a bulk load is one entry for a range of ids."""

    sequence: int
    """Position in the feed; give the last one seen to `changes` to go on."""
    change_set: int
    at: datetime
    actor: int | None
    label: str | None
    entity: str
    first_id: int
    last_id: int
    operation: Operation
    fields: list[str]
    """The fields that changed, for an update."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a dry run would have changed."""

    counts: dict[tuple[str, Operation], int]
    """How many records of each entity would be added, changed, removed."""
    changes: list[Change]
    """The changes themselves, the first 10,000."""
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of an undo: a record that changed again since."""

    entity: str
    record_id: int
    fields: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found."""

    findings: list[str]
    """What is wrong; empty when nothing is."""
    change_sets: int
    records: int
    head: str
    """The hash at the end of the log's chain: keep it elsewhere to show later that nothing before it was altered."""

    @property
    def is_clean(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Field:
    """The description of one field."""

    name: str
    type: str
    """`text`, `integer`, `number`, `decimal`, `bool`, `date`, `moment`, `money`, `currency`, `choice`, `item`, `items` or `reference`."""
    doc: str
    required: bool
    computed: bool
    """Kept by the library's own rules."""
    part_of: bool
    """The record belongs to the one referred to: it is removed and shown with it."""
    searchable: bool
    custom: bool
    """User-defined."""
    expression: str | None
    """Formula or roll-up: computed when read."""
    of: str | None
    """The dictionary of an item, the entity of a reference."""
    words: tuple[str, ...]
    """The words of a closed set."""
    least: int | None
    most: int | None
    """The greatest number, or the longest text in characters."""


@dataclass(frozen=True, slots=True)
class Entity:
    """The description of an entity."""

    name: str
    plural: str
    """The name of the accessor."""
    doc: str
    title: str | None
    """The field that names a record."""
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class DossierPerson:
    """Somebody who works for the organization of a dossier."""

    person: Person
    affiliation: Affiliation
    """As what and since when."""
    contact_points: list[ContactPoint]


@dataclass(frozen=True, slots=True)
class DossierSums:
    """What all the deals of an organization add up to, in minor units of the base currency."""

    currency: str
    open_deals: int
    open_value: int | None
    """At today's rates; None when a rate is missing."""
    won_deals: int
    won_amount: int | None
    """At the rates of the days they were closed."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What there is to know about an organization, split by aspect; what the reader may not see is left out."""

    organization: Organization
    parent: Organization | None
    subsidiaries: list[Organization]
    contact_points: list[ContactPoint]
    addresses: list[Address]
    bank_accounts: list[BankAccount]
    people: list[DossierPerson]
    deals: list[Deal]
    activities: list[Activity]
    overdue: list[Activity]
    upcoming: list[Activity]
    notes: list[Note]
    unwanted: list[Unwanted]
    lists: list[List]
    sums: DossierSums
    history: list[Change]


@dataclass(frozen=True, slots=True)
class CallerCard:
    """What to know about a caller; what the reader may not see is left out."""

    number: str
    exact: bool
    """Whether the whole number was found, and not just its last nine digits."""
    people: list[Person]
    organizations: list[Organization]
    deals: list[Deal]
    activities: list[Activity]
    unwanted: list[Unwanted]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row could not be taken; free of the row's values."""

    line: int
    """The line of the file on which the row begins, counted from 1 as editors do."""
    column: str
    code: str
    """The `code` of the exception it would be."""
    reason: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A word that its dictionary does not hold: a new one, or a mistake."""

    field: str
    value: str
    count: int
    line: int
    nearest: str | None
    """The word of the dictionary that may be meant."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    change_set: int | None
    """To be undone with `undo`; None when nothing changed."""
    rows: int
    """Rows of the file without the header: the sum of the next four."""
    added: int
    updated: int
    unchanged: int
    failed: int
    errors: list[RowError]
    suspects: list[Suspect]
    warnings: list[str]
    encoding: str
    delimiter: str
    mapping: list[tuple[str, str]]
    """Column and field, as used."""
    unmapped: list[str]
    """Columns that were left out."""


@dataclass(frozen=True, slots=True)
class CsvPreview:
    """How an import would read a file."""

    encoding: str
    delimiter: str
    columns: list[str]
    mapping: list[tuple[str, str]]
    unmapped: list[str]
    missing: list[str]
    """Required fields that neither a column nor a default fills."""
    rows: list[list[str]]
    """The first 20 rows."""
    errors: list[RowError]
