"""Plain results that are of the Python layer's own making; those of the core are in `_declared.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ._html import Shown

if TYPE_CHECKING:
    from . import Change, Operation

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Shown, Generic[R]):
    """One page of records, and where the next one begins."""

    records: list[R]
    next: str | None
    """Give this as `after` for the next page; None on the last one."""

    def __iter__(self) -> Iterator[R]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True, slots=True)
class Loaded(Shown):
    """What a bulk load did."""

    first: int | None
    """The id of the first record added; ids follow each other."""
    count: int
    change_set: int | None


@dataclass(frozen=True, slots=True)
class Preview(Shown):
    """What a dry run would have changed."""

    counts: dict[tuple[str, Operation], int]
    """How many records of each entity would be added, changed, removed."""
    changes: list[Change]
    """The changes themselves, the first 10,000."""
    warnings: list[str]


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
