"""`byte diff`: two contracts in, what differs and whom it breaks out."""

import sys
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from byte.cli.later import Later
from byte.cli.output import deliver, watched, width
from byte.cli.sides import Reader, Side, day
from byte.compare import compare
from byte.compare.ids import IDS
from byte.model.difference import Difference, SideName
from byte.model.diffs import Comparison, Problem
from byte.report.differences import FORMATS, for_terminal
from byte.report.differences.wording import problems
from byte.sources import oasdiff_files

if TYPE_CHECKING:
    from byte.cli import application
else:
    # Only applications need it, and it needs most of Byte.
    application = Later("byte.cli.application")

_SHOWN = 8


class Format(StrEnum):
    """How the differences are written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class FailOn(StrEnum):
    """The least that fails."""

    BREAKING = "breaking"
    WARNING = "warning"
    NONE = "none"


_ENDINGS = {".json": Format.JSON, ".md": Format.MARKDOWN, ".sarif": Format.SARIF}


def diff(
    base: str = typer.Argument(
        ...,
        metavar="BASE",
        help="The contract that clients know: an OpenAPI document (a file, `-` for standard input, `git:REV:FILE`, a URL) "
        "or the application in a folder (`git:REV`, `git:REV:FOLDER`, or a folder here).",
    ),
    revision: str | None = typer.Argument(
        None,
        metavar="REVISION",
        help="The contract that is to replace it, named alike. Without it: what the working tree has in the place of "
        "BASE, which is a `git:` one then.",
    ),
    format_: Format | None = typer.Option(
        None,
        "--format",
        help="How to write the differences; by default what the name after -o says, else terminal on a terminal and "
        "markdown elsewhere.",
    ),
    fail_on: FailOn = typer.Option(FailOn.BREAKING, "--fail-on", help="Exit with 1 from this level on."),
    changelog: bool = typer.Option(False, "--changelog", help="Show what is compatible too, as release notes do."),
    as_of: str | None = typer.Option(
        None,
        "--as-of",
        metavar="DATE",
        help="The day (YYYY-MM-DD) that sunset dates are measured by; by default that of the revision's commit.",
    ),
    ignore: list[Path] | None = typer.Option(
        None,
        "--ignore",
        metavar="FILE",
        help="Leave out what this oasdiff ignore file lists. Can be given several times.",
    ),
    severity: Path | None = typer.Option(
        None,
        "--severity",
        metavar="FILE",
        help="Levels of checks, as an oasdiff severity file gives them (`id level`).",
    ),
    allow_remote: bool = typer.Option(
        False, "--allow-remote", help="Read URLs: those named here, and documents that the documents refer to."
    ),
    output: Path | None = typer.Option(None, "-o", "--output", help="Write to this file."),
    repo: Path = typer.Option(
        Path(), "--repo", help="The repository of `git:`, or a folder in it; a bare one will do."
    ),
    app: str | None = typer.Option(
        None, "--app", metavar="FILE:EXPRESSION", help="Which application of a folder, as for `byte contract`."
    ),
    target: str | None = typer.Option(
        None, "--target", metavar="fastapi=X,pydantic=Y", help="Versions for both applications, as for `byte contract`."
    ),
    cache_dir: Path | None = typer.Option(None, "--cache-dir", help="Where facts are kept between runs."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Neither read nor write the cache of facts."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Do not tell which application was read."),
) -> None:
    """Compare two contracts: what breaks clients, each break with a request or payload that proves it.

    A request that the base accepts must be accepted by the revision; an answer of the revision must be valid for a
    client of the base. What can be decided neither way is a warning that says why.

    Examples: `byte diff old.yaml new.yaml`, `byte diff git:main:openapi.yaml openapi.yaml`, `byte diff git:main` (the
    application here), `byte diff git:v1:backend git:v2:backend --changelog`, `curl -s URL | byte diff old.json -`,
    `byte diff git:main:openapi.yaml --format github --fail-on warning`.

    Exit codes: 0 nothing that --fail-on names, 1 there is, 2 Byte could not do its work.
    """
    given = day(as_of) if as_of is not None else None
    reader = Reader(
        repo=repo,
        facts=lambda: application.library(cache_dir, no_cache),
        app=app,
        target=target,
        allow_remote=allow_remote,
    )
    sides = reader.pair(base, revision)
    comparison = _compared(sides, given or reader.day(*sides))
    comparison = _adjusted(comparison, ignore or [], severity)
    chosen = format_ or _default(output)
    deliver(_render(comparison, chosen, changelog, output), output)
    for line in _remarks(sides, comparison, chosen, quiet):
        typer.echo(line, err=True)
    raise typer.Exit(1 if _fails(comparison, fail_on) else 0)


# --- comparing ---------------------------------------------------------------------------------


def _compared(sides: tuple[Side, Side], as_of: str | None) -> Comparison:
    base, revision = sides
    found = compare(base.contract, revision.contract, as_of=date.fromisoformat(as_of) if as_of else None)
    return Comparison(
        base=base.name,
        revision=revision.name,
        as_of=as_of,
        differences=tuple(_placed(difference, base, revision) for difference in found),
        problems=(*_problems("base", base), *_problems("revision", revision)),
    )


def _placed(difference: Difference, base: Side, revision: Side) -> Difference:
    """The difference with the lines of its pointers; one at the top of a document has none."""
    return msgspec.structs.replace(
        difference,
        base_origin=base.place(difference.base_pointer) if difference.base_pointer else None,
        revision_origin=revision.place(difference.revision_pointer) if difference.revision_pointer else None,
    )


def _problems(name: SideName, side: Side) -> Iterable[Problem]:
    return (Problem(name, gap.path, gap.line, gap.reason) for gap in side.contract.gaps)


def _adjusted(comparison: Comparison, ignore: list[Path], severity: Path | None) -> Comparison:
    """What is left by ignore files, with the levels of a severity file."""
    if not ignore and severity is None:
        return comparison
    lines = [line for file in ignore for line in oasdiff_files.ignore_lines(file, IDS)]
    levels = oasdiff_files.severities(severity, IDS) if severity is not None else {}
    kept = oasdiff_files.without_ignored(comparison.differences, lines)
    left = oasdiff_files.relevelled(kept.differences, levels)
    return msgspec.structs.replace(
        comparison,
        differences=left,
        ignored=kept.ignored + len(kept.differences) - len(left),
        unused=kept.unused,
    )


def _fails(comparison: Comparison, fail_on: FailOn) -> bool:
    failing = {FailOn.BREAKING: ("breaking",), FailOn.WARNING: ("breaking", "warning"), FailOn.NONE: ()}[fail_on]
    return any(difference.level in failing for difference in comparison.differences)


# --- what to say -------------------------------------------------------------------------------


def _default(output: Path | None) -> Format:
    if output is not None:
        return _ENDINGS.get(output.suffix.lower(), Format.MARKDOWN)
    return Format.TERMINAL if watched(sys.stdout) else Format.MARKDOWN


def _render(comparison: Comparison, format_: Format, changelog: bool, output: Path | None) -> str:
    if format_ is not Format.TERMINAL:
        return FORMATS[format_.value](comparison, changelog=changelog)
    color = output is None and watched(sys.stdout)
    return for_terminal(comparison, width=width(), color=color, changelog=changelog)


def _remarks(sides: tuple[Side, Side], comparison: Comparison, format_: Format, quiet: bool) -> Iterable[str]:
    """Which applications were read, and for terminals what could not be: the other formats hold that themselves."""
    if not quiet:
        yield from (f"byte: {side.name}: {side.note}" for side in sides if side.note)
    if format_ is Format.TERMINAL and comparison.problems:
        yield "byte: not read, and so not compared:"
        lines = problems(comparison)
        yield from (f"  {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"  ... {len(lines) - _SHOWN} more (--format json has all)"
