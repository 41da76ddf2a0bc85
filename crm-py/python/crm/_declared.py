"""The plain results that the core declares, as frozen data classes, and what its types are called in Python."""

from __future__ import annotations

import re
from dataclasses import make_dataclass
from typing import Any

from . import _crm, _html

# What a type of the core is in Python: as it is read, and what is accepted for it.
_NAMES = {
    "String": ("str", "str"),
    "()": ("None", "None"),
    "i64": ("int", "int"),
    "usize": ("int", "int"),
    "u64": ("int", "int"),
    "Duration": ("float", "float"),
    "f64": ("float", "float"),
    "bool": ("bool", "bool"),
    "NaiveDate": ("date", "date | str"),
    "DateTime<Utc>": ("datetime", "datetime | date | str"),
    "Decimal": ("Decimal", "Decimal | int | str"),
    "Money": ("Money", "Money | str"),
    "Currency": ("str", "str"),
    "Custom": ("Mapping[str, Any]", "Mapping[str, Any]"),
    "Named": ("Mapping[str, Any]", "Mapping[str, Any]"),
}


def python(rust: str) -> tuple[str, str]:
    """A type of the core: as it is read in Python, and what is accepted for it."""
    rust = rust.replace(" ", "")
    if inner := re.fullmatch(r"Option<(.*)>", rust):
        read, taken = python(inner[1])
        return f"{read} | None", f"{taken} | None"
    if pair := re.fullmatch(r"Vec<\(String,(\w+)\)>", rust):
        read, taken = python(pair[1])
        return f"list[tuple[str, {read}]]", f"Mapping[str, {taken}] | Iterable[tuple[str, {taken}]]"
    if rust == "Vec<Value>":
        return "list[Any]", "Iterable[Any]"
    if inner := re.fullmatch(r"Vec<(.*)>", rust):
        read, taken = python(inner[1])
        return f"list[{read}]", f"{taken} | list[{taken}]"
    if rust == "(String,String)":
        return "tuple[str, str]", "tuple[str, str]"
    if rust in _crm.choices:
        return rust, f"{rust} | str"
    if rust.endswith("Id"):
        return "int", "int"
    return _NAMES.get(rust, (rust, rust))


def doc(text: str) -> str:
    """A documentation of the core without the links that only Rust follows; examples stay as they are."""
    parts = re.split(r"(\n\s*\n)", text or "")
    told = (part if part.lstrip().startswith(">>>") else re.sub(r"\[`?([^`\]]*)`?\](\([^)]*\))?", r"`\1`", part) for part in parts)
    return "\n".join(line.strip() for line in "".join(told).strip().splitlines())


class _Verified(_html.Shown):
    __slots__ = ()
    findings: list[str]

    @property
    def is_clean(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


class _Change(_html.Shown):
    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        # `before` and `after` are read-only views, which do not pickle.
        values = {name: getattr(self, name) for name in type(self).__dataclass_fields__}  # type: ignore[attr-defined]
        plain = [dict(value) if name in ("before", "after") else value for name, value in values.items()]
        return type(self), tuple(plain)


class _Hits(_html.Shown):
    __slots__ = ()

    def _repr_html_(self) -> str:
        return _html.hits(self)


# What a result can do beyond holding its fields.
BASES: dict[str, type] = {"Change": _Change, "Hits": _Hits, "Verified": _Verified}

OUTCOMES: dict[str, type] = {}

for _name, _doc, _fields in _crm._outcomes():
    _text = doc(_doc) + "\n\n" + "\n".join(f"`{field}`: {' '.join(doc(about).split())}" for field, _, about in _fields)
    OUTCOMES[_name] = make_dataclass(
        _name,
        [(field, python(rust)[0]) for field, rust, _ in _fields],
        bases=(BASES.get(_name, _html.Shown),),
        namespace={"__doc__": _text, "__module__": "crm"},
        frozen=True,
        slots=True,
    )
    OUTCOMES[_name].__module__ = "crm"
