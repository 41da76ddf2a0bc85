"""Writes `__init__.pyi` from what the core declares: `python -m crm._stubs [file]`."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from . import _calls, _crm, _declared, _errors, _types
from ._declared import python as _python

HEAD = '''\
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

'''

BODY = '''
_R = TypeVar("_R")
_Params = Iterable[Any] | None
_OrderBy = str | list[str] | None
_Progress = Callable[[int, int | None], object] | bool | None

@type_check_only
class _Frame(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

{open}def entities() -> list[Entity]: ...

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
'''

def _doc(text: str, indent: str) -> str:
    text = _declared.doc(text).replace("\\", "\\\\").replace('"""', "'''").replace("\n", "\n" + indent)
    text = re.sub('"$', '\\\\"', text)
    text = "\n".join(line.rstrip() for line in text.splitlines())
    return f'{indent}"""{text}"""\n'


def _call(call: _calls.Call, indent: str, *first: str) -> str:
    parameters = list(first)
    for each in call.parameters:
        if each.by_name and "*" not in parameters:
            parameters.append("*")
        shown = f'"{each.default}"' if isinstance(each.default, str) else repr(each.default)
        parameters.append(f"{each.name}: {each.accepts}" + ("" if each.default is inspect.Parameter.empty else f" = {shown}"))
    return f"{indent}def {call.name}({', '.join(parameters)}) -> {call.result}:\n" + _doc(call.doc, indent + "    ")


def _record(name: str, entity: str, fields: list[tuple[str, str]]) -> str:
    record = getattr(_crm, name)
    known = {field.name: field for each in _crm.entities() if each.name == entity for field in each.fields}
    lines = [f"\n@final\nclass {name}:\n", _doc(record.__doc__, "    ")]
    head = [("id", "int"), ("revision", "int"), ("created_at", "datetime"), ("updated_at", "datetime")]
    shown = [(field, _python(rust)[0]) for field, rust in fields]
    for field, read in [*head, *shown, ("custom", "Mapping[str, Any]")]:
        lines.append(f"    @property\n    def {field}(self) -> {read}:\n" + _doc(getattr(record, field).__doc__, "        "))
    lines.append("    def to_dict(self) -> dict[str, Any]: ...\n    def _repr_html_(self) -> str: ...\n    def __getattr__(self, name: str) -> Any: ...\n")
    lines.append("    def __eq__(self, value: object, /) -> bool: ...\n    def __hash__(self) -> int: ...\n")
    given = [(field, _python(rust)[1]) for field, rust in fields if not known[field].computed]
    optional = ", ".join(f"{field}: {taken} = ..." for field, taken in given)
    added = ", ".join(f"{field}: {taken}" + ("" if known[field].required else " = ...") for field, taken in given)
    lines.append(f"\n@type_check_only\nclass _{name}Entities(Entities[{name}]):\n")
    lines.append(f"    def add(self, *, {added}, **custom: Any) -> {name}: ...  # type: ignore[override,unused-ignore]\n")
    lines.append(f"    def update(self, id: int, /, revision: int | None = None, *, {optional}, **custom: Any) -> {name}: ...\n")
    without = ", ".join(f"{field}: {taken} = ..." for field, taken in given if field not in ("system", "key"))
    lines.append(f"    def upsert(self, system: str, key: str, /, *, {without}, **custom: Any) -> {name}: ...\n")
    return "".join(lines)


def _result(name: str, doc: str, fields: list[tuple[str, str, str]]) -> str:
    lines = [f"\n@dataclass(frozen=True, slots=True)\nclass {name}:\n", _doc(doc, "    ")]
    for field, rust, about in fields:
        lines.append(f"    {field}: {_python(rust)[0]}\n" + _doc(about, "    "))
    base = _declared.BASES.get(name, object)
    for member, each in vars(base).items():
        if isinstance(each, property):
            lines.append(f"    @property\n    def {member}(self) -> bool:\n" + _doc(each.__doc__ or "", "        "))
    lines.append("    def _repr_html_(self) -> str: ...\n")
    return "".join(lines)


def _options(name: str, doc: str, fields: list[tuple[str, str, str]]) -> str:
    lines = [f"\n@type_check_only\nclass _{name}(TypedDict, total=False):\n", _doc(doc, "    ")]
    for field, rust, about in fields:
        taken = _python(rust)[1]
        lines.append(f"    {field}: {taken}{'' if taken.endswith('None') else ' | None'}\n" + _doc(about, "    "))
    return "".join(lines)


def text() -> str:
    """The stub file."""
    classes = _crm._classes()
    plain = [name for name, each in vars(_types).items() if isinstance(each, type) and each.__module__ == _types.__name__]
    parts = [HEAD, "from ._types import (\n", *(f"    {name} as {name},\n" for name in sorted(plain)), ")\n", BODY.replace("{open}", _call(_calls.OPEN, ""))]
    parts.extend(_call(call, "    ", "self") for call in _calls.CALLS)
    for name, _, plural, _ in classes:
        parts.append(f"    @property\n    def {plural}(self) -> _{name}Entities:\n" + _doc(getattr(_crm, name).__doc__, "        "))
    for kind in _errors.BY_CODE.values():
        parts.append(f"\nclass {kind.__name__}({', '.join(base.__name__ for base in kind.__bases__)}):\n" + _doc(kind.__doc__ or "", "    "))
    for name in _crm.choices:
        choice = getattr(_crm, name)
        parts.append(f"\nclass {name}(StrEnum):\n" + _doc(choice.__doc__, "    "))
        parts.extend(f'    {member.name} = "{member.value}"\n' for member in choice)
    parts.insert(1, "__all__ = [\n" + "".join(f'    "{name}",\n' for name in sys.modules["crm"].__all__) + "]\n\n")
    parts.extend(_options(*each) for each in _crm._options() if f"Unpack[_{each[0]}]" in BODY)
    parts.extend(_result(*each) for each in _crm._outcomes())
    parts.extend(_record(name, entity, fields) for name, entity, _, fields in classes)
    return "".join(parts)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("__init__.pyi")
    target.write_text(text(), encoding="utf-8")
