"""The comparison as workflow commands of GitHub Actions: one annotation for each difference, at its line."""

from collections.abc import Mapping
from typing import Final

from byte.model.difference import Difference, Level
from byte.model.diffs import Comparison, Problem
from byte.report.differences import wording
from byte.report.github import command
from byte.report.wording import one_line

_COMMANDS: Final[Mapping[Level, str]] = {"breaking": "error", "warning": "warning", "info": "notice"}


def render(comparison: Comparison, *, changelog: bool = False) -> str:
    """The annotations, breaking first, then one with the counts; what is compatible only with `changelog`."""
    lines = [_annotation(item) for group in wording.groups(comparison, changelog) for item in group.differences]
    lines += [_problem(item) for item in comparison.problems]
    lines += [command("notice", {"title": wording.UNUSED}, line) for line in wording.unused(comparison)]
    lines.append(command("notice", {"title": "Byte diff"}, wording.tally(comparison, changelog)))
    return "\n".join(lines) + "\n"


def _at(origin: str | None) -> dict[str, str]:
    found = wording.split(origin)
    return {"file": found[0], "line": str(max(found[1], 1))} if found else {}


def _annotation(difference: Difference) -> str:
    at = _at(difference.revision_origin) or _at(difference.base_origin)
    title = f"{wording.label(difference)}: {difference.id}"
    return command(_COMMANDS[difference.level], {**at, "title": title}, "\n".join(_lines(difference)))


def _lines(difference: Difference) -> list[str]:
    lines = [one_line(wording.clause(difference))]
    if difference.counterexample is not None:
        lines.append(": ".join(wording.proof(difference.counterexample, difference)))
    if difference.location or difference.base_origin:
        lines.append("; ".join(filter(None, (one_line(difference.location), wording.places(difference)))))
    return lines


def _problem(item: Problem) -> str:
    at = _at(f"{item.path}:{item.line}")
    return command("notice", {**at, "title": f"Not read in the {item.side}"}, one_line(item.reason))
