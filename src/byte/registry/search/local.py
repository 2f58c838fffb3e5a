"""Searching documents without a store: what they say, as the entries of an index."""

from collections.abc import Iterator

import msgspec

from byte.registry.records import Content, Service, identity
from byte.registry.search.entry import Entry, entry_of


def entries(content: Content, service: str, label: str) -> Iterator[Entry]:
    """The operations of a document, as those of the latest version of a service."""
    of = Service(name=service, kind=content.kind, title=content.title, latest=label)
    for one in content.operations:
        id = identity(service, label, one.name)
        yield entry_of(msgspec.structs.replace(one, id=id, service=service, version=label), of)
