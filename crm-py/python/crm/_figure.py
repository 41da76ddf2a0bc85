"""What pictures of reports are made of: their data, colours, axes and bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from textwrap import shorten
from typing import Any

from . import _crm

try:
    from matplotlib.figure import Figure
except ImportError as missing:  # pragma: no cover
    raise ImportError("pictures need matplotlib: pip install 'crm[plot]' or pip install matplotlib") from missing

# One strong colour, one that recedes, and one each for what went well and what did not; they keep apart for the
# colour-blind and in grey.
MAIN, PALE, GOOD, BAD, INK, GRID = "#2f6690", "#a9c7de", "#3a7d44", "#b5523b", "#333333", "#e3e3e3"

PERIODS = (["day"], ["week"], ["month"], ["quarter"], ["year"])

STYLE: dict[str, Any] = {
    "font.size": 10,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
}


class Picture(Figure):
    """A figure that a notebook shows by itself, without any state that pictures share."""

    def _repr_png_(self) -> bytes:
        kept = BytesIO()
        self.savefig(kept, format="png", dpi=110, bbox_inches="tight", facecolor="white")
        return kept.getvalue()


class _Data:
    """The columns of a report, its amounts in whole units."""

    def __init__(self, table: Any, rows: int) -> None:
        self.table, self.rows, self.by = table, max(rows, 1), table.by
        self.currency = table.currency
        self.unit = 10 ** _crm._digits_of(table.currency)
        self.columns: dict[str, list[Any]] = table.to_dict()
        for name in table.amounts:
            self.columns[name] = [None if each is None else each / self.unit for each in self.columns[name]]

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.table)

    def sorted(self, name: str, *, descending: bool = False) -> _Data:
        """The same rows in another order; missing values go last."""
        there = [at for at in range(len(self)) if self[name][at] is not None]
        order = sorted(there, key=lambda at: self[name][at], reverse=descending) + [at for at in range(len(self)) if self[name][at] is None]
        self.columns = {column: [values[at] for at in order] for column, values in self.columns.items()}
        return self

    def first(self) -> _Data:
        """Only as many rows as are to be shown."""
        self.columns = {column: values[: self.rows] for column, values in self.columns.items()}
        return self

    @property
    def names(self) -> list[str]:
        """What the rows are split by, to be read on an axis."""
        return [_name(name) for name in self["name"]]

    @property
    def is_series(self) -> bool:
        """Whether the rows follow each other in time."""
        return self.by[:1] in PERIODS

    @property
    def split(self) -> str:
        """`by owner and month`, or nothing."""
        return f" by {' and '.join(_words(each) for each in self.by)}" if self.by else ""

    @property
    def figures(self) -> list[str]:
        """The columns that hold figures, amounts first."""
        numbers = [name for name, values in self.columns.items() if any(isinstance(each, (int, float)) for each in values)]
        others = [name for name in numbers if not name.endswith("_id") and name not in ("key", "key2", *self.table.amounts)]
        # What the report is named after says most.
        others.sort(key=lambda name: name != self.table.report)
        return [name for name in self.table.amounts if name in numbers] + others


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", ": ")


def _name(name: Any) -> str:
    return "(none)" if name is None else shorten(str(name), 34, placeholder="…")


def _short(number: float, _at: object = None) -> str:
    """A number in as few digits as an axis needs: 1.2 M."""
    for unit, sign in ((1e9, " bn"), (1e6, " M"), (1e4, " k")):
        if abs(number) >= unit:
            number /= unit if sign != " k" else 1e3
            return f"{number:,.1f}".removesuffix(".0") + sign
    return f"{number:,.0f}" if float(number).is_integer() or abs(number) >= 100 else f"{number:,.1f}"


def _whole(number: float, _at: object = None) -> str:
    return f"{number:,.0f}"


def _percent(number: float, _at: object = None) -> str:
    return f"{number:.0%}"


def _figure(title: str, rows: int | None = None, *, panels: int = 1, ratios: Sequence[float] | None = None) -> tuple[Picture, list[Any]]:
    """A figure of so many bars across, or of a series over time."""
    height = 4.2 if rows is None else max(1.5, 0.34 * rows + 1.1)
    figure = Picture(figsize=(8.6, height * (1.55 if panels > 1 else 1)), layout="constrained")
    made = figure.subplots(panels, 1, sharex=panels > 1, squeeze=False, height_ratios=ratios or [1] * panels)
    axes = [row[0] for row in made]
    axes[0].set_title(title)
    return figure, axes


def _nothing(title: str) -> Picture:
    figure, (axes,) = _figure(title, 2)
    axes.set_axis_off()
    axes.text(0, 0.5, "Nothing to show for this period and scope.", transform=axes.transAxes, style="italic")
    return figure


def _across(axes: Any, names: Sequence[str], label: str, form: Callable[..., str]) -> None:
    """Axes of horizontal bars that start at zero, the first on top."""
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(form)
    axes.xaxis.grid(True, color=GRID)
    axes.set_xlabel(label)
    axes.set_xlim(left=0)
    axes.margins(y=0.02)


def _say(axes: Any, values: Sequence[float | None], texts: Sequence[str]) -> None:
    """Writes a text at the end of each bar."""
    most = max((each for each in values if each is not None), default=0) or 1
    for at, (each, text) in enumerate(zip(values, texts, strict=True)):
        axes.text((each or 0) + most * 0.01, at, text, va="center", fontsize=9)
    axes.set_xlim(0, most * 1.02)
    # Room for the longest text.
    axes.set_xlim(0, most * (1.06 + 0.0135 * max(map(len, texts), default=0)))


def _bars(
    data: _Data, title: str, column: str, label: str, form: Callable[..., str], say: Callable[[int], str], colour: str = MAIN, beside: str | None = None
) -> Picture:
    """A ranking: one horizontal bar a row; `beside` is a column that texts keep clear of, too."""
    if not len(data):
        return _nothing(title)
    hidden = len(data) - data.rows
    data.first()
    figure, (axes,) = _figure(title, len(data[column]))
    values = [each or 0 for each in data[column]]
    axes.barh(range(len(values)), values, color=colour, height=0.66)
    _across(axes, data.names, label + (f"   (the first {data.rows} of {data.rows + hidden:,})" if hidden > 0 else ""), form)
    ends = [max(value, 1.025 * (other or 0)) for value, other in zip(values, data[beside], strict=True)] if beside else values
    _say(axes, ends, [say(at) for at in range(len(values))])
    return figure


def _legend_below(axes: Any, rows: int, columns: int = 3) -> None:
    """Below the axis, where it covers nothing."""
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.08 - 0.62 / max(rows, 1)), ncols=columns, fontsize=9)


def _periods(axes: Any, periods: Sequence[str]) -> None:
    """The periods below an axis: as many of their names as can be read."""
    step = max(1, -(-len(periods) // 14))
    shown = list(range(0, len(periods), step))
    slanted = sum(len(periods[at]) for at in shown) > 70
    axes.set_xticks(shown, [periods[at] for at in shown], rotation=35 if slanted else 0, ha="right" if slanted else "center")
    axes.set_xlim(-0.6, len(periods) - 0.4)


def _upright(axes: Any, label: str, form: Callable[..., str]) -> None:
    """A vertical axis that starts at zero."""
    axes.yaxis.set_major_formatter(form)
    axes.yaxis.grid(True, color=GRID)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _columns(data: _Data, title: str, column: str, label: str, form: Callable[..., str], colour: str = MAIN) -> Picture:
    """A series over time: one column a period."""
    data.sorted("key")
    if not len(data):
        return _nothing(title)
    figure, (axes,) = _figure(title)
    axes.bar(range(len(data)), [each or 0 for each in data[column]], color=colour, width=0.7)
    _upright(axes, label, form)
    _periods(axes, data.names)
    return figure
