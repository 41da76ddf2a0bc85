"""An embeddable CRM: one file on disk, no server.

>>> import crm
>>> db = crm.open(":memory:")
>>> acme = db.organizations.add(name="Acme", industry="steel")
>>> db.organizations.update(acme.id, employees=120).employees
120
"""

from __future__ import annotations

from functools import cached_property as _cached_property

from . import _calls, _crm, _errors
from ._crm import ChangeSet, Crm, Entities, Listening, ManualClock, Money, Table, entities
from ._declared import OUTCOMES as _OUTCOMES
from ._errors import CrmError
from ._types import Entity, Field, Loaded, Page, Preview

__all__ = [
    "ChangeSet",
    "Crm",
    "CrmError",
    "Entities",
    "Entity",
    "Field",
    "Listening",
    "Loaded",
    "ManualClock",
    "Money",
    "Page",
    "Preview",
    "Table",
    "entities",
    "open",
]


open = _calls.opener()


def _accessor(plural: str, doc: str) -> None:
    """Gives the handle an attribute for the records of an entity; it is made once per handle."""
    accessor = _cached_property(lambda db: db._entities(plural))
    accessor.__doc__ = doc
    accessor.__set_name__(Crm, plural)
    setattr(Crm, plural, accessor)


# Records, closed sets, plain results and errors are those that the core declares.
for _class, _entity, _plural, _fields in _crm._classes():
    globals()[_class] = getattr(_crm, _class)
    _accessor(_plural, getattr(_crm, _class).__doc__)
    __all__.append(_class)
for _class in _crm.choices:
    globals()[_class] = getattr(_crm, _class)
    __all__.append(_class)
for _class, _result in _OUTCOMES.items():
    globals()[_class] = _result
    __all__.append(_class)
for _at, _call in enumerate(_calls.CALLS):
    setattr(Crm, _call.name, _calls.method(_at, _call))
for _error in _errors.BY_CODE.values():
    globals()[_error.__name__] = _error
    __all__.append(_error.__name__)

del _class, _entity, _plural, _fields, _result, _error, _at, _call
