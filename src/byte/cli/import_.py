"""`byte import`: documents into a registry, here or elsewhere, each answered for."""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from byte.cli.output import write
from byte.cli.registry import DATABASE, KEY, opened, part
from byte.model.errors import ByteError, SettingsError
from byte.sources import paths

if TYPE_CHECKING:
    from byte.registry.collect import Given
    from byte.registry.imports import Result


_OUTCOMES: Final = ("created", "updated", "unchanged", "failed")
_SAID: Final = {
    "created": "new",
    "updated": "changed: new versions, or other details",
    "unchanged": "there already",
    "failed": "failed",
}
_NAMES: Final = 5
_PARTICULAR: Final = re.compile(r"`[^`]*`|\d+")


class Kind(StrEnum):
    """What documents are, where they do not show it."""

    REST = "rest"
    MCP = "mcp"
    A2A = "a2a"


class Format(StrEnum):
    """How the results are written."""

    TERMINAL = "terminal"
    JSON = "json"


def import_(
    names: list[str] = typer.Argument(
        ...,
        metavar="PATH_OR_URL",
        help="Documents (OpenAPI 2 and 3, MCP `server.json` and `tools/list`, A2A agent cards), folders of them, patterns, "
        "URLs, `git:REV:FILE`, or what a registry exported (`.ndjson`).",
    ),
    server: str | None = typer.Option(
        None, "--server", metavar="URL", help=f"Import into the registry that runs there; its API key is in {KEY}."
    ),
    database_url: str | None = DATABASE,
    owner: str | None = typer.Option(None, "--owner", metavar="NAME", help="The team that new services belong to."),
    kind: Kind | None = typer.Option(None, "--kind", help="What the documents are; else each is what it looks like."),
    format_: Format = typer.Option(
        Format.TERMINAL, "--format", help="A summary for people, or one line of JSON for each document."
    ),
    gate: bool = typer.Option(
        True,
        "--gate/--no-gate",
        help="Whether versions of services that are there already pass the gate; to load what was published elsewhere an "
        "admin leaves that out.",
    ),
    fail_fast: bool = typer.Option(False, "--fail-fast", help="Stop at the first document that fails."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Say nothing but what failed."),
) -> None:
    """Import documents into the registry: each becomes a version of its service, or is answered for.

    To import the same again changes nothing, so an import that was cut off is done again. Nothing is half-written.

    Examples: `byte import openapi.yaml`, `byte import apis/ --owner payments`, `byte import 'specs/**/*.json'`,
    `byte import registry.ndjson`, `byte import openapi.json --server https://registry.example`.

    Exit codes: 0 all of it is in the registry, 1 some documents failed, 2 Byte could not do its work.
    """
    if server is not None and database_url is not None:
        raise SettingsError("`--server` and `--database-url` are two places: give one of them.")
    imports = part("byte.registry.imports")
    given: tuple[Given, ...] = part("byte.registry.collect").collect(names, Path.cwd())
    options = imports.Options(owner=owner, kind=kind.value if kind is not None else None, gate=gate)
    counts: Counter[str] = Counter()
    failures: list[Result] = []
    operations = 0
    interrupted = None
    with _progress(len(given), quiet or format_ is Format.JSON) as step, _place(server, database_url, options) as run:
        try:
            for result in run(given, fail_fast, step):
                counts[result.outcome] += 1
                operations += result.operations
                if result.outcome == "failed":
                    failures.append(result)
                if format_ is Format.JSON:
                    write(f"{msgspec.json.encode(result).decode()}\n")
        except part("byte.registry.errors").UnavailableError as error:
            interrupted = error
    if format_ is Format.TERMINAL:
        _summary(counts, failures, operations, quiet)
    if interrupted is not None:
        done = sum(counts.values())
        raise ByteError(f"{interrupted} {done} of {len(given)} are done: import again to go on.") from interrupted
    if failures:
        raise typer.Exit(1)


# --- where to ----------------------------------------------------------------------------------

Step = Callable[[], None]
Run = Callable[["tuple[Given, ...]", bool, Step], "Iterator[Result]"]


@contextmanager
def _place(server: str | None, database_url: str | None, options: Any) -> Iterator[Run]:
    """How things are imported: into the store of this machine, or into a registry elsewhere."""
    if server is not None:
        client = part("byte.registry.client").Client(server, os.environ.get(KEY))
        yield lambda given, fail_fast, step: _remotely(client, given, options, fail_fast, step)
        return
    with opened(database_url) as store:
        yield lambda given, fail_fast, step: _here(store, given, options, fail_fast, step)


def _here(store: Any, given: "tuple[Given, ...]", options: Any, fail_fast: bool, step: Step) -> "Iterator[Result]":
    imports, who = part("byte.registry.imports"), part("byte.registry.actors").SYSTEM
    if options.owner is not None:
        imports.owned(store, who, options.owner)

    def tasks() -> Iterator[Any]:
        for one in given:
            step()
            if one.lines:
                yield from imports.line_tasks(who, one.chunks(), options)
            else:
                yield imports.document_task(who, one.name, one.read, options)

    yield from imports.run(store, tasks(), fail_fast=fail_fast)


def _remotely(client: Any, given: "tuple[Given, ...]", options: Any, fail_fast: bool, step: Step) -> "Iterator[Result]":
    for batch in part("byte.registry.client").bundles(_stepped(given, step), options):
        for result in batch.failed:
            yield result
            if fail_fast:
                return
        for result in client.imported(batch.lines, gate=options.gate):
            yield batch.named(result)
            if fail_fast and result.outcome == "failed":
                return


def _stepped(given: "Iterable[Given]", step: Step) -> "Iterator[Given]":
    for one in given:
        step()
        yield one


# --- what is said ------------------------------------------------------------------------------


@contextmanager
def _progress(total: int, silent: bool) -> Iterator[Step]:
    """A bar on the error stream, where that is a terminal."""
    console = Console(file=sys.stderr)
    if silent or not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _summary(counts: Counter[str], failures: "list[Result]", operations: int, quiet: bool) -> None:
    """How many became what, and the failures by their causes."""
    console = Console(file=sys.stdout, soft_wrap=True, highlight=False)
    if not quiet:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(justify="right")
        table.add_column()
        for outcome in _OUTCOMES:
            if counts[outcome] or outcome == "created":
                table.add_row(f"{counts[outcome]:,}", _SAID[outcome])
        table.add_row(f"{operations:,}", "operations")
        console.print(table)
    for found in _causes(failures):
        console.print(Text(f"\n{len(found):,} failed: {paths.safe(found[0].reason)}"))
        for result in found[:_NAMES]:
            console.print(Text(f"  {paths.safe(result.name)}"))
        if len(found) > _NAMES:
            console.print(Text(f"  and {len(found) - _NAMES:,} more"))


def _causes(failures: "list[Result]") -> "list[list[Result]]":
    """The failures together that have the same reason but for names and numbers, the most frequent first."""
    causes: dict[str, list[Result]] = {}
    for result in failures:
        causes.setdefault(_PARTICULAR.sub("...", result.reason), []).append(result)
    return sorted(causes.values(), key=len, reverse=True)
