"""How records, tables and results look in a notebook. Whatever comes from the data is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any

from . import _crm

# Rows of a table, and items of a list within a result, that are shown.
ROWS = 20
ITEMS = 10
# The longest text shown in a cell.
TEXT = 200

_TABLE = 'style="border-collapse:collapse;margin:0 0 .8em 0"'
_HEAD = 'style="text-align:{};padding:.25em .7em;border-bottom:1px solid #8886;font-weight:600;white-space:nowrap"'
_CELL = 'style="text-align:{};padding:.2em .7em;vertical-align:top;font-variant-numeric:tabular-nums"'
_NOTE = 'style="opacity:.65;font-size:.9em;margin:.2em 0 .8em 0"'


class Shown:
    """A plain result that a notebook shows laid out."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return result(self)


def amount(minor: int, digits: int) -> str:
    """An amount in minor units as people write it: 1234567 becomes `12,345.67`."""
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f}"


def value(given: Any, column: str = "", digits: int | None = None) -> str:
    """A value as text; `digits` says that it is an amount in minor units."""
    if given is None:
        return ""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if digits is not None and isinstance(given, int):
        return amount(given, digits)
    if isinstance(given, int):
        is_name = column in ("id", "key", "year", "founded", "revision", "change_set") or column.endswith("_id")
        return str(given) if is_name else f"{given:,}"
    if isinstance(given, float):
        if column in ("win_rate", "share"):
            return f"{given:.1%}"
        return f"{given:,.0f}" if given.is_integer() else f"{given:,.2f}"
    if isinstance(given, _crm.Money):
        return f"{given.amount:,} {given.currency}"
    if isinstance(given, datetime):
        return f"{given:%Y-%m-%d %H:%M}"
    if isinstance(given, Mapping):
        named = ((" ".join(name) if isinstance(name, tuple) else name, each) for name, each in given.items())
        return ", ".join(f"{name}: {value(each)}" for name, each in named if each is not None)
    if isinstance(given, (list, tuple)):
        return ", ".join(" → ".join(map(str, each)) if isinstance(each, tuple) else value(each) for each in given)
    text = str(given)
    return text if len(text) <= TEXT else text[: TEXT - 1] + "…"


def _is_number(given: Any) -> bool:
    return isinstance(given, (int, float, Decimal, _crm.Money)) and not isinstance(given, bool)


def _label(name: str) -> str:
    # The one field of a record that is an amount without its currency.
    return "closed value (minor units)" if name == "closed_value" else name.replace("_", " ")


def grid(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], amounts: Iterable[str] = (), digits: int = 0) -> str:
    """Rows as an HTML table; numbers stand to the right."""
    money = set(amounts)
    aligned = {name: "right" if any(_is_number(row.get(name)) for row in rows) else "left" for name in columns}
    head = "".join(f"<th {_HEAD.format(aligned[name])}>{escape(_label(name))}</th>" for name in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td {_CELL.format(aligned[name])}>{escape(value(row.get(name), name, digits if name in money else None))}</td>" for name in columns
        )
        + "</tr>"
        for row in rows
    )
    return f"<table {_TABLE}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _pairs(pairs: Iterable[tuple[str, Any]]) -> str:
    """Names and values under each other, without what is empty."""
    rows = "".join(
        f'<tr><th {_CELL.format("left")}>{escape(_label(name))}</th><td {_CELL.format("left")}>{escape(value(each, name))}</td></tr>'
        for name, each in pairs
        if each is not None and each not in ("", [], {}, ())
    )
    return f"<table {_TABLE}><tbody>{rows}</tbody></table>" if rows else ""


def table(given: Any) -> str:
    """A table of results: its first rows, with a report's amounts in whole units."""
    rows = [row for row in given[:ROWS]]
    note = f"{len(given):,} row{'' if len(given) == 1 else 's'}" + (f", the first {ROWS} shown" if len(given) > ROWS else "")
    digits = 0
    if given.amounts:
        note += f" · amounts in {given.currency}"
        digits = _crm._digits_of(given.currency)
    return grid(given.columns, rows, given.amounts, digits) + f"<div {_NOTE}>{escape(note)}</div>"


def _title(shown: Any) -> str:
    """What a record is called."""
    for name in ("name", "subject", "title", "label"):
        if text := getattr(shown, name, None):
            return str(text)
    return ""


def record(given: Any) -> str:
    """A record: its kind, its name and what it has."""
    kind = type(given).__name__
    everything = given.to_dict()
    kept = [(name, each) for name, each in everything.items() if name not in ("revision", "created_at", "updated_at")]
    note = f"revision {given.revision} · added {value(given.created_at)} · changed {value(given.updated_at)} UTC"
    head = f"<div><strong>{escape(_title(given) or kind)}</strong> <span {_NOTE}>{escape(kind)}</span></div>"
    return head + _pairs(kept) + f"<div {_NOTE}>{escape(note)}</div>"


def _as_row(item: Any) -> dict[str, Any]:
    """A record or a result as one row; results within are told by their names."""
    if hasattr(item, "to_dict"):
        # Ids of other records say nothing without their names.
        hidden = ("revision", "created_at", "updated_at")
        return {name: each for name, each in item.to_dict().items() if name not in hidden and not name.endswith("_id")}
    if is_dataclass(item):
        row = {field.name: getattr(item, field.name) for field in fields(item)}
        return {name: [_name(one) for one in each] if isinstance(each, list) else _name(each) for name, each in row.items()}
    return {"": item}


def _name(item: Any) -> Any:
    if hasattr(item, "to_dict"):
        return _title(item) or getattr(item, "value", None) or getattr(item, "role", None) or item.id
    return item


def _list(name: str, items: list[Any]) -> str:
    rows = [_as_row(item) for item in items[:ITEMS]]
    columns = [column for column in rows[0] if any(row.get(column) not in (None, [], {}) for row in rows)]
    more = f"<div {_NOTE}>{len(items):,} in all, the first {ITEMS} shown</div>" if len(items) > ITEMS else ""
    return f"<details open><summary><strong>{escape(_label(name))}</strong> ({len(items):,})</summary>{grid(columns, rows)}{more}</details>"


def _sums(given: Any) -> str:
    """What an organization's deals add up to, in whole units."""
    digits = _crm._digits_of(given.currency)

    def money(minor: int | None) -> str | None:
        return None if minor is None else f"{amount(minor, digits)} {given.currency}"

    shown = [("open deals", given.open_deals), ("worth", money(given.open_value)), ("won deals", given.won_deals), ("won in all", money(given.won_amount))]
    return f"<div><strong>sums</strong></div>{_pairs(shown)}"


def result(given: Any) -> str:
    """A plain result: single values first, then each list as a table. A dossier and a caller card are results like others."""
    single, below = [], []
    title = type(given).__name__
    for field in fields(given):
        each = getattr(given, field.name)
        if type(each).__name__ == "DossierSums":
            below.append(_sums(each))
        elif hasattr(each, "to_dict") and hasattr(each, "revision"):
            below.append(record(each))
        elif isinstance(each, list) and each and not isinstance(each[0], (str, int, tuple, list)):
            below.append(_list(field.name, each))
        elif not (isinstance(each, list) and not each):
            single.append((field.name, each))
    return f"<div><strong>{escape(title)}</strong></div>" + _pairs(single) + "".join(below)


def hits(given: Any) -> str:
    """What a search found: each hit with its title and the words that answer it, marked. The core escapes these."""
    found = "".join(
        f'<div style="margin:.2em 0 .6em 0"><strong>{escape(hit.title)}</strong> <span {_NOTE}>{escape(_label(hit.kind))} {hit.id} · '
        f"{value(hit.time)}</span><div>{hit.html}</div></div>"
        for hit in given.hits
    )
    facets = given.facets
    total = f"{facets.total:,} in all" if facets else f"{len(given.hits):,} shown"
    kinds = ", ".join(f"{_label(each.value)} {each.count:,}" for each in facets.kinds) if facets else ""
    more = " · there are more: give `next` as `after`" if given.next else ""
    return f"{found or '<div><em>Nothing found.</em></div>'}<div {_NOTE}>{escape(total + (f' · {kinds}' if kinds else '') + more)}</div>"
