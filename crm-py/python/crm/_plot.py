"""Pictures of reports, with matplotlib: `db.report("won", by="owner").plot()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._errors import BY_CODE
from ._figure import (
    BAD,
    GOOD,
    GRID,
    INK,
    MAIN,
    PALE,
    PERIODS,
    STYLE,
    Picture,
    _across,
    _bars,
    _columns,
    _Data,
    _figure,
    _legend_below,
    _name,
    _nothing,
    _percent,
    _periods,
    _say,
    _short,
    _upright,
    _whole,
    _words,
)


def plot(table: Any, *, title: str | None = None, rows: int = 15) -> Picture:
    """Draws a report."""
    if table.report is None:
        raise BY_CODE["invalid"]("report: only a report can be drawn", "report", "only a report can be drawn")
    split = "key2" in table.columns or "key" in table.columns and table.report in _FIRST
    draw = _two if split else _DRAWN.get(table.report, _any)
    import matplotlib

    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        return draw(_Data(table, rows), title)

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


# The figure that says most of reports with several rows for each thing that they are split by.
_FIRST = {"bottlenecks": "waiting", "conversion": "share", "funnel": "", "lost_reasons": "", "stage_times": "median_days"}


def _two(data: _Data, title: str | None) -> Picture:
    """A report that is split by two things: the first downwards, the second across, the first figure in each place. Stages and reasons go across, too."""
    title = title or f"{_words(str(data.table.report)).capitalize()}{data.split}"
    if not len(data) or not data.figures:
        return _nothing(title)
    if data.table.report in _FIRST:
        column = _FIRST[data.table.report] or _what(data)
        of_row = _stages(data) if "stage" in data.columns else data["lost_reason"]
        if "key2" in data.columns:
            data.columns["key"] = list(zip(data["key"], data["key2"], strict=True))
            data.columns["name"] = [f"{_name(name)}, {_name(other)}" for name, other in zip(data["name"], data["name2"], strict=True)]
        data.columns["key2"] = data.columns["name2"] = of_row
    else:
        column = data.figures[0]
    in_time = data.by[1:] in PERIODS and data.table.report not in _FIRST
    label = f"{_words(column)}, {data.currency}" if column in data.table.amounts else _words(column)
    rows, across = (list(dict.fromkeys(zip(data[key], data[name], strict=True))) for key, name in (("key", "name"), ("key2", "name2")))
    # Time goes from left to right; of the rest the first ones met.
    across = sorted(across, key=lambda each: (each[0] is None, str(each[0]) if in_time else 0))[:24]
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
