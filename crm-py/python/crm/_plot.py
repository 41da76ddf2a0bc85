"""Pictures of reports, with matplotlib: `db.report("won", by="owner").plot()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from textwrap import shorten
from typing import Any

from . import _crm, _html
from ._errors import BY_CODE

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


def plot(table: Any, *, title: str | None = None, rows: int = 15) -> Picture:
    """Draws a report."""
    if table.report is None:
        raise BY_CODE["invalid"]("report: only a report can be drawn", "report", "only a report can be drawn")
    draw = _two if "key2" in table.columns else _DRAWN.get(table.report, _any)
    import matplotlib

    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        return draw(_Data(table, rows), title)


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


def _stages(data: _Data) -> list[str]:
    several = len(set(data["process_id"])) > 1
    return [f"{process}: {stage}" if several else stage for process, stage in zip(data["process"], data["stage"], strict=True)]


def _what(data: _Data) -> str:
    """What goes through the stages."""
    return "deals" if "deals" in data.columns else "records"


def _funnel(data: _Data, title: str | None) -> Picture:
    what = _what(data)
    title = title or f"{what.capitalize()} by stage"
    if not len(data):
        return _nothing(title)
    figure, (axes,) = _figure(title, len(data))
    colours = [{"won": GOOD, "lost": BAD}.get(kind, MAIN) for kind in data["kind"]]
    axes.barh(range(len(data)), data[what], color=colours, height=0.66)
    _across(axes, _stages(data), what, _whole)

    def say(records: int, value: float, listed: float) -> str:
        # What has no value of its own is worth what its product costs, and the picture says so.
        worth = f"  ·  {_short(value or listed)} {data.currency}" if value or listed else ""
        return f"{records:,}{worth}{' at list price' if listed and not value else ''}"

    # Not everything that goes through stages has amounts.
    values, listed = (data.columns.get(name, [0] * len(data)) for name in ("value", "list_value"))
    _say(axes, data[what], [say(*row) for row in zip(data[what], values, listed, strict=True)])
    return figure


def _bottlenecks(data: _Data, title: str | None) -> Picture:
    title = title or "Stages that hold up what is in them"
    if not len(data):
        return _nothing(title)
    figure, (axes,) = _figure(title, len(data) + 1)
    means = [each or 0 for each in data["mean_days"]]
    over = [norm is not None and mean > norm for mean, norm in zip(means, data["norm_days"], strict=True)]
    axes.barh(range(len(data)), means, color=[BAD if each else MAIN for each in over], height=0.6)
    norms = [(at, norm) for at, norm in enumerate(data["norm_days"]) if norm is not None]
    for number, (at, norm) in enumerate(norms):
        axes.plot([norm, norm], [at - 0.42, at + 0.42], color=INK, linewidth=2.2, label="norm" if number == 0 else None)
    _across(axes, _stages(data), "days in the stage, mean of what is in it now", _whole)

    def say(waiting: int, over: int, share: float | None) -> str:
        return (f"{waiting:,} in it" + (f", {over:,} over the norm ({share:.0%})" if share else "")) if waiting else "empty"

    ends = [max(mean, norm or 0) for mean, norm in zip(means, data["norm_days"], strict=True)]
    _say(axes, ends, [say(*row) for row in zip(data["waiting"], data["over_norm"], data["share"], strict=True)])
    if norms:
        _legend_below(axes, len(data))
    return figure


def _conversion(data: _Data, title: str | None) -> Picture:
    title = title or "Share that went on from each stage"
    if not len(data):
        return _nothing(title)
    figure, (axes,) = _figure(title, len(data))
    axes.barh(range(len(data)), [1] * len(data), color=GRID, height=0.66)
    axes.barh(range(len(data)), [share or 0 for share in data["share"]], color=MAIN, height=0.66)
    _across(axes, _stages(data), "share of what entered the stage", _percent)
    told = zip(data["share"], data["moved_on"], data["entered"], strict=True)
    _say(axes, [1] * len(data), ["nothing entered" if share is None else f"{share:.1%}  ({moved:,} of {entered:,})" for share, moved, entered in told])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    return figure


def _win_rate(data: _Data, title: str | None) -> Picture:
    title = title or f"Win rate{data.split}"
    closed = [won + lost for won, lost in zip(data["won"], data["lost"], strict=True)]
    overall = sum(data["won"]) / sum(closed) if sum(closed) else None
    if data.is_series:
        data.sorted("key")
        if not len(data):
            return _nothing(title)
        figure, (axes,) = _figure(title)
        axes.plot(range(len(data)), [float("nan") if rate is None else rate for rate in data["win_rate"]], color=MAIN, marker="o", linewidth=2)
        _upright(axes, "won of those closed", _percent)
        axes.set_ylim(0, 1)
        _periods(axes, data.names)
        mark, at = axes.axhline, overall
    else:
        data.sorted("win_rate", descending=True)
        won, lost = data["won"], data["lost"]
        data.columns["overall"] = [overall] * len(data)

        def say(at: int) -> str:
            closed = won[at] + lost[at]
            return f"{won[at] / closed:.1%}  ({won[at]:,} of {closed:,})" if closed else "none closed"

        figure = _bars(data, title, "win_rate", "won of those closed", _percent, say, beside="overall")
        if not len(data):
            return figure
        mark, at = figure.axes[0].axvline, overall
    if at is not None and len(data) > 1:
        mark(at, color=INK, linewidth=1, linestyle=(0, (4, 3)), label=f"all together {at:.1%}")
        if data.is_series:
            figure.axes[0].legend(loc="lower right")
        else:
            _legend_below(figure.axes[0], len(data["key"]))
    return figure


def _won(data: _Data, title: str | None) -> Picture:
    title = title or f"Won{data.split}"
    label = f"amount won, {data.currency}"
    if data.is_series:
        return _columns(data, title, "amount", label, _short, GOOD)
    return _bars(data, title, "amount", label, _short, lambda at: f"{_short(data['amount'][at])}  ({data['deals'][at]:,} deals)", GOOD)


def _lost_reasons(data: _Data, title: str | None) -> Picture:
    data.columns["name"] = data["lost_reason"]
    what = _what(data)
    return _bars(data, title or f"Why {what} were lost", what, f"{what} lost", _whole, lambda at: f"{data[what][at]:,}  ({data['share'][at]:.0%})", BAD)


def _sales_cycle(data: _Data, title: str | None) -> Picture:
    title = title or f"Days from opening to winning{data.split}"
    if data.is_series:
        return _columns(data, title, "median_days", "days, median", _whole)
    data.sorted("median_days")
    figure = _bars(data, title, "median_days", "days", _whole, lambda at: f"{data['median_days'][at]:,.0f}" if data["median_days"][at] is not None else "none won", beside="mean_days")
    if len(data):
        axes = figure.axes[0]
        means = [float("nan") if mean is None else mean for mean in data["mean_days"]]
        axes.plot(means, range(len(means)), linestyle="none", marker="D", markersize=5, color=INK, markerfacecolor="white", label="mean (the bar is the median)")
        _legend_below(axes, len(means))
    return figure


def _stage_times(data: _Data, title: str | None) -> Picture:
    title = title or "Days in each stage"
    if not len(data):
        return _nothing(title)
    figure, (axes,) = _figure(title, len(data) + 1)
    medians = [each or 0 for each in data["median_days"]]
    axes.barh(range(len(data)), medians, color=MAIN, height=0.6, label="median of the stays that ended")
    means = [float("nan") if each is None else each for each in data["mean_days"]]
    axes.plot(means, range(len(data)), linestyle="none", marker="D", markersize=5, color=INK, markerfacecolor="white", label="mean")
    norms = [(at, norm) for at, norm in enumerate(data["norm_days"]) if norm is not None]
    for number, (at, norm) in enumerate(norms):
        axes.plot([norm, norm], [at - 0.42, at + 0.42], color=BAD, linewidth=2.2, label="norm" if number == 0 else None)
    _across(axes, _stages(data), "days", _whole)
    most = max([*medians, *(mean for mean in means if mean == mean), *(norm for _, norm in norms)], default=0) or 1
    for at, (median, ended, here, over) in enumerate(zip(data["median_days"], data["ended"], data["in_stage"], data["over_norm"], strict=True)):
        text = ("" if median is None else f"{median:,.1f} days, {ended:,} stays") + (f"  ·  {here:,} in it now" if here else "") + (f", {over:,} over the norm" if over else "")
        axes.text(most * 1.05, at, text.removeprefix("  ·  "), va="center", fontsize=9)
    axes.set_xlim(0, most * 1.75)
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= most * 1.05])
    _legend_below(axes, len(data))
    return figure


def _open_pipeline(data: _Data, title: str | None) -> Picture:
    title = title or f"Open pipeline{data.split}"
    if data.is_series:
        data.sorted("key")
    if not len(data):
        return _nothing(title)
    # Deals without a value of their own count at list price, and the picture says so.
    worth = "value" if any(data["value"]) else "list_value"
    label = f"{'value' if worth == 'value' else 'at list price'}, {data.currency}"
    figure = _bars(data, title, worth, label, _short, lambda at: f"{_short(data[worth][at])}  ({data['deals'][at]:,} deals)", PALE)
    if any(data["weighted"]):
        axes = figure.axes[0]
        axes.barh(range(len(data["weighted"])), data["weighted"], color=MAIN, height=0.3, label="weighted by probability")
        axes.legend(loc="lower right")
    return figure


def _trend(data: _Data, title: str | None) -> Picture:
    title = title or f"Sales by {data.by[0] if data.by else 'month'}"
    if not len(data):
        return _nothing(title)
    figure, (above, below) = _figure(title, panels=2, ratios=[1.25, 1])
    at = range(len(data))
    above.bar(at, data["amount"], color=GOOD, width=0.72)
    _upright(above, f"amount won, {data.currency}", _short)
    for column, colour, line in (("opened", MAIN, (0, (4, 2))), ("won", GOOD, "-"), ("lost", BAD, "-")):
        below.plot(at, data[column], color=colour, linestyle=line, linewidth=2, marker="o" if len(data) < 25 else None, markersize=4, label=column)
    _upright(below, "deals", _whole)
    below.legend(ncols=3, loc="upper left", bbox_to_anchor=(0, 1.14))
    _periods(below, data["period"])
    return figure


def _forecast(data: _Data, title: str | None) -> Picture:
    title = title or f"Won and expected by {data.by[0] if data.by else 'month'}"
    if not len(data):
        return _nothing(title)
    if data["period"][-1] is None and not data["value"][-1]:
        # Open deals with neither a day nor a value have nothing to show.
        data.columns = {name: values[:-1] for name, values in data.columns.items()}
    figure, (axes,) = _figure(title)
    at = range(len(data["period"]))
    tops = [won + value for won, value in zip(data["won"], data["value"], strict=True)]
    if any(data["value"]):
        open_at = [place for place in at if data["value"][place]]
        axes.bar(open_at, [tops[place] for place in open_at], color="none", edgecolor=MAIN, linewidth=1, linestyle=(0, (3, 2)), width=0.72, label="if every open deal is won")
        axes.bar(at, data["weighted"], bottom=data["won"], color=PALE, width=0.72, label="open, weighted by probability")
    axes.bar(at, data["won"], color=GOOD, width=0.72, label="won")
    _upright(axes, f"amount, {data.currency}", _short)
    axes.set_ylim(top=1.28 * (max(tops, default=0) or 1))
    _periods(axes, ["no date" if period is None else period for period in data["period"]])
    axes.legend(loc="upper left", ncols=3, fontsize=9)
    return figure


def _ageing(data: _Data, title: str | None) -> Picture:
    data.columns["name"] = [f"{_name(name)} ({stage})" for name, stage in zip(data["name"], data["stage"], strict=True)]
    norms = data["norm_days"]

    def say(at: int) -> str:
        return f"{data['days_in_stage'][at]:,.0f}" + (f"  (norm {norms[at]:,})" if norms[at] is not None else "")

    return _bars(data, title or "What waits the longest", "days_in_stage", "days in the stage", _whole, say, BAD)


def _any(data: _Data, title: str | None) -> Picture:
    """A report without a picture of its own: its first figure, a bar or a column for each row."""
    title = title or f"{_words(str(data.table.report)).capitalize()}{data.split}"
    if not len(data) or not data.figures:
        return _nothing(title)
    column = data.figures[0]
    if "name" not in data.columns:
        texts = [name for name, values in data.columns.items() if any(isinstance(each, str) for each in values)]
        data.columns["name"] = data[texts[0]] if texts else [str(at + 1) for at in range(len(data))]
    label = f"{_words(column)}, {data.currency}" if column in data.table.amounts else _words(column)
    if data.is_series and "key" in data.columns:
        return _columns(data, title, column, label, _short)
    return _bars(data, title, column, label, _short, lambda at: "" if data[column][at] is None else _short(data[column][at]))


def _two(data: _Data, title: str | None) -> Picture:
    """A report that is split by two things: the first downwards, the second across, the first figure in each place."""
    title = title or f"{_words(str(data.table.report)).capitalize()}{data.split}"
    if not len(data) or not data.figures:
        return _nothing(title)
    column = data.figures[0]
    label = f"{_words(column)}, {data.currency}" if column in data.table.amounts else _words(column)
    rows, across = (list(dict.fromkeys(zip(data[key], data[name], strict=True))) for key, name in (("key", "name"), ("key2", "name2")))
    # Time goes from left to right; of the rest the first ones met.
    across = sorted(across, key=lambda each: (each[0] is None, str(each[0]) if data.by[1:] in PERIODS else 0))[:24]
    hidden, rows = len(rows) - data.rows, rows[: data.rows]
    place = {(row, other): (rows.index(row), across.index(other)) for row in rows for other in across}
    grid = [[float("nan")] * len(across) for _ in rows]
    for row, other, figure in zip(zip(data["key"], data["name"], strict=True), zip(data["key2"], data["name2"], strict=True), data[column], strict=True):
        if figure is not None and (row, other) in place:
            down, right = place[row, other]
            grid[down][right] = figure
    picture, (axes,) = _figure(title, len(rows) + 1)
    from matplotlib.colors import LinearSegmentedColormap

    most = max((each for line in grid for each in line if each == each), default=0) or 1
    axes.imshow(grid, aspect="auto", vmin=0, vmax=most, cmap=LinearSegmentedColormap.from_list("crm", ["#f4f7fa", MAIN]))
    for down, line in enumerate(grid):
        for right, figure in enumerate(line):
            if figure == figure:
                text = f"{figure:.0%}" if column in ("win_rate", "share") else _short(figure)
                axes.text(right, down, text, ha="center", va="center", fontsize=9, color="white" if figure > 0.6 * most else INK)
    names = [_name(name) for _, name in across]
    slanted = sum(map(len, names)) > 80
    axes.set_xticks(range(len(across)), names, rotation=35 if slanted else 0, ha="right" if slanted else "center")
    axes.set_yticks(range(len(rows)), [_name(name) for _, name in rows])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(label + (f"   (the first {len(rows)} of {len(rows) + hidden:,})" if hidden > 0 else ""))
    return picture


_DRAWN: dict[str, Callable[[_Data, str | None], Picture]] = {
    "ageing": _ageing,
    "bottlenecks": _bottlenecks,
    "conversion": _conversion,
    "forecast": _forecast,
    "funnel": _funnel,
    "lost_reasons": _lost_reasons,
    "open_pipeline": _open_pipeline,
    "sales_cycle": _sales_cycle,
    "stage_times": _stage_times,
    "trend": _trend,
    "win_rate": _win_rate,
    "won": _won,
}
