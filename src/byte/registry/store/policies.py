"""Policies in the store: that of each service that has its own, and the default of all others."""

from typing import Final

from byte.registry.records import Policy
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept
from byte.registry.store.tables import policies

DEFAULT: Final = ""
"""What the default is kept as: no service has that name."""
_KEPT: Final = Kept(Policy, policies, "policy", key=("service",))


def find(read: Read, service: str) -> Policy | None:
    """The policy that a service has for itself; None where it has none."""
    return _KEPT.find(read, service)


def get(read: Read, service: str) -> Policy:
    """The policy that a service has for itself. Raises `NotFoundError`."""
    return _KEPT.get(read, service)


def of(read: Read, service: str) -> Policy:
    """The policy that holds for a service: its own, else the default, else that of a fresh registry."""
    return _KEPT.find(read, service) or _KEPT.find(read, DEFAULT) or Policy()


def add(write: Write, policy: Policy) -> Policy:
    """Keeps a policy, as it is kept. Raises `ExistsError`."""
    return _KEPT.add(write, policy)


def replace(write: Write, policy: Policy, expected: int | None = None) -> Policy:
    """An edited policy, as it is kept. Raises `NotFoundError` and `StaleError`."""
    return _KEPT.replace(write, policy, expected)


def remove(write: Write, service: str, expected: int | None = None) -> Policy:
    """Removes a policy. Raises `NotFoundError` and `StaleError`."""
    return _KEPT.remove(write, (service,), expected)


def drop(write: Write, service: str) -> None:
    """Removes the policy of a service, if it has one."""
    if _KEPT.find(write, service) is not None:
        _KEPT.remove(write, (service,), None)
