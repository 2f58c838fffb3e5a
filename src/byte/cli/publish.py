"""`byte publish`: a version into a registry, here or elsewhere, and what its gate says."""

import os
import sys
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from byte.cli import told
from byte.cli.later import Later
from byte.cli.output import watched, write
from byte.cli.registry import DATABASE, KEY, SERVER, opened, part
from byte.cli.sides import Reader
from byte.model.contract import Source, without_origins
from byte.model.errors import SettingsError, SourceError
from byte.report.documents import to_json
from byte.sources import paths, settings

if TYPE_CHECKING:
    from byte.cli import application
else:
    # Only applications need it, and it needs most of Byte.
    application = Later("byte.cli.application")


class Format(StrEnum):
    """How the answer is written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"


class State(StrEnum):
    """The state that a version begins in."""

    ACTIVE = "active"
    DRAFT = "draft"


class _Version(msgspec.Struct, frozen=True):
    """What is to be published, what it would be called, and the commit that it is of."""

    content: Any
    service: str
    commit: str | None = None
    note: str = ""


def publish(
    from_: str = typer.Option(
        ".",
        "--from",
        metavar="PATH|REV",
        help="The folder of a FastAPI application, a document (OpenAPI, MCP, A2A), `-`, `git:REV`, `git:REV:PATH`, a "
        "revision, or a URL.",
    ),
    service: str | None = typer.Option(
        None, "--service", metavar="NAME", help="By default `service` in [tool.byte], else the project's or its title."
    ),
    version: str | None = typer.Option(
        None, "--version", metavar="LABEL", help="What the version is called; by default as the contract says."
    ),
    base: str | None = typer.Option(
        None, "--base", metavar="LABEL", help="The version that it follows: fails if another is the latest by now."
    ),
    server: str | None = SERVER,
    database_url: str | None = DATABASE,
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would become of it; nothing is kept."),
    state: State = typer.Option(State.ACTIVE, "--state", help="A draft is looked at, and passes the gate later."),
    override: str | None = typer.Option(
        None, "--override", metavar="WHY", help="Publish what the policy refuses, for whom it lets do that."
    ),
    until: str | None = typer.Option(None, "--until", metavar="DATE", help="The last day that the override holds."),
    format_: Format | None = typer.Option(None, "--format", help="By default terminal on a terminal, else markdown."),
    commit: str | None = typer.Option(None, "--commit", help="The revision of the source; by default git's."),
    repo: Path = typer.Option(Path(), "--repo", help="The repository of `git:`, or a folder in it."),
    app: str | None = typer.Option(None, "--app", metavar="FILE:EXPRESSION", help="Which application of a folder."),
    target: str | None = typer.Option(
        None, "--target", metavar="fastapi=X,pydantic=Y", help="Versions of both, as for `byte contract`."
    ),
    allow_remote: bool = typer.Option(False, "--allow-remote", help="Read URLs."),
    cache_dir: Path | None = typer.Option(None, "--cache-dir", help="Where facts are kept between runs."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Neither read nor write the cache of facts."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Do not tell which application was read."),
) -> None:
    """Publish a version of a service: it is compared with the one in use, and let in as the service's policy says.

    The contract of an application is read from its source; nothing of it is run. A service that is not registered is.

    Examples: `byte publish --server https://registry.example`, `byte publish --from openapi.yaml --dry-run`,
    `byte publish --from git:v2 --version 2.0.0 --base 1.4.0`, `byte publish --from tools.json --service stock-tools`,
    `byte publish --override "Nobody calls it any more." --until 2027-01-31`.

    Exit codes: 0 published, or it would be, or it is there already; 1 refused, with the reasons; 2 Byte could not.
    """
    if server is not None and database_url is not None:
        raise SettingsError("`--server` and `--database-url` are two places: give one of them.")
    asked = {
        "label": version,
        "base": base,
        "state": state.value,
        "override": override,
        "until": _until(override, until),
    }
    reader = Reader(repo=repo, facts=None, allow_remote=allow_remote)
    held = reader.held(from_)
    if isinstance(held, Source):
        found = _document(held, service)
    else:
        found = _application(held, (app, target), application.library(cache_dir, no_cache), service)
    if found.note and not quiet:
        typer.echo(f"byte: {found.note}", err=True)
    asked["commit"] = commit or found.commit
    given = {name: value for name, value in asked.items() if value is not None}
    answer = _remote(server, found, given, dry_run) if server else _here(database_url, found, given, dry_run)
    answer = {"service": found.service, "label": version or found.content.version, "dry_run": dry_run, **answer}
    write(_render(answer, format_))
    raise typer.Exit(1 if answer["outcome"] == "refused" else 0)


def _until(override: str | None, until: str | None) -> str | None:
    """The end of a day, as the API takes it."""
    if (override is None) != (until is None):
        raise SettingsError("`--override` says why and `--until` how long: give both or none.")
    if until is None:
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise SettingsError(f"`--until` is a day such as 2030-01-31, not `{paths.safe(until)}`.") from None
    return datetime.combine(day, time.max, UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


# --- what is published -------------------------------------------------------------------------


def _document(source: Source, service: str | None) -> _Version:
    content = part("byte.registry.documents").read(source.data, source.name, fetch=source.fetch)
    named = service or _configured() or content.name
    return _Version(content, _checked(named, source.name))


def _configured() -> str | None:
    """The service that the project around the current folder says it is."""
    try:
        at = application.tree(Path(), ".", None)
        return settings.find(at.snapshot, (at.root,))[0].service
    except SourceError:
        return None


def _application(
    at: "application.Tree", which: tuple[str | None, str | None], facts: Any, service: str | None
) -> _Version:
    app, target = which
    found = application.found(at, facts) if app is None else ()
    taken = application.chosen(at, facts, app, found)
    contract = application.contract_of(at, facts, taken, target)
    data = to_json(without_origins(contract.document)).encode()
    documents = part("byte.registry.documents")
    content = documents.read(data, taken.name, stem="")
    project = settings.project_name(at.snapshot, at.root)
    named = (
        service
        or settings.find(at.snapshot, (at.root,))[0].service
        or (documents.slug(project) if project else None)
        or content.name
    )
    gaps = f"; {len(contract.gaps)} parts could not be read" if contract.gaps else ""
    return _Version(content, _checked(named, taken.name), at.commit, f"{taken.name} ({taken.why}){gaps}")


def _checked(service: str, name: str) -> str:
    if not service:
        raise SettingsError(f"`{paths.safe(name)}` names no service: give it with `--service NAME`.")
    return service


# --- where to ----------------------------------------------------------------------------------


def _remote(server: str, found: _Version, asked: dict[str, str], dry_run: bool) -> dict[str, Any]:
    client = part("byte.registry.client").Client(server, os.environ.get(KEY))
    more = {"create": "true", **({"dry_run": "true"} if dry_run else {})}
    answer: dict[str, Any] = client.published(found.service, found.content.document, {**asked, **more})
    return {**answer, "registry": server}


def _here(database_url: str | None, found: _Version, asked: dict[str, str], dry_run: bool) -> dict[str, Any]:
    with opened(database_url) as store:
        answer: dict[str, Any] = part("byte.registry.publishing").published(
            store, found.service, found.content, asked, dry_run=dry_run
        )
        return {**answer, "registry": store.name}


# --- what is said ------------------------------------------------------------------------------


def _render(answer: dict[str, Any], format_: Format | None) -> str:
    chosen = format_ or (Format.TERMINAL if watched(sys.stdout) else Format.MARKDOWN)
    if chosen is Format.JSON:
        return f"{msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()}\n"
    return told.markdown(answer) if chosen is Format.MARKDOWN else told.terminal(answer)
