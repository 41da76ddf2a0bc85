"""What the documentation shows runs: docstrings, the README and the pages, one after another as they stand."""

import doctest
import os
import re
from pathlib import Path

import pytest

import crm

HERE = Path(__file__).parents[1]
PAGES = [HERE / "README.md", *sorted((HERE / "docs").glob("*.md"))]


def test_docstrings_run():
    finder, attempted = doctest.DocTestFinder(exclude_empty=True), 0
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    documented = {"crm": crm, **{f"crm.{name}": getattr(crm, name) for name in crm.__all__}}
    for name, each in documented.items():
        members = [each] if name == "crm" else [each, *(member for member in vars(each).values() if getattr(member, "__doc__", None))] if isinstance(each, type) else [each]
        for member in members:
            text = member.__doc__ or ""
            if ">>>" in text:
                test = doctest.DocTestParser().get_doctest(text, {"crm": crm}, f"{name}.{getattr(member, '__name__', '')}", None, 0)
                runner.run(test)
                attempted += len(test.examples)
    del finder
    assert runner.summarize().failed == 0
    assert attempted >= 25


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages_run(page, tmp_path, monkeypatch):
    for needed in ("polars", "pandas", "pyarrow", "duckdb", "matplotlib"):
        pytest.importorskip(needed)
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks, f"{page.name} shows nothing"
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)
    for each in names.values():
        if isinstance(each, crm.Crm):
            each.close()
    assert os.getcwd() == str(tmp_path)
