"""The comparison for a person at a terminal: operation by operation, breaking first, the counts last."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from byte.model.difference import Difference, Level
from byte.model.diffs import Comparison
from byte.report.differences import wording
from byte.report.terminal import CODE, text_of
from byte.report.wording import one_line, visible

STYLES: Mapping[Level, str] = {"breaking": "bold red", "warning": "bold yellow", "info": "green"}


def render(comparison: Comparison, *, width: int, color: bool, changelog: bool = False) -> str:
    """The view, `width` columns wide; `color` adds the terminal's escape sequences."""
    return text_of(Group(*_view(comparison, changelog)), width, color)


def _view(comparison: Comparison, changelog: bool) -> Iterator[RenderableType]:
    yield Text(visible(f"{comparison.base} -> {comparison.revision}"), style="dim")
    yield Text()
    for group in wording.groups(comparison, changelog):
        yield Text(wording.heading(group), style="bold")
        yield _added(group) if group.added else _table(group)
        yield Text()
    for line in wording.unused(comparison):
        yield Text(f"{wording.UNUSED}: {one_line(line)}", style="yellow")
    yield Text(wording.tally(comparison, changelog), style=_mood(comparison))


def _mood(comparison: Comparison) -> str:
    return STYLES["breaking"] if comparison.breaking else "bold"


def _table(group: wording.Group) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for difference in group.differences:
        # The columns are padded on the right only; two blanks set the list off from its heading.
        label = wording.LABELS[difference.level]
        table.add_row(Text(f"  {label}", style=STYLES[difference.level]), _difference(difference))
    return table


def _difference(difference: Difference) -> Text:
    head = Text(one_line(difference.message))
    if difference.proof == "undecided":
        head = Text.assemble(("undecided: ", "yellow"), head)
    head.highlight_regex(CODE, "cyan")
    head.append(f"  {visible(difference.id)}", style="dim")
    lines = [head]
    where = ", ".join(filter(None, (one_line(difference.location), wording.places(difference))))
    if where:
        lines.append(Text(where, style="dim"))
    if difference.counterexample is not None:
        verb, shown = wording.proof(difference.counterexample, difference)
        lines.append(Text.assemble(f"{verb}: ", (shown, "magenta")))
    return Text("\n").join(lines)


def _added(group: wording.Group) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for difference in group.differences:
        table.add_row(Text(f"  {visible(difference.operation)}"), Text(wording.places(difference)))
    return table
