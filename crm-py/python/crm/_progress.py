"""Progress of long work: a callable of the caller's, or a bar where `tqdm` is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Bar:
    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __call__(self, done: int, of: int | None) -> None:
        self._bar.total = of
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def reporter(on_progress: Any, label: str, unit: str) -> Callable[[int, int | None], object]:
    """A callable that is told how much is done, and of how much (None when that is not known)."""
    if callable(on_progress):
        return on_progress  # type: ignore[no-any-return]
    try:
        from tqdm.auto import tqdm  # type: ignore
    except ImportError:
        return lambda done, of: None
    return _Bar(tqdm(desc=label, unit=unit, unit_scale=True, disable=not on_progress))
