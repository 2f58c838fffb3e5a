"""`byte consume`: says what a project uses of a registered service, declared or read from its source."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from byte.cli.application import Tree, library, tree
from byte.cli.output import watched, write
from byte.cli.registry import DATABASE, SERVER, part, place
from byte.extract import clients
from byte.extract.project import ProjectFacts
from byte.model.clients import Requests
from byte.model.errors import SettingsError, SourceError
from byte.sources import paths
from byte.sources import settings as project_settings
from byte.sources.settings import Consumes, Settings

if TYPE_CHECKING:
    from byte.registry.consuming import Consumed
    from byte.registry.places import Published
    from byte.registry.records import Consumer, Use

_SHOWN = 60
_COLUMNS = 160
"""How wide a table is that is not shown at a terminal."""
_LEFT = 30


class Format(StrEnum):
    """How the result is written."""

    TERMINAL = "terminal"
    JSON = "json"


def consume(
    service: str = typer.Argument(..., metavar="SERVICE", help="The registered service that is used."),
    operations: list[str] | None = typer.Option(
        None,
        "--operations",
        metavar="OPERATION",
        help='An operation that is used, as "GET /orders/{id}"; several times.',
    ),
    fields: list[str] | None = typer.Option(
        None, "--fields", metavar="PATHS", help="Fields of its answers that are read, as `id,items/price`."
    ),
    sends: list[str] | None = typer.Option(
        None, "--sends", metavar="PATHS", help="Fields and query parameters that it is sent."
    ),
    name: str | None = typer.Option(
        None, "--as", metavar="NAME", help="What the consumer is called; else `service` in [tool.byte], or the folder."
    ),
    source: Path | None = typer.Option(
        None, "--from", metavar="PATH", help="The project whose source, and [tool.byte.consumes], say what it uses."
    ),
    base: list[str] | None = typer.Option(
        None,
        "--base",
        metavar="URL_OR_NAME",
        help="What the source calls the address of the service: a URL, a setting, an environment variable.",
    ),
    server: str | None = SERVER,
    database_url: str | None = DATABASE,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would be declared, and change nothing."),
    unresolved: bool = typer.Option(False, "--unresolved", help="Also list requests that are claimed for nothing."),
    format_: Format = typer.Option(Format.TERMINAL, "--format", help="A table for people, or JSON."),
) -> None:
    """Tell the registry what uses a service, down to fields: said by options, or read from source where that is plain.

    Calls of httpx, requests and aiohttp count whose address is the service's. Nothing of the project is run. To declare
    the same again changes nothing.

    Examples: `byte consume orders --operations "GET /orders/{id}" --fields id,items/price --as web`,
    `byte consume orders --from . --base ORDERS_URL --dry-run`.

    Exit codes: 0 it is declared (or would be), 1 nothing of the service is used, 2 Byte could not do its work.
    """
    if operations is None and (fields or sends):
        raise SettingsError("`--fields` and `--sends` are of operations: name these with `--operations`.")
    reads = source is not None or operations is None
    at = tree(source or Path(), ".", None) if reads or name is None else None
    told = _settings(at)
    declared = next((one for one in told.consumes if reads and one.service == service), Consumes(service=service))
    called = name or told.service or _slug((source or Path()).resolve().name)
    if not called:
        raise SettingsError(
            "What is the project called in the registry? Give `--as NAME`, or `service` in [tool.byte]."
        )
    with place(server, database_url) as registry:
        known: Published = registry.published(service)
        found = _found(at, known, (*declared.base, *(base or ()))) if at is not None and reads else None
        consumer = _consumer(known, called, found, [*_named(operations, fields, sends), *_uses(declared)])
        fresh = registry.declare(consumer) if consumer.uses and not dry_run else None
    if format_ is Format.JSON:
        write(_json(consumer, found, fresh))
    else:
        _show(consumer, found, fresh, unresolved=unresolved)
    if not consumer.uses:
        raise typer.Exit(1)


# --- what is used ------------------------------------------------------------------------------


def _settings(at: Tree | None) -> Settings:
    return project_settings.find(at.snapshot, (at.root,))[0] if at is not None else Settings()


def _found(at: Tree, known: "Published", named: Sequence[str]) -> "Consumed":
    """What the source uses of a service."""
    consuming = part("byte.registry.consuming")
    contract = (
        part("byte.registry.contracts").of_document(known.service.name, known.service.kind, known.document).contract
    )
    servers = contract.document.get("servers")
    urls = [one.get("url") for one in servers if isinstance(one, dict)] if isinstance(servers, list) else []
    bases = [known.service.base_url, *urls, *named]
    target = consuming.Service(
        name=known.service.name,
        document=contract.document,
        bases=tuple(url for url in bases if isinstance(url, str) and "/" in url),
        names=tuple(one for one in named if "/" not in one),
    )
    return consuming.consumed(_requests(at), target)  # type: ignore[no-any-return]


def _requests(at: Tree) -> Requests:
    """The requests of a project's own code: that of its folder, tests left out."""
    facts = ProjectFacts.of_snapshot(
        at.snapshot, library(None, False), lambda path: paths.is_test(path) or paths.is_vendored(path)
    )
    facts.read_contracts = False  # who answers what is another question
    found = clients.read(facts)
    return Requests(
        tuple(one for one in found.found if paths.within(one.at.path, at.root)),
        tuple(one for one in found.unresolved if paths.within(one.at.path, at.root)),
    )


def _named(operations: list[str] | None, fields: list[str] | None, sends: list[str] | None) -> "list[Use]":
    use = part("byte.registry.records").Use
    reads, sent = _split(fields), _split(sends)
    return [use(operation, reads, sent) for operation in operations or ()]


def _split(given: list[str] | None) -> tuple[str, ...]:
    return tuple(path.strip() for text in given or () for path in text.split(",") if path.strip())


def _uses(declared: Consumes) -> "list[Use]":
    use = part("byte.registry.records").Use
    return [use(one.operation, one.reads, one.sends) for one in declared.uses]


def _consumer(known: "Published", name: str, found: "Consumed | None", declared: "list[Use]") -> "Consumer":
    """What was read and what was declared, by the names that the operations have; raises `SourceError` for none."""
    records, called = part("byte.registry.records"), part("byte.model.fields").called
    read = found.consumer(name) if found is not None else records.Consumer(service=known.service.name, name=name)
    names = {called(one): one for one in known.operations()}
    uses: dict[str, Any] = {use.operation: use for use in read.uses}
    for use in declared:
        operation = names.get(called(use.operation))
        if operation is None:
            raise SourceError(
                f"`{known.service.name}` {known.label} has no operation `{paths.safe(use.operation)}`: name one that it has."
            )
        old = uses.get(operation, records.Use(operation))
        uses[operation] = records.Use(
            operation, tuple(sorted({*old.reads, *use.reads})), tuple(sorted({*old.sends, *use.sends}))
        )
    made: Consumer = msgspec.structs.replace(read, uses=tuple(uses[key] for key in sorted(uses)))
    return made


def _slug(name: str) -> str:
    made: str = part("byte.registry.documents").slug(name)
    return made


# --- what is said ------------------------------------------------------------------------------


def _json(consumer: "Consumer", found: "Consumed | None", fresh: bool | None) -> str:
    left = [{"at": one.at, "request": one.request, "reason": one.reason} for one in (found.left if found else ())]
    told = {
        "service": consumer.service,
        "consumer": consumer.name,
        "uses": [{"operation": u.operation, "reads": u.reads, "sends": u.sends} for u in consumer.uses],
        "evidence": consumer.evidence,
        "unresolved": left,
        "outcome": "dry-run" if fresh is None else "declared" if fresh else "unchanged",
    }
    return f"{msgspec.json.format(msgspec.json.encode(told), indent=2).decode()}\n"


def _show(consumer: "Consumer", found: "Consumed | None", fresh: bool | None, *, unresolved: bool) -> None:
    columns = None if watched(sys.stdout) else _COLUMNS
    console = Console(file=sys.stdout, soft_wrap=True, highlight=False, width=columns)
    if not consumer.uses:
        console.print(Text(f"Nothing of `{consumer.service}` is used, as far as the source shows."))
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for title in ("operation", "reads", "sends", "seen at"):
            table.add_column(title, overflow="fold")
        for use in consumer.uses:
            table.add_row(
                *map(Text, (use.operation, *map(_list, (use.reads, use.sends)), _places(consumer, use.operation)))
            )
        console.print(table)
    if found is not None:
        _tell_left(console, found, unresolved)
    if consumer.uses:
        count = f"{len(consumer.uses)} operation{'s' * (len(consumer.uses) != 1)} of `{consumer.service}`"
        said = {None: "would use", True: "is declared to use", False: "uses, as declared before,"}[fresh]
        console.print(Text(f"\n`{consumer.name}` {said} {count}."))


def _tell_left(console: Console, found: "Consumed", unresolved: bool) -> None:
    """Requests that go to the service and to none of its operations; those that do not show only where that is asked."""
    told = [one for one in found.left if one.request or unresolved]
    hidden = len(found.left) - len(told)
    for one in told[: None if unresolved else _LEFT]:
        console.print(Text(f"not claimed: {one.at} {one.request or 'a request'}: {one.reason}"))
    if hidden:
        console.print(Text(f"{hidden} requests do not show where they go: `--unresolved` lists them."))


def _list(values: Sequence[str]) -> str:
    text = ", ".join(values)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _places(consumer: "Consumer", operation: str) -> str:
    return ", ".join(part("byte.registry.impact").evidence(consumer, operation)[:2]) or "declared"
