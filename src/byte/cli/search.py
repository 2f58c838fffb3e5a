"""`byte search`: operations found by what they do, in a registry that runs, or in files without any."""

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from byte.cli.later import Later
from byte.cli.output import width, write
from byte.cli.registry import part
from byte.model.contract import ORIGIN
from byte.model.errors import ByteError, SettingsError, SourceError
from byte.sources import paths

if TYPE_CHECKING:
    from byte.cli import application
    from byte.registry.records import Content
else:
    # Only source trees need it, and it needs most of Byte.
    application = Later("byte.cli.application")

EXTRA: Final = "pip install 'byte-review[search]'"
_KEY: Final = "BYTE_API_KEY"
_EMBEDDINGS: Final = "BYTE_EMBEDDINGS"
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "site-packages"})
_LOOKED_AT: Final = 20_000
"""Files of a folder that are looked at to know whether it holds Python."""
_AT_ONCE: Final = 1_000
_NEAREST: Final = 3
"""How many are shown where none is a good answer."""
_UNREAD: Final = 3
_FIELDS: Final = 2
"""In how many places a word is shown to stand: the API tells all of them."""


class Kind(StrEnum):
    """What operations are."""

    REST = "rest"
    MCP = "mcp"
    A2A = "a2a"


class Format(StrEnum):
    """How the answer is written."""

    TERMINAL = "terminal"
    JSON = "json"


def search(
    query: str = typer.Argument(..., metavar="QUERY", help="What is looked for, in words: `refund a payment`."),
    sources: list[str] = typer.Argument(
        None,
        metavar="[SOURCE]...",
        help="Where to look without a registry: documents (OpenAPI, MCP, A2A), folders of them, patterns, URLs, or the "
        "folder of a FastAPI application; by default this folder.",
        show_default=False,
    ),
    server: str | None = typer.Option(
        None, "--server", metavar="URL", help=f"Search the registry that runs there; its API key is in {_KEY}."
    ),
    limit: int = typer.Option(10, "--limit", "-n", min=1, max=200, help="How many are shown at most."),
    format_: Format = typer.Option(Format.TERMINAL, "--format", help="A table for people, or JSON as the API answers."),
    kind: Kind | None = typer.Option(None, "--kind", help="Only operations of this kind."),
    method: str | None = typer.Option(None, "--method", help="Only operations with this method of HTTP."),
    tag: str | None = typer.Option(None, "--tag", help="Only operations with this tag."),
    service: str | None = typer.Option(None, "--service", help="Only operations of this service."),
    owner: str | None = typer.Option(None, "--owner", help="Only those of this team (with --server)."),
    state: str | None = typer.Option(None, "--state", help="Only those of versions in this state (with --server)."),
    health: str | None = typer.Option(None, "--health", help="Only those whose health is this (with --server)."),
    deprecated: bool | None = typer.Option(
        None, "--deprecated/--no-deprecated", help="Only operations that are deprecated, or only those that are not."
    ),
    by_service: bool = typer.Option(False, "--by-service", help="Show the best of each service only."),
) -> None:
    """Find operations by what they do. The files need no registry: nothing is kept of them.

    Each hit says how likely it is what was asked for, and which words were found where. Where nothing fits, that is said.

    Examples: `byte search "refund a payment" apis/`, `byte search "who owns this invoice" --server https://registry.example`,
    `byte search "upload a picture" openapi.yaml tools.json`, `byte search "cancel an order" services/orders --format json`.

    Exit codes: 0 something was found, 1 there is no good answer, 2 Byte could not do its work.
    """
    filters = {
        "service": service,
        "kind": kind.value if kind is not None else None,
        "method": method.upper() if method is not None else None,
        "tag": tag,
        "owner": owner,
        "state": state,
        "health": health,
        "deprecated": deprecated,
    }
    if not query.strip():
        raise SettingsError("There is nothing to look for: say in words what the operation does.")
    if server is not None and sources:
        raise SettingsError("`--server` and sources are two places: give one of them.")
    if server is None:
        kept = [name for name in ("owner", "state", "health") if filters[name] is not None]
        if kept:
            raise SettingsError(f"Only a registry knows `--{kept[0]}`: give `--server` with it.")
        found = _here(query, sources or ["."], filters, limit, by_service, format_ is Format.JSON)
    else:
        given = {"q": query, "limit": limit, "group": "service" if by_service else None, **filters}
        found = part("byte.registry.client").Client(server, os.environ.get(_KEY)).searched(given)
    if format_ is Format.JSON:
        write(f"{msgspec.json.encode(found).decode()}\n")
    else:
        _show(found)
    raise typer.Exit(0 if found["answer"] != "none" else 1)


# --- in files ----------------------------------------------------------------------------------


def _here(
    query: str, sources: Sequence[str], filters: dict[str, Any], limit: int, by_service: bool, silent: bool
) -> dict[str, Any]:
    """The answer for files, in the shape of the API's; each hit with its `origin`."""
    gc.enable()  # an index of many operations is no short review
    search = {name: _needed(f"byte.registry.search.{name}") for name in ("choice", "index", "local", "query", "shown")}
    origins: dict[str, str] = {}
    entries = list(_entries(sources, search["local"], origins))
    index = search["index"].Index(_embedder(search["choice"]))
    with _progress(len(entries), silent) as bar:
        for start in range(0, len(entries), _AT_ONCE):
            index.add(entries[start : start + _AT_ONCE])
            bar.update(bar.task_ids[0], advance=_AT_ONCE)
    wanted = search["query"].Filters(**filters)
    found = index.search(search["query"].Query(text=query, limit=limit, filters=wanted, group=by_service))
    embedder = index.embedder
    body: dict[str, Any] = search["shown"].results(
        found, event=0, operations=len(index), embeddings=embedder.identity if embedder is not None else ""
    )
    body["items"] = [{**item, "origin": origins[item["id"]]} for item in body["items"]]
    return body


def _needed(name: str) -> Any:
    return part(name, what="Search", extra=EXTRA)


def _embedder(choice: Any) -> Any:
    """The model of the environment's setting; words alone, and a warning, where it cannot be had."""
    try:
        return choice.opened(os.environ.get(_EMBEDDINGS) or choice.STATIC, choice.from_environment(os.environ))
    except ByteError as error:
        typer.echo(f"byte: search is by words alone: {error}", err=True)
        return None


def _entries(sources: Sequence[str], local: Any, origins: dict[str, str]) -> Iterator[Any]:
    """The operations of all sources, each once; `origins` gets where each is."""
    names: set[str] = set()
    for content, place in _contents(sources):
        stem = content.name or "document"
        name = next(one for one in _names(stem) if one not in names)
        names.add(name)
        made = list(local.entries(content, name, content.version or "0"))
        for entry, operation in zip(made, content.operations, strict=True):
            origins[entry.id] = str(operation.body.get(ORIGIN) or place)
        yield from made
    if not names:
        raise SourceError(
            f"There is no operation in {', '.join(map(paths.safe, sources))}: give documents or a source tree."
        )


def _names(stem: str) -> Iterator[str]:
    """A name, and others like it for documents of the same name."""
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _contents(sources: Iterable[str]) -> "Iterator[tuple[Content, str]]":
    """What each source says, with its place. A file of a folder that is no document is left out, one that is named is not."""
    documents, collect = _needed("byte.registry.documents"), _needed("byte.registry.collect")
    unread: list[str] = []
    for source in sources:
        folder = Path(source).is_dir()
        if folder and (read := _application(source)) is not None:
            yield read
            continue
        for one in collect.collect([source], Path.cwd()):
            if one.lines:
                continue
            try:
                told = one.read()
                yield documents.read(told.data, told.name, fetch=told.fetch), paths.safe(one.name)
            except ByteError as error:
                if not folder:
                    raise
                unread.append(str(error))
    for said in unread[:_UNREAD]:
        typer.echo(f"byte: left out: {said}", err=True)
    if len(unread) > _UNREAD:
        typer.echo(f"byte: {len(unread) - _UNREAD:,} more files were left out", err=True)


def _application(source: str) -> "tuple[Content, str] | None":
    """The contract of the FastAPI application in a folder, read from its source; None where there is none."""
    if not _holds_python(source):
        return None
    at, facts = application.tree(Path(source), ".", None), application.library(None, False)
    found = application.found(at, facts)
    if not found:
        return None
    contract = application.contract_of(at, facts, found[0], None)
    stem = Path(source).resolve().name
    data = msgspec.json.encode(contract.document)
    return _needed("byte.registry.documents").read(data, paths.safe(source), stem=stem), paths.safe(source)


def _holds_python(source: str) -> bool:
    seen = 0
    for _, inner, files in os.walk(source):
        inner[:] = sorted(one for one in inner if not one.startswith(".") and one not in _SKIPPED)
        if any(name.endswith(".py") for name in files):
            return True
        seen += len(files)
        if seen > _LOOKED_AT:
            return False
    return False


def _progress(total: int, silent: bool) -> Progress:
    """A bar on the error stream, where that is a terminal and there is much to do."""
    console = Console(file=sys.stderr)
    hidden = silent or not console.is_terminal or total < 5 * _AT_ONCE
    bar = Progress(TextColumn("Indexing"), BarColumn(), console=console, transient=True, disable=hidden)
    bar.add_task("", total=total)
    return bar


# --- what is said ------------------------------------------------------------------------------


def _show(found: dict[str, Any]) -> None:
    """The hits as a table; honest where they are none."""
    console = Console(file=sys.stdout, highlight=False, width=width())
    items = found["items"]
    if found["answer"] == "none":
        items = items[:_NEAREST]
        console.print(_text(found["reason"] or "There is no good answer."))
    elif found["answer"] == "weak":
        console.print(_text(found["reason"] or "There may be no good answer."))
    elif found["reason"]:
        typer.echo(f"byte: {paths.safe(found['reason'])}", err=True)
    if items:
        console.print(_table(items))


def _table(items: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("score", justify="right")
    for name, share in (("operation", 5), ("service", 3), ("why", 4)):
        table.add_column(name, ratio=share, overflow="fold")
    for item in items:
        place = item.get("origin") or f"{item['version']}"
        more = f"\n{item['others']} more" if item.get("others") else ""
        table.add_row(
            f"{item['score']:.2f}",
            _text("\n".join(part for part in (item["name"], item["summary"]) if part)),
            _text(f"{item['service']}\n{place}{more}"),
            _text(_why(item)),
        )
        table.add_row()
    return table


def _why(item: dict[str, Any]) -> str:
    """Which words were found where, and how much the meaning counts."""
    fields: dict[str, list[str]] = {}
    for field, words in item["matched"].items():
        for word in words:
            fields.setdefault(word, []).append(field)
    said = [f"{word}: {', '.join(fields[word][:_FIELDS])}" for word in sorted(fields)]
    meaning = item["shares"]["semantic"]
    return "\n".join([*said, *([f"meaning: {meaning:.0%}"] if meaning else [])])


def _text(text: str) -> Text:
    """What documents say, without what would steer the terminal."""
    return Text("\n".join(paths.safe(line) for line in text.splitlines()))
