"""The exceptions: one class per kind of error that the core knows."""

from __future__ import annotations

from ._crm import _errors


class CrmError(Exception):
    """Whatever goes wrong here. `code` names the kind, `field` the place (a field, table or file; empty when there is
    none) and `reason` says why. None of them ever holds the offending value."""

    code = "error"

    def __init__(self, message: str = "", field: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason or message

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


# What Python programs would catch for the same thing elsewhere.
_ALSO: dict[str, type[Exception]] = {
    "not_found": KeyError,
    "invalid": ValueError,
    "denied": PermissionError,
    "timed_out": TimeoutError,
}

BY_CODE: dict[str, type[CrmError]] = {}

for _name, _code, _doc in _errors():
    _bases = (CrmError, _ALSO[_code]) if _code in _ALSO else (CrmError,)
    BY_CODE[_code] = type(_name, _bases, {"code": _code, "__doc__": _doc.strip(), "__module__": "crm"})
    globals()[_name] = BY_CODE[_code]
