"""`byte rules`: the rules and their pages."""

import difflib
from enum import StrEnum

import msgspec
import typer

from byte import rules as catalogue
from byte.cli.output import write
from byte.model.errors import SettingsError
from byte.model.review import Rule


class Format(StrEnum):
    """How the rules are written."""

    TERMINAL = "terminal"
    JSON = "json"


def rules(
    name: str | None = typer.Argument(None, help="A rule's name or id, to print its page."),
    format_: Format = typer.Option(Format.TERMINAL, "--format", help="How to write them."),
) -> None:
    """List the rules, or print the page of one: what it finds, why, examples, limits.

    Examples: `byte rules`, `byte rules query-in-loop`, `byte rules BYT401`.
    """
    chosen = catalogue.RULES if name is None else (_find(name),)
    if format_ is Format.JSON:
        rows = [_row(rule) for rule in chosen]
        write(f"{msgspec.json.format(msgspec.json.encode(rows), indent=2).decode()}\n")
    elif name is not None:
        rule = chosen[0]
        aspect = rule.aspect.value if rule.aspect is not None else "Concerns only"
        head = f"# {rule.name} ({rule.id})\n\nSeverity: {rule.severity.value}. Line: {aspect}.\n"
        write(f"{head}\n{catalogue.page(rule)}\n")
    else:
        width = max(len(rule.name) for rule in chosen)
        lines = [f"{r.id}  {r.name:<{width}}  {r.severity.value:<8} {catalogue.summary(r)}\n" for r in chosen]
        write("".join(lines))


def _find(name: str) -> Rule:
    rule = catalogue.BY_NAME.get(name) or catalogue.BY_NAME.get(name.upper())
    if rule is None:
        near = difflib.get_close_matches(name, list(catalogue.BY_NAME), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`byte rules` lists them all."
        raise SettingsError(f"There is no rule `{name}`; {hint}")
    return rule


def _row(rule: Rule) -> dict[str, str | None]:
    return {
        "id": rule.id,
        "rule": rule.name,
        "area": rule.area.value,
        "aspect": rule.aspect.value if rule.aspect is not None else None,
        "severity": rule.severity.value,
        "summary": catalogue.summary(rule),
        "page": catalogue.page(rule),
    }
