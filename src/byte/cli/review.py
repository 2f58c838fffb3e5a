"""`byte review`: a range or a tree in, a report out."""

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TextIO

import typer

from byte import rules
from byte.cli.output import write
from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.errors import SourceError
from byte.model.review import Review, Severity, Verdict
from byte.report import FORMATS, for_terminal, markdown, sarif
from byte.review.run import Progress, fingerprints
from byte.review.run import review as run
from byte.sources import baseline
from byte.sources.read import read


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
        "tree since its merge base with BASE. Without it: the working tree since the default branch.",
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
    cache_dir: Path | None = typer.Option(None, "--cache-dir", help="Where facts are kept between runs."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Neither read nor write the cache of facts."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Show no progress."),
) -> None:
    """Review a change of a FastAPI project and print the report, which ends in a verdict.

    Nothing of the project is run, imported or installed, nothing is written to the repository, nothing is sent.

    Examples: `byte review`, `byte review main...HEAD --path registry/`, `byte review --all --format json`.

    Exit codes: 0 the change passes, 1 it does not (see --fail-on), 2 Byte could not do its work.
    """
    request = read(repo, revisions, audit=audit or write_baseline is not None, paths=path or [])
    library = Library(Cache(None if no_cache else (cache_dir or cache_folder()) / "facts.sqlite"))
    if write_baseline is not None:
        counts = fingerprints(request, library)
        baseline.write(write_baseline, counts)
        typer.echo(f"{write_baseline}: {sum(counts.values())} findings are now the baseline.", err=True)
        return
    result = run(request, library, existing=existing, progress=_progress(quiet))
    _clear(quiet)
    write(_render(result, format_ or _default(), answers))
    threshold = fail_on or FailOn(request.settings.fail_on)
    raise typer.Exit(1 if _fails(result, threshold) else 0)


def _default() -> Format:
    return Format.TERMINAL if _watched(sys.stdout) else Format.MARKDOWN


def _render(result: Review, format_: Format, answers: bool) -> str:
    if format_ is Format.TERMINAL:
        width = shutil.get_terminal_size((100, 40)).columns
        return for_terminal(result, width=min(width, 140), color=_watched(sys.stdout), answers=answers)
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


def _watched(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is None."""
    return stream is not None and stream.isatty()


def _progress(quiet: bool) -> Progress | None:
    """One line on stderr that is overwritten, only where somebody can watch it."""
    if quiet or not _watched(sys.stderr):
        return None

    def show(step: str) -> None:
        sys.stderr.write(f"\r\x1b[Kbyte: {step} ...")
        sys.stderr.flush()

    return show


def _clear(quiet: bool) -> None:
    if not quiet and _watched(sys.stderr):
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def cache_folder() -> Path:
    """Where the platform keeps caches; it changes how fast a review is, never what it says."""
    named = os.environ.get("XDG_CACHE_HOME")  # the cache's place is the machine's business
    if named and Path(named).is_absolute():
        return Path(named) / "byte"
    try:
        return Path.home() / ".cache" / "byte"
    except RuntimeError:
        raise SourceError("There is no home folder to keep the cache in: give --cache-dir or --no-cache.") from None
