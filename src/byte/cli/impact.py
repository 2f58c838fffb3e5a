"""`byte impact`: can this be removed? Who uses an operation or a field, and whom another version would break."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from byte.cli.output import write
from byte.cli.registry import DATABASE, SERVER, part, place
from byte.sources import documents

if TYPE_CHECKING:
    from byte.model.consulted import Affected
    from byte.registry.impacts import Report
    from byte.registry.places import Place

_PLACES = 3


class Format(StrEnum):
    """How the answer is written."""

    TERMINAL = "terminal"
    JSON = "json"


def impact(
    service: str = typer.Argument(..., metavar="SERVICE", help="The registered service."),
    operation: str | None = typer.Option(
        None, "--operation", metavar="NAME", help='The operation that would go, as "GET /orders/{id}".'
    ),
    field: str | None = typer.Option(
        None, "--field", metavar="PATH", help="The field of its answers that would go, as `items/price`."
    ),
    against: str | None = typer.Option(
        None, "--against", metavar="VERSION_OR_FILE", help="Another version, or a document, that would take the place."
    ),
    version: str | None = typer.Option(None, "--version", metavar="LABEL", help="The version in use; else the latest."),
    server: str | None = SERVER,
    export: str | None = typer.Option(
        None, "--export", metavar="FILE", help="A registry as it was exported (.ndjson), in the place of a server."
    ),
    database_url: str | None = DATABASE,
    format_: Format = typer.Option(Format.TERMINAL, "--format", help="Sentences for people, or JSON."),
) -> None:
    """Tell who uses what of a service before it changes: down to fields, with the places in their source.

    Examples: `byte impact orders --operation "GET /orders/{id}" --field items/price`,
    `byte impact orders --against new-openapi.yaml`, `byte impact orders` (what is deprecated, and who uses it still).

    Exit codes: 0 nobody breaks, 1 somebody does or may, 2 Byte could not do its work.
    """
    with place(None if export else server, database_url, export) as registry:
        impacts = part("byte.registry.impacts")
        asked = impacts.Question(
            service=service,
            version=version,
            against=_other(registry, service, against),
            operation=operation,
            field=field,
        )
        found: Report = impacts.report(registry, asked, datetime.now(UTC).date())
    if format_ is Format.JSON:
        write(f"{msgspec.json.format(msgspec.json.encode(impacts.shown(found)), indent=2).decode()}\n")
    else:
        _show(found)
    if found.affected:
        raise typer.Exit(1)


def _other(registry: "Place", service: str, against: str | None) -> Any:
    """What would take the place of a version: a document where there is such a file, else a label."""
    if against is None or not Path(against).is_file():
        return against
    source = documents.read(against, allow_remote=False, stdin=None, cwd=Path.cwd())
    records, places = part("byte.registry.records"), part("byte.registry.places")
    known = registry.find(service)
    media = "application/json" if source.data.lstrip()[:1] in (b"{", b"[") else "application/yaml"
    return places.Published(
        service=known or records.Service(name=service),
        label=against,
        state="draft",
        document=records.Document("", media, source.data),
    )


def _show(found: "Report") -> None:
    console = Console(file=sys.stdout, soft_wrap=True, highlight=False)

    def say(text: str) -> None:
        console.print(Text(text))

    if found.against is not None:
        _versions(found, say)
    elif found.operation is not None or found.field is not None:
        what = " of ".join(f"`{one}`" for one in (found.field, found.operation or found.service) if one)
        say(f"{what}: {_verdict(found)}")
        for hit in found.removals:
            _hit(hit, say)
    else:
        _readiness(found, say)


def _verdict(found: "Report") -> str:
    sure = {hit.consumer for hit in found.removals if hit.certain}
    count = f"{found.consumers} registered consumer{'s' * (found.consumers != 1)}"
    if not found.affected:
        return f"nobody uses it ({count} of `{found.service}`)."
    maybe = len(found.affected) - len(sure)
    parts = [f"{len(sure)} of {count} use{'s' * (len(sure) == 1)} it"] if sure else []
    parts += [f"{maybe} may"] if maybe and sure else [f"{maybe} of {count} may use it"] if maybe else []
    return f"{', '.join(parts)}."


def _versions(found: "Report", say: Any) -> None:
    breaks = f"{len(found.impacts)} difference{'s' * (len(found.impacts) != 1)}"
    who = f"{len(found.affected)} of {found.consumers} registered consumers"
    say(f"`{found.service}` {found.version} -> {found.against}: {breaks} that break clients, {who} among them.")
    for one in found.impacts:
        say(f"\n{one.difference.message} ({', '.join(one.difference.reaches[:_PLACES])})")
        for hit in one.affected:
            _hit(hit, say)
        if not one.affected:
            say("  no registered consumer")


def _readiness(found: "Report", say: Any) -> None:
    if found.state == "deprecated":
        until = f", until {found.sunset}" if found.sunset else ", without a day on which it ends"
        users = f"{found.consumers} registered consumer{'s' * (found.consumers != 1)}"
        say(f"`{found.service}` {found.version} is deprecated{until}: {users}.")
    elif not found.deprecated:
        say(f"Nothing of `{found.service}` {found.version} is deprecated.")
    for one in found.deprecated:
        until = f", until {one.sunset}" if one.sunset else ", without a day on which it ends"
        users = ", ".join(f"`{name}`" for name in one.consumers)
        free = "nobody uses it, it can go" if one.ready else "nobody uses it, and its day has not come"
        say(f"{one.operation} is deprecated{until}: {f'still used by {users}' if users else free}.")


def _hit(hit: "Affected", say: Any) -> None:
    places = f" ({', '.join(hit.evidence[:_PLACES])})" if hit.evidence else ""
    doubt = "" if hit.certain else "may break: "
    say(f"  `{hit.consumer}` {doubt}{hit.reason}{places}")
