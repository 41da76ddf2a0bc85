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
        """The signature of the method."""
        this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        kinds = {False: inspect.Parameter.POSITIONAL_OR_KEYWORD, True: inspect.Parameter.KEYWORD_ONLY}
        return inspect.Signature([this, *(inspect.Parameter(each.name, kinds[each.by_name], default=each.default) for each in self.parameters)])


def _named(option: str) -> str:
    """A word that Python keeps for itself has an underscore after it."""
    return f"{option}_" if _crm._is_keyword(option) else option


def _call(name: str, doc: str, example: str, arguments: list[Any], result: str, long: bool) -> Call:
    options = {declared: fields for declared, _, fields in _crm._options()}
    positional: list[Parameter] = []
    by_name: list[Parameter] = []
    text = [_declared.doc(doc)]
    for argument, kind, optional, default, of in arguments:
        if of is None:
            accepts = _ARGUMENTS.get(kind.replace(" ", "")) or _declared.python(kind)[1]
            positional.append(Parameter(argument, accepts, default if optional else inspect.Parameter.empty, False))
            continue
        for option, rust, about in options[of]:
            accepts = _declared.python(rust)[1]
            by_name.append(Parameter(_named(option), accepts if accepts.endswith("None") else f"{accepts} | None", None, True))
            text.append(f"`{_named(option)}`: {' '.join(_declared.doc(about).split())}")
    if long:
        by_name.append(Parameter(_PROGRESS, "_Progress", None, True))
        text.append(f"`{_PROGRESS}` is told how much is done and of how much; `True` shows a bar when `tqdm` is installed.")
    text.append(textwrap.dedent(example).strip())
    return Call(name, "\n\n".join(part for part in text if part), positional + by_name, _declared.python(result)[0])


CALLS = [_call(*each) for each in _crm._calls()]


def method(at: int, call: Call) -> Callable[..., Any]:
    """The method of the handle for a call."""

    def method(self: Any, *args: Any, **keywords: Any) -> Any:
        return self._call(at, args, keywords)

    method.__name__ = call.name
    method.__qualname__ = f"Crm.{call.name}"
    method.__module__ = "crm"
    method.__doc__ = call.doc
    method.__signature__ = call.signature()  # type: ignore[attr-defined]
    return method
