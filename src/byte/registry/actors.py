"""Who asks, and what they may do."""

from typing import Final

import msgspec

from byte.registry.errors import ForbiddenError
from byte.registry.records import SCOPES, Scope


class Actor(msgspec.Struct, frozen=True):
    """Whoever asks: a name for the audit, the most that they may do, and the team whose services they may publish.

    `key` is the id of the key that they have, `subject` whose token it is where they have one of an issuer.
    """

    name: str
    scope: Scope
    owner: str | None = None
    key: str | None = None
    subject: str | None = None

    @property
    def id(self) -> str:
        """Who it is, whatever they are called: no two have the same."""
        return self.key or (f"oidc:{self.subject}" if self.subject is not None else self.name)

    def may(self, scope: Scope) -> bool:
        """Whether a scope is theirs: admin may publish, publish may read."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def must(self, scope: Scope) -> None:
        """Raises `ForbiddenError` unless the scope is theirs."""
        if not self.may(scope):
            raise ForbiddenError(f"This needs a key with the scope `{scope}`; yours has `{self.scope}`.")

    def must_own(self, owner: str | None) -> None:
        """Raises `ForbiddenError` unless they may change what belongs to a team."""
        self.must("publish")
        if self.scope != "admin" and (owner is None or owner != self.owner):
            whose = f"of `{owner}`" if owner is not None else "without an owner"
            raise ForbiddenError(f"Your key publishes for `{self.owner}`, not services {whose}.")


ANYONE: Final = Actor("anyone", "read")
"""Who reads without a key, where that is allowed."""

SYSTEM: Final = Actor("byte", "admin")
"""The registry itself: probes, retention, imports by command."""
