"""`byte policy`: what is asked of new versions, by who can open the registry's store."""

from enum import StrEnum
from typing import Any

import msgspec
import typer

from byte.cli.output import write
from byte.cli.registry import DATABASE, opened, part
from byte.model.errors import SettingsError
from byte.sources import paths


class Compatibility(StrEnum):
    """Which breaks refuse a version."""

    BACKWARD = "backward"
    CONSUMERS = "consumers"
    NONE = "none"


class Scheme(StrEnum):
    """How versions are numbered."""

    NONE = "none"
    SEMVER = "semver"
    CALVER = "calver"


class Overriding(StrEnum):
    """Who lets in what is refused."""

    ADMIN = "admin"
    OWNER = "owner"


class Verdict(StrEnum):
    """The worst that a review may come to."""

    APPROVED = "approved"
    APPROVED_WITH_CHANGES = "approved-with-changes"
    NEEDS_REVISION = "needs-revision"


def policy(
    service: str | None = typer.Argument(
        None, metavar="[SERVICE]", help="By default: all that have none of their own."
    ),
    compatibility: Compatibility | None = typer.Option(
        None, "--compatibility", help="Which breaks refuse a version: every one, those that a consumer meets, none."
    ),
    verdict: Verdict | None = typer.Option(None, "--verdict", help="The worst that its review may come to."),
    severity: list[str] | None = typer.Option(
        None,
        "--severity",
        metavar="NAME=WEIGHT",
        help="What findings of a rule or a kind of difference weigh: blocker, major, note, off. Can be given several times.",
    ),
    sunset: bool | None = typer.Option(
        None, "--sunset/--no-sunset", help="Whether an operation goes only after a day that was announced."
    ),
    scheme: Scheme | None = typer.Option(None, "--scheme", help="How versions are numbered."),
    overriding: Overriding | None = typer.Option(None, "--overriding", help="Who lets in what is refused."),
    reset: bool = typer.Option(False, "--reset", help="Take the policy back: the default holds then."),
    database_url: str | None = DATABASE,
) -> None:
    """Show what is asked of new versions, or say so: what is not given stays as it is.

    Examples: `byte policy`, `byte policy orders --compatibility consumers --scheme semver`, `byte policy orders --reset`.
    """
    given: dict[str, Any] = {
        "compatibility": compatibility,
        "verdict": verdict.replace("-", " ").upper() if verdict is not None else None,
        "severities": _severities(severity) if severity else None,
        "sunset": sunset,
        "scheme": scheme,
        "overriding": overriding,
    }
    wanted = {
        name: str(value) if isinstance(value, StrEnum) else value for name, value in given.items() if value is not None
    }
    if reset and wanted:
        raise SettingsError("`--reset` takes the policy back: leave the other options out.")
    with opened(database_url) as store:
        write(_shown(_done(store, service or "", wanted, reset)))


def _done(store: Any, service: str, wanted: dict[str, Any], reset: bool) -> Any:
    """The policy that holds then."""
    use_cases, kept = part("byte.registry.policies"), part("byte.registry.store.policies")
    who = part("byte.registry.actors").SYSTEM
    if reset:
        use_cases.delete_policy(store, who, service, None)
    with store.reading() as read:
        if service:
            part("byte.registry.store.services").get(read, service)
        holds = kept.of(read, service)
    if not wanted:
        return holds
    with store.writing() as write_:
        return use_cases.keep_policy(write_, who, msgspec.structs.replace(holds, service=service, **wanted))


def _severities(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, weight = text.partition("=")
        if not equals:
            raise SettingsError(f"`--severity` is NAME=WEIGHT, not `{paths.safe(text)}`.")
        found[name] = weight
    return dict(sorted(found.items()))


def _shown(policy: Any) -> str:
    said = {field: getattr(policy, field) for field in part("byte.registry.policies").FIELDS}
    rows = [("of", policy.service or "all that have none of their own"), *said.items()]
    return "".join(f"{name:<14} {_word(value)}\n" for name, value in rows)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name}={weight}" for name, weight in value.items()) or "-"
    return str(value)
