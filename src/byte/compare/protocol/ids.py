"""The ids of changes outside of bodies' schemas that are Byte's own: those that no check of oasdiff has."""

from typing import Final

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.view import ANNOTATIONS, KNOWN

_HOLDERS: Final = (
    *("request-parameter", "request-parameter-property", "request-parameter-content"),
    *("response-header", "response-header-property", "response-header-content"),
)
_BOUNDS: Final = ("max", "exclusive-max", "min", "exclusive-min", "max-length", "max-items")


def kebab(keyword: str) -> str:
    """A keyword as a part of an id: `uniqueItems` is `unique-items`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in keyword.lstrip("$"))


OWN: Final = frozenset(
    {
        *("api-path-removed-after-sunset", "api-removed-after-sunset", "unstable-endpoint-changed"),
        *(
            "api-security-narrowed",
            "api-security-loosened",
            "api-security-component-name-changed",
            "api-security-component-in-changed",
        ),
        *("api-security-component-scheme-changed", "api-security-component-url-changed"),
        *("callback-added", "callback-removed", "server-added", "server-removed"),
        *("request-path-parameter-renamed", "request-parameter-removed-after-sunset"),
        *("request-parameter-style-changed", "request-parameter-content-changed", "response-header-content-changed"),
        *("request-parameter-reserved-allowed", "request-parameter-reserved-disallowed"),
        *("request-parameter-empty-value-allowed", "request-parameter-empty-value-disallowed"),
        *("request-body-encoding-changed", "response-body-encoding-changed", "request-body-media-type-name-changed"),
        *("request-parameter-schema-added", "request-parameter-schema-removed"),
        *("response-header-schema-added", "response-header-schema-removed"),
        *(
            "response-header-became-required",
            "request-unknown",
            "response-unknown",
            "document-unknown",
            "request-parameter-max-items-set",
        ),
        *(f"request-parameter-{bound}-removed" for bound in _BOUNDS),
        *(f"{holder}-{kebab(keyword)}-changed" for holder in _HOLDERS for keyword in KNOWN - ANNOTATIONS),
    }
    - set(OASDIFF_LEVELS)
)
"""Every id that the walk may use and that oasdiff does not know."""
