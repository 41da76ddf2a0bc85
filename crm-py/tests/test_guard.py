"""Everything the core declares is reachable here, and the stubs say so."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import crm
from crm import _crm, _stubs



def test_every_entity_is_an_accessor_and_a_class(db):
    compared = 0
    for entity in crm.entities():
        accessor = getattr(db, entity.plural)
        record = getattr(crm, next(name for name, each, _, _ in _crm._classes() if each == entity.name))
        assert isinstance(accessor, crm.Entities) and repr(accessor) == f"<{entity.plural}>"
        assert accessor.count() >= 0 and accessor.find(limit=1) is not None and accessor.page(limit=1) is not None
        columns = accessor.table(limit=1).columns
        for field in entity.fields:
            assert isinstance(getattr(record, field.name), type(crm.Organization.name)), f"{entity.name}.{field.name}"
            assert field.doc and field.name in columns
            compared += 1
        assert record.__doc__ and record.__module__ == "crm" and record.__name__ in crm.__all__
        with pytest.raises(crm.NotFound):
            accessor.get(10**9)
    assert compared > 200 and len(crm.entities()) >= 36


def test_every_choice_is_an_enum_of_its_words():
    words = {tuple(field.words) for entity in crm.entities() for field in entity.fields if field.type == "choice"}
    enums = {tuple(member.value for member in getattr(crm, name)) for name in _crm.choices}
    assert words <= enums and len(_crm.choices) >= 12 and len(words) >= 6
    for name in _crm.choices:
        assert getattr(crm, name).__doc__ and all(member.name.isidentifier() for member in getattr(crm, name))


def test_every_report_runs(db):
    db.add_process("New business")
    for report in crm.Report:
        assert isinstance(db.report(report), crm.Table) and len(db.report(report.value).columns) > 1
    assert len(crm.Report) >= 11


def test_every_error_is_a_class():
    kinds = _crm._errors()
    assert len(kinds) >= 13
    for name, code, doc in kinds:
        kind = getattr(crm, name)
        assert issubclass(kind, crm.CrmError) and kind.code == code and kind.__doc__ == doc.strip()


def test_everything_says_what_it_does():
    seen = 0
    for owner in (crm.Crm, crm.Entities, crm.ChangeSet, crm.Table, crm.Money, crm.ManualClock):
        for name, member in inspect.getmembers(owner):
            if not name.startswith("_"):
                assert member.__doc__, f"{owner.__name__}.{name}"
                seen += 1
    assert seen > 60


def test_the_stubs_are_up_to_date():
    stub = Path(crm.__file__).with_name("__init__.pyi")
    assert stub.read_text(encoding="utf-8") == _stubs.text(), "run python -m crm._stubs"
    assert Path(crm.__file__).with_name("py.typed").exists()


def test_a_type_checker_agrees(tmp_path):
    pytest.importorskip("mypy")
    script = tmp_path / "typed.py"
    script.write_text(
        "import crm\n"
        "db = crm.open(':memory:')\n"
        "acme = db.organizations.add(name='Acme', employees=3, my_own='x')\n"
        "name: str = acme.name\n"
        "status: crm.DealStatus = db.deals.find('status = ?', ['open'])[0].status\n"
        "wrong: int = acme.name\n"
        "db.organizations.add(name=5)\n"
        "db.organizations.add()\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)], capture_output=True, text=True, check=False
    )
    lines = [line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line and "typed.py" in line]
    assert lines == ["6", "7", "8"], done.stdout


def test_the_layer_itself_is_typed(tmp_path):
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "-p", "crm"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_stubs_fit_what_is_there(tmp_path):
    pytest.importorskip("mypy")
    allowed = tmp_path / "allowed"
    # Private names; what the interpreter answers by other means; and `Entities`, which only the stubs divide by entity.
    allowed.write_text("crm\\._(crm|declared|errors|figure|html|plot|progress|stubs).*\ncrm\\.Entities\ncrm\\..*\\.(__getattr__|__radd__)\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "crm", "--allowlist", str(allowed), "--ignore-unused-allowlist"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-3000:]
