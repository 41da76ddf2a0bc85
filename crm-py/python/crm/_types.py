"""Plain results, as frozen data classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from . import Operation

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
