"""What can go wrong in the registry, in its own words; `byte.server.problems` gives each a status."""

from collections.abc import Mapping
from typing import Any

from byte.model.errors import ByteError


class RegistryError(ByteError):
    """The registry does not do what was asked; the message says what was seen and what to do."""


class NotFoundError(RegistryError):
    """There is no such thing."""


class ExistsError(RegistryError):
    """There is one of that name already."""


class StaleError(RegistryError):
    """It was changed since the caller read it: the precondition does not hold."""


class ConflictError(RegistryError):
    """What was asked does not fit the state that the thing is in: a transition, a base that is no longer the latest."""


class RefusedError(RegistryError):
    """The policy of a service does not let a version in: `report` says why (`registry.gate.report`)."""

    def __init__(self, message: str, report: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.report = report or {}


class InUseError(RegistryError):
    """It cannot go while others need it."""


class Fault(RegistryError):  # noqa: N818 - one of the things that an error is about
    """One thing that is wrong with what was given: where (a JSON pointer), and what."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class InvalidError(RegistryError):
    """What was given is not what can be kept: `faults` has all that is wrong with it."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class UnreadableError(InvalidError):
    """A document cannot be read: it is none, it is broken, it is too deep."""


class TooLargeError(RegistryError):
    """It is larger than what is taken."""


class UnauthenticatedError(RegistryError):
    """Nobody said who is asking, or the key is none, expired or revoked."""


class ForbiddenError(RegistryError):
    """Whoever asks may not do this."""


class IssuerError(RegistryError):
    """The issuer of tokens does not answer: nobody's token can be told from another's."""


class UnavailableError(RegistryError):
    """The store cannot be reached, is full, or does not answer in time: to be asked again later."""


class NotReadyError(RegistryError):
    """What is needed to answer is still being made: to be asked again later."""


class UnwritableError(UnavailableError):
    """The store takes no writes although it can be read: its disk is full, or it is read-only."""
