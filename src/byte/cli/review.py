"""`byte review`: a range, a tree or a pair of documents in, a report out."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import typer

from byte import rules
from byte.cli import uploads
from byte.cli.application import library
from byte.cli.output import watched, width, write
from byte.cli.registry import DATABASE, KEY, SERVER, part, place
from byte.cli.sides import Reader, day, is_document
from byte.model.errors import SettingsError, SourceError
from byte.model.ports import Registry
from byte.model.review import Review, Severity, Verdict
from byte.report import FORMATS, for_terminal, markdown, sarif
from byte.review import documents
from byte.review.run import Progress, fingerprints
from byte.review.run import review as run
from byte.sources import baseline, paths, settings
from byte.sources.read import read

_SECONDS = 8.0
"""How long a registry has for each answer: a review does not wait for it."""
_ALTOGETHER = 30.0
"""How long it has for all of them."""


class Format(StrEnum):
    """How the report is written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    COMMENT = "comment"


class FailOn(StrEnum):
    """The worst introduced finding that still passes is the one below this."""

    BLOCKER = "blocker"
    MAJOR = "major"
    NOTE = "note"
    NONE = "none"


def review(
    revisions: str | None = typer.Argument(
        None,
        metavar="[RANGE]",
        help="BASE..HEAD compares two commits, BASE...HEAD starts at their merge base, BASE alone reviews the working "
        "tree since its merge base with BASE. Without it: the working tree since the default branch. Or the OpenAPI "
        "document that clients know: a file, `-` for standard input, `git:REV:FILE`, a URL.",
    ),
    revision: str | None = typer.Argument(
        None,
        metavar="[REVISION]",
        help="The OpenAPI document that is to replace it, named alike. Without it: what the working tree has in the "
        "place of a `git:` one.",
    ),
    repo: Path = typer.Option(Path(), "--repo", help="The repository, or a folder in it; a bare one will do."),
    path: list[str] | None = typer.Option(
        None, "--path", help="Review only what lies below this folder of the repository. Can be given several times."
    ),
    audit: bool = typer.Option(False, "--all", help="Review a whole tree (RANGE: one revision) without a base."),
    format_: Format | None = typer.Option(
        None, "--format", help="How to write the report; by default terminal on a terminal, else markdown."
    ),
    fail_on: FailOn | None = typer.Option(
        None, "--fail-on", help="Exit with 1 from this severity on; by default blocker (NEEDS REVISION)."
    ),
    answers: bool = typer.Option(False, "--answers", help="Print the seven review questions with their answers."),
    existing: bool = typer.Option(False, "--existing", help="Also list the findings that were there before."),
    write_baseline: Path | None = typer.Option(
        None,
        "--write-baseline",
        help="Write the fingerprints of all findings of the tree to this file instead of reviewing it; name the file "
        "as `baseline` in [tool.byte] and only new findings count.",
    ),
    as_of: str | None = typer.Option(
        None,
        "--as-of",
        metavar="DATE",
        help="For documents: the day (YYYY-MM-DD) that sunset dates are measured by; by default that of the "
        "revision's commit.",
    ),
    allow_remote: bool = typer.Option(
        False, "--allow-remote", help="For documents: read URLs, those named and those that documents refer to."
    ),
    registry: str | None = typer.Option(
        None,
        "--registry",
        metavar="URL|FILE",
        help="Ask a registry, at an address or in an exported file (.ndjson), whom each break breaks and which operations "
        f"already do what new ones are for; the API key is in {KEY}.",
    ),
    cache_dir: Path | None = typer.Option(None, "--cache-dir", help="Where facts are kept between runs."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Neither read nor write the cache of facts."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Show no progress."),
    upload: bool = typer.Option(
        False, "--upload", help="Send the review to the registry, which keeps it: that of --server, else of --registry."
    ),
    service: str | None = typer.Option(
        None,
        "--service",
        metavar="NAME",
        help="With --upload or --registry: what the registry calls the project; by default `service` in [tool.byte], else "
        "the project's name (with --registry the title of its contract first).",
    ),
    version: str | None = typer.Option(
        None, "--version", metavar="LABEL", help="With --upload: the registered version that it is of, if any."
    ),
    server: str | None = SERVER,
    database_url: str | None = DATABASE,
) -> None:
    """Review a change of a FastAPI project, or of an OpenAPI document, and print the report, which ends in a verdict.

    Nothing of the project is run, imported or installed, nothing is written to the repository, nothing is sent but
    questions to the address of --registry (names of services, what new operations say of themselves), and the review
    itself with --upload.

    Examples: `byte review`, `byte review main...HEAD --path registry/`, `byte review --all --format json`,
    `byte review old.yaml new.yaml`, `byte review git:main:openapi.yaml`.

    Exit codes: 0 the change passes, 1 it does not (see --fail-on), 2 Byte could not do its work.
    """
    # The registry that is asked is the one that keeps the review, unless another is named.
    kept = registry if server is None and database_url is None and _is_address(registry) else server
    to = uploads.Place(kept, database_url, service, version) if upload else None
    if to is None:
        _only({"--version": version}, "a review that is sent (`--upload`)")
    if to is None and registry is None:
        _only({"--service": service}, "a review that is sent (`--upload`), or that asks a registry (`--registry`)")
    given = {"--path": path, "--all": audit, "--existing": existing, "--write-baseline": write_baseline}
    if revisions is not None and (revision is not None or is_document(revisions)):
        _only(given, "a range of commits, and these are documents")
        reader = Reader(repo=repo, facts=None, allow_remote=allow_remote)
        with _asked(registry, service) as port:
            pair = _pair(reader, revisions, revision, as_of, port)
        _told(pair, format_, answers, fail_on or FailOn.BLOCKER, lambda: uploads.send(to, pair))
    _only({"--as-of": as_of, "--allow-remote": allow_remote}, "a pair of documents, and this is a range of commits")
    request = read(repo, revisions, audit=audit or write_baseline is not None, paths=path or [])
    facts = library(cache_dir, no_cache)
    if write_baseline is not None:
        counts = fingerprints(request, facts)
        baseline.write(write_baseline, counts)
        typer.echo(f"{write_baseline}: {sum(counts.values())} findings are now the baseline.", err=True)
        return
    project = settings.project_name(request.change.head, "") if registry is not None else None
    with _asked(registry, service or request.settings.service, project) as port:
        result = run(request, facts, existing=existing, progress=_progress(quiet), registry=port)
    _clear(quiet)
    known = uploads.Known(request.settings.service, request.change.head)
    _told(
        result, format_, answers, fail_on or FailOn(request.settings.fail_on), lambda: uploads.send(to, result, known)
    )


def _only(given: Mapping[str, object], kind: str) -> None:
    """Refuse options that mean nothing here, rather than ignore them."""
    named = [name for name, value in given.items() if value]
    if named:
        raise SettingsError(f"`{named[0]}` is for {kind}: leave it out.")


@contextmanager
def _asked(registry: str | None, service: str | None, project: str | None = None) -> Iterator[Registry | None]:
    """The registry that a review asks."""
    if registry is None:
        yield None
        return
    remote = _is_address(registry)
    with place(
        registry if remote else None, None, None if remote else registry, seconds=_SECONDS, altogether=_ALTOGETHER
    ) as at:
        yield part("byte.registry.answering").Answering(at, service, project)


def _is_address(registry: str | None) -> bool:
    """Whether a registry is named by its address, and not by a file."""
    return registry is not None and "://" in registry


def _pair(reader: Reader, base: str, revision: str | None, as_of: str | None, registry: Registry | None) -> Review:
    """The review of two documents."""
    given = day(as_of) if as_of is not None else None
    if revision is not None and reader.is_range(base, revision):
        raise SourceError(
            f"`{paths.safe(base)}` and `{paths.safe(revision)}` are revisions and no documents: write the range as one "
            f"word, `{paths.safe(base)}..{paths.safe(revision)}`."
        )
    old, new = reader.pair(base, revision)
    measured = given or reader.day(old, new)
    pair = documents.Pair(old.contract, new.contract, (old.name, new.name), (old.place, new.place))
    return documents.review(pair, as_of=date.fromisoformat(measured) if measured else None, registry=registry)


def _told(
    result: Review, format_: Format | None, answers: bool, threshold: FailOn, send: Callable[[], None]
) -> NoReturn:
    """Print the report, send it where that was asked for, and exit as it says."""
    write(_render(result, format_ or _default(), answers))
    send()
    raise typer.Exit(1 if _fails(result, threshold) else 0)


def _default() -> Format:
    return Format.TERMINAL if watched(sys.stdout) else Format.MARKDOWN


def _render(result: Review, format_: Format, answers: bool) -> str:
    if format_ is Format.TERMINAL:
        return for_terminal(result, width=width(), color=watched(sys.stdout), answers=answers)
    if format_ is Format.MARKDOWN:
        return markdown.render(result, answers=answers)
    if format_ is Format.SARIF:
        pages = {r.id: sarif.RuleText(summary=rules.summary(r), page=rules.page(r)) for r in rules.RULES}
        return sarif.render(result, pages)
    return FORMATS[format_.value](result)


def _fails(result: Review, threshold: FailOn) -> bool:
    if threshold is FailOn.NONE:
        return False
    if threshold is FailOn.NOTE:
        return bool(result.findings)
    if threshold is FailOn.MAJOR:
        return result.verdict is not Verdict.APPROVED
    return any(f.severity is Severity.BLOCKER for f in result.findings)


def _progress(quiet: bool) -> Progress | None:
    """One line on stderr that is overwritten, only where somebody can watch it."""
    if quiet or not watched(sys.stderr):
        return None

    def show(step: str) -> None:
        sys.stderr.write(f"\r\x1b[Kbyte: {step} ...")
        sys.stderr.flush()

    return show


def _clear(quiet: bool) -> None:
    if not quiet and watched(sys.stderr):
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
