"""`byte review --upload`: a review to the registry, which keeps it with the service, the version and the commit."""

import os
from typing import Any

import msgspec
import typer

from byte.cli.registry import KEY, opened, part
from byte.model.change import Snapshot
from byte.model.errors import SettingsError
from byte.model.review import Review
from byte.report.json import document, dump
from byte.sources import settings

_SMALL = ("existing", "answers")
"""What a report that is too large is sent without."""


class Place(msgspec.Struct, frozen=True):
    """Where a review is sent to (None: the store of this machine), and what it is of."""

    server: str | None
    database_url: str | None
    service: str | None
    version: str | None


class Known(msgspec.Struct, frozen=True):
    """What the project says of itself: the service that it is, and the files that were reviewed."""

    service: str | None = None
    head: Snapshot | None = None


def send(to: Place | None, result: Review, known: Known | None = None) -> None:
    """Sends a review, and says where it is kept; does nothing where that was not asked for."""
    if to is None:
        return
    known = known or Known()
    body = {
        "service": _service(to, known),
        "version": to.version,
        "commit": known.head.revision if known.head is not None else None,
        "verdict": result.verdict.value,
        "report": _report(result),
    }
    kept = _remotely(to.server, body) if to.server else _here(to.database_url, body)
    typer.echo(f"byte: the review is kept as {kept}", err=True)


def _service(to: Place, known: Known) -> str:
    project = settings.project_name(known.head, "") if known.head is not None else None
    named = to.service or known.service or (part("byte.registry.documents").slug(project) if project else None)
    if not named:
        raise SettingsError("Which service is the review of? Give `--service NAME`, or `service` in [tool.byte].")
    return str(named)


def _report(result: Review) -> dict[str, Any]:
    """The review as JSON; one that is larger than what is taken is sent without what is there only for completeness."""
    most = part("byte.registry.reviews").REPORT_BYTES
    report: dict[str, Any] = msgspec.json.decode(dump(document(result)))
    if len(msgspec.json.encode(report)) > most:
        report |= {name: [] for name in _SMALL}
    return report


def _remotely(server: str, body: dict[str, Any]) -> str:
    client = part("byte.registry.client").Client(server, os.environ.get(KEY))
    sent = client.reviewed({name: value for name, value in body.items() if value is not None})
    return f"{server.rstrip('/')}/v1/reviews/{sent.get('id')}"


def _here(database_url: str | None, body: dict[str, Any]) -> str:
    with opened(database_url) as store:
        draft = part("byte.registry.records").Review(id="", **body)
        review, _ = part("byte.registry.reviews").add_review(store, part("byte.registry.actors").SYSTEM, draft)
        return f"{review.id} in {store.name}"
