"""The report: one review, many views of it.

A view is a pure function of a review (`byte.model`) and knows nothing else of Byte. `FORMATS` holds those that give
text for files and services. The view for terminals needs rich, which most runs never show, so `for_terminal` imports
it when it is called.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from byte.model.review import Review
from byte.report import comment, github, json, markdown, sarif

__all__ = ["FORMATS", "for_terminal"]

FORMATS: Mapping[str, Callable[[Review], str]] = {
    "markdown": markdown.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
    "comment": comment.render,
}
"""The names that `--format` takes."""


def for_terminal(review: Review, *, width: int, color: bool, answers: bool = False) -> str:
    """The coloured view of `byte.report.terminal`."""
    text: str = import_module("byte.report.terminal").render(review, width, color, answers)
    return text
