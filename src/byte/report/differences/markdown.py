"""The comparison as Markdown, for a comment on a pull request or for release notes."""

from collections.abc import Iterator

from byte.model.difference import Difference
from byte.model.diffs import Comparison
from byte.report.differences import wording
from byte.report.inline import block, code, place, text
from byte.report.wording import visible


def render(comparison: Comparison, *, changelog: bool = False) -> str:
    """A heading with the counts, then a list for each operation; with `changelog` what is compatible, too."""
    lines = [
        # A reader of a comment has no use for the hint at an option.
        f"## {'API changelog' if changelog else 'API changes'}: {wording.tally(comparison, True).rstrip('.')}",
        "",
        f"{code(visible(comparison.base))} → {code(visible(comparison.revision))}",
    ]
    for group in wording.groups(comparison, changelog):
        lines += ["", f"### {wording.heading(group, _name)}", ""]
        lines += _added(group) if group.added else [line for item in group.differences for line in _difference(item)]
    lines += _remarks(comparison)
    return "\n".join(lines) + "\n"


def _name(operation: str) -> str:
    return code(visible(operation))


def _difference(difference: Difference) -> Iterator[str]:
    where = "; ".join(filter(None, (text(difference.location), wording.places(difference, place, "→"))))
    at = f" ({where})" if where else ""
    said = wording.label(difference).capitalize()
    yield f"- **{said}:** {text(difference.message)}{at} {code(visible(difference.id))}"
    if difference.counterexample is not None:
        verb, shown = wording.proof(difference.counterexample, difference)
        yield f"  - {verb}: {code(shown)}"


def _added(group: wording.Group) -> Iterator[str]:
    for difference in group.differences:
        at = wording.places(difference, place, "→")
        yield f"- {_name(difference.operation)}{f' ({at})' if at else ''}"


def _remarks(comparison: Comparison) -> Iterator[str]:
    if comparison.problems:
        yield from ("", "### Not read, and not compared", "")
        yield from (f"- {line}" for line in wording.problems(comparison, place, text))
    if comparison.unused:
        yield from ("", f"### {wording.UNUSED}", "")
        yield from (f"- {block(line)}" for line in wording.unused(comparison))
