"""What source says of the requests that it sends to other services: facts, each with its place."""

import msgspec

from byte.model.review import Location

HOLE = "{}"
"""Stands in a URL for what the source does not fix."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request that the source sends.

    - `method`: upper case. `url`: with `{}` for every part that is not fixed. Its beginning may be one: then `names` say
      what it is called (a setting, an environment variable, a parameter), where the source calls it anything; they are
      also those of a beginning that has a value by default.
    - `reads`: the fields of the answer that are read, by path; `*` is all of it.
    - `sends`: the fields of the body, and the names of the query parameters.
    - `at`: where the URL is written; `sent` where the library is called, another place where a function of the project
      stands between; `library` that is called.
    """

    method: str
    url: str
    names: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    at: Location
    sent: Location
    library: str


class Unresolved(msgspec.Struct, frozen=True, order=True):
    """A request of which the source does not plainly show where it goes, and why."""

    at: Location
    reason: str


class Requests(msgspec.Struct, frozen=True):
    """All requests that were found, by place, and those that cannot be told."""

    found: tuple[Request, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
