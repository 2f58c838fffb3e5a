"""Where an API is served: urls that are gone or new, with the variables in them."""

from collections.abc import Iterator
from typing import Any, Final

from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import strings

_MOST: Final = 64


def compared(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    """Servers of a document, path item or operation. None at all is `/`, and says nothing of where that is."""
    one, two = _urls(base), _urls(revision)
    if not one or not two:
        return
    for url, node in one.items():
        if url not in two:
            yield spot.change("server-removed", f"the server `{url}` was removed", base=node, level=None)
    for url, node in two.items():
        if url not in one:
            yield spot.change("server-added", f"the server `{url}` was added", revision=node)


def _urls(holder: Node) -> dict[str, Node]:
    """The urls that can be asked, by what they are with their variables filled in, `/` at the end left out."""
    out: dict[str, Node] = {}
    held = holder.get("servers")
    for node in held.elements() if held is not None else ():
        if isinstance(node.value, dict) and isinstance(node.value.get("url"), str):
            for url in _filled(node.value["url"], node.value.get("variables")):
                out.setdefault(url.rstrip("/") or "/", node)
    return out


def _filled(url: str, variables: Any) -> list[str]:
    """The urls that the values of the variables make; as it is written where they are too many."""
    urls = [url]
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if f"{{{name}}}" not in url or not isinstance(variable, dict):
            continue
        values = strings(variable.get("enum")) or strings([variable.get("default")])
        if len(urls) * len(values) > _MOST:
            return [url]
        urls = [one.replace(f"{{{name}}}", value) for one in urls for value in values] or urls
    return urls
