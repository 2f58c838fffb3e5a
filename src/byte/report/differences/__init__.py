"""The differences of two contracts: one comparison, many views of it.

A view is a pure function of a comparison (`byte.model.diffs`). Only JSON holds everything whatever is asked; the others
show what is compatible only for a changelog, and count it otherwise. The view for terminals needs rich, so
`for_terminal` imports it when it is called.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Protocol

from byte.model.diffs import Comparison
from byte.report.differences import github, json, markdown, sarif

__all__ = ["FORMATS", "View", "for_terminal"]


class View(Protocol):
    """What renders a comparison; `changelog` shows what is compatible, too."""

    def __call__(self, comparison: Comparison, *, changelog: bool = False) -> str: ...


FORMATS: Mapping[str, View] = {
    "markdown": markdown.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
}
"""The names that `--format` takes, beside `terminal`."""


def for_terminal(comparison: Comparison, *, width: int, color: bool, changelog: bool = False) -> str:
    """The coloured view of `byte.report.differences.terminal`."""
    render: Callable[..., str] = import_module("byte.report.differences.terminal").render
    return render(comparison, width=width, color=color, changelog=changelog)
