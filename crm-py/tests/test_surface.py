"""What the core can do is compared, name by name, with what can be done here: a gap fails."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

import crm
from crm import _crm

CORE = Path(__file__).parents[2] / "crm-core" / "src"

# What is here under another name, or by other means, and by which. Everything else has the name it has in the core.
CRM = {
    "open_with": "open",  # the options are keyword arguments
    "begin": "change",  # and the `with` block's end
    "cancelled_by": "sql",  # every call stops at Ctrl-C
    "fields": "entities",
    "import_csv_from": "import_csv",  # a reader's rows come as a path or a frame
    "preview_csv_from": "preview_csv",
    "json": "entities",  # for hosts that know entities by name only; here they are classes
}
CHANGE_SET = {
    "commit": "change",
    "rollback": "change",
    "id": "change",  # `change.change_set`
    "warnings": "change",
    "label": "change",
    "actor": "user",
    "today": "now",
    "import_csv_from": "import_csv",
    "json": "entities",
    "preview": "dry_run",
}
ENTITIES = {
    "add_named": "add",
    "add_many_named": "add_many",
    "edit": "update",
    "set": "update",
}


def methods(owner: str) -> set[str]:
    """The public methods of a type in the core's source, those of its entities' accessors (made by a macro) aside."""
    found: set[str] = set()
    for path in CORE.rglob("*.rs"):
        source = path.read_text(encoding="utf-8")
        for block in re.finditer(rf"^impl(?:<[^{{]*?>)? {owner}(?:<[^{{]*?>)? (?:where[^{{]*)?\{{$(.*?)^\}}$", source, re.MULTILINE | re.DOTALL):
            found |= set(re.findall(r"^    pub fn (\w+)", block[1], re.MULTILINE))
        if owner == "Crm":
            # Calls are declared by the areas: `[view] dossier(...)`.
            found |= set(re.findall(r"^ +\[(?:view|change|both|crm)[a-z ]*\] (\w+)\(", source, re.MULTILINE))
    return found


@pytest.mark.skipif(not CORE.exists(), reason="the core's source is not here")
@pytest.mark.parametrize(("owner", "here", "otherwise", "least"), [("Crm", crm.Crm, CRM, 25), ("ChangeSet", crm.Crm, CHANGE_SET, 12), ("Entities", crm.Entities, ENTITIES, 12)])
def test_every_public_method_of_the_core_is_reachable(owner, here, otherwise, least):
    there = methods(owner)
    assert len(there) >= least, f"too few methods of {owner} were found for the comparison to mean anything: {sorted(there)}"
    missing = {name for name in there if not hasattr(here, otherwise.get(name, name)) and not hasattr(crm, otherwise.get(name, name))}
    assert not missing, f"{owner} of the core has {sorted(missing)}, Python has not"
    stale = {name for name in otherwise if name not in there}
    assert not stale, f"{sorted(stale)} of the exceptions are no longer in the core"


@pytest.mark.skipif(not CORE.exists(), reason="the core's source is not here")
def test_every_public_structure_of_the_core_is_here():
    declared = set()
    for path in CORE.rglob("*.rs"):
        declared |= set(re.findall(r"^    pub struct (\w+) as for_\w+ \{", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(declared) >= 12
    options = {name for name, _, _ in _crm._options()} | {"ReportQuery"}  # these are keyword arguments
    assert len(options) >= 3 and {name for name in declared - options if not hasattr(crm, name)} == set()
    for name in declared - options:
        assert fields(getattr(crm, name)) or name in {entity.name for entity in crm.entities()}


@pytest.mark.skipif(not CORE.exists(), reason="the core's source is not here")
def test_a_report_can_be_narrowed_by_all_that_the_core_knows():
    source = (CORE / "analytics" / "report.rs").read_text(encoding="utf-8")
    there = re.findall(r"^ *pub (\w+): ", source[source.index("pub struct ReportQuery") :], re.MULTILINE)
    here = inspect.signature(crm.Crm.report).parameters
    assert len(there) >= 8 and [name for name in there if name not in here and f"{name}_" not in here] == []
