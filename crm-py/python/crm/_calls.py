"""The calls that the core declares, as methods of the handle."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import _crm, _declared

# What a type of an argument is in Python, beyond those of fields: as it is accepted.
_ARGUMENTS = {"usize": "int", "PathBuf": "str | PathLike[str]", "Vec<Value>": "Iterable[Any] | None"}
_PROGRESS = "on_progress"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a method: its name, what it accepts, its default, and whether it is given by name only."""

    name: str
    accepts: str
    default: Any
    by_name: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A declared call."""

    name: str
    doc: str
    parameters: list[Parameter]
    result: str

    def signature(self) -> inspect.Signature:
        """The signature, without the handle that a method is called on."""
        kinds = {False: inspect.Parameter.POSITIONAL_OR_KEYWORD, True: inspect.Parameter.KEYWORD_ONLY}
        return inspect.Signature([inspect.Parameter(each.name, kinds[each.by_name], default=each.default) for each in self.parameters])


def _named(option: str) -> str:
    """A word that Python keeps for itself has an underscore after it."""
    return f"{option}_" if _crm._is_keyword(option) else option


def _options() -> dict[str, list[tuple[Parameter, str]]]:
    """The options that calls take, by the name of their structure: each as a parameter, and what it means."""
    found = {}
    for (structure, _, fields), defaults in zip(_crm._options(), _crm._defaults(), strict=True):
        found[structure] = [
            (Parameter(_named(option), accepts if accepts.endswith("None") or default is not None else f"{accepts} | None", default, True), _declared.doc(about))
            for (option, rust, about), default in zip(fields, defaults, strict=True)
            for accepts in [_declared.python(rust)[1]]
        ]
    return found


OPTIONS = _options()


def _explained(options: list[tuple[Parameter, str]]) -> list[str]:
    return [f"`{each.name}`: {' '.join(about.split())}" for each, about in options]


def _call(name: str, doc: str, example: str, arguments: list[Any], result: str, long: bool) -> Call:
    positional: list[Parameter] = []
    by_name: list[Parameter] = []
    text = [_declared.doc(doc)]
    for argument, kind, optional, default, of in arguments:
        if of is None:
            accepts = _ARGUMENTS.get(kind.replace(" ", "")) or _declared.python(kind)[1]
            if optional and default is None and not accepts.endswith("None"):
                accepts += " | None"
            positional.append(Parameter(argument, accepts, default if optional else inspect.Parameter.empty, False))
        else:
            by_name.extend(each for each, _ in OPTIONS[of])
            text.extend(_explained(OPTIONS[of]))
    if long:
        by_name.append(Parameter(_PROGRESS, "_Progress", None, True))
        text.append(f"`{_PROGRESS}` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed.")
    text.append(textwrap.dedent(example).strip())
    return Call(name, "\n\n".join(part for part in text if part), positional + by_name, _declared.python(result)[0])


OPEN = Call(
    "open",
    "\n\n".join(
        [
            "Opens a file, creating it when there is none; `\":memory:\"` is a file that lives as long as its handles. Acts as the\n"
            "system, which may do everything.",
            *_explained(OPTIONS["Options"]),
            "`clock`: Where the time comes from: a `ManualClock`, or a callable that gives an aware datetime and is asked\n"
            "before every call; what it raises comes out of that call, which has then done nothing.",
            '>>> with crm.open(":memory:") as db:\n...     db.organizations.add(name="Acme").name\n\'Acme\'',
        ]
    ),
    [
        Parameter("path", _ARGUMENTS["PathBuf"], inspect.Parameter.empty, False),
        *(each for each, _ in OPTIONS["Options"]),
        Parameter("clock", "ManualClock | Callable[[], datetime] | None", None, True),
    ],
    "Crm",
)


def opener() -> Callable[..., _crm.Crm]:
    """The function that opens files."""

    def open(path: Any, *, clock: Any = None, **options: Any) -> _crm.Crm:
        return _crm._open(path, clock, options)

    open.__module__ = "crm"
    open.__qualname__ = "open"
    open.__doc__ = OPEN.doc
    open.__signature__ = OPEN.signature()  # type: ignore[attr-defined]
    return open


CALLS = [_call(*each) for each in _crm._calls()]


def method(at: int, call: Call) -> Callable[..., Any]:
    """The method of the handle for a call."""

    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        return self._call(at, args, keywords)

    method.__name__ = call.name
    method.__qualname__ = f"Crm.{call.name}"
    method.__module__ = "crm"
    method.__doc__ = call.doc
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    method.__signature__ = inspect.Signature([this, *call.signature().parameters.values()])  # type: ignore[attr-defined]
    return method
