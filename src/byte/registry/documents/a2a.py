"""A2A agent cards, of protocol 0.2 and 0.3 (`url`, `preferredTransport`) and 1.0 (`supportedInterfaces`).

An operation is a skill, by its `id`; its summary is the skill's name. The card's signatures and the order of the skills
are no part of the contract.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from byte.extract.documents.text import Parsed
from byte.model.contract import Source
from byte.registry.documents.canonical import canonical, digest, digest_of_bytes
from byte.registry.documents.limits import Bounds, refused
from byte.registry.documents.naming import base_url_of, line_of, links_of, slug, tags_of, text_of
from byte.registry.errors import Fault
from byte.registry.records import Content, Document, Operation

_MEDIA: Final = {"json": "application/json", "yaml": "application/yaml"}
_TELLING: Final = ("url", "supportedInterfaces", "capabilities", "protocolVersion", "defaultInputModes")
_TAGS: Final = 100
_LEFT_OUT: Final = frozenset({"signatures", "skills"})


def is_card(value: Mapping[str, Any]) -> bool:
    """Whether an object is an agent card, or an answer of JSON-RPC that holds one."""
    held = _opened(value)
    return "skills" in held and isinstance(held.get("name"), str) and any(field in held for field in _TELLING)


def read(source: Source, parsed: Parsed, stem: str, bounds: Bounds) -> Content:
    """The content of an agent card. Raises `UnreadableError`."""
    if not isinstance(parsed.value, dict):
        raise refused(f"`{source.name}` is no A2A agent card: it holds no object.")
    card = _opened(parsed.value)
    if not any(field in card for field in ("skills", *_TELLING)):
        raise refused(f"`{source.name}` is no A2A agent card: it has no `skills` and no `url`.")
    at = "/result" if card is not parsed.value else ""
    faults: list[Fault] = []
    skills = _skills(card, at, faults, bounds)
    if not isinstance(card.get("name"), str) or not card["name"].strip():
        faults.append(Fault("The card has no `name`.", f"{at}/name"))
    bounds.settle(faults)
    bounds.operations(skills, "skills")
    described = {key: value for key, value in card.items() if key not in _LEFT_OUT}
    return Content(
        kind="a2a",
        format=_format(card),
        name=slug(text_of(card["name"])) or slug(stem),
        title=line_of(card["name"]),
        description=text_of(card.get("description")),
        version=text_of(card.get("version")),
        digest=digest((b"a2a", canonical(described), canonical(skills))),
        document=Document(digest_of_bytes(source.data), _MEDIA[parsed.syntax], source.data),
        operations=tuple(_skill(name, skill) for name, skill in skills.items()),
        components=(),
        base_url=base_url_of(_urls(card)),
        links=links_of(_pages(card)),
        tags=tags_of(tag for skill in skills.values() for tag in _list(skill.get("tags"))),
        warnings=() if text_of(card.get("version")) else ("the card has no `version`",),
    )


def _opened(value: Mapping[str, Any]) -> Mapping[str, Any]:
    result = value.get("result")
    return result if "jsonrpc" in value and isinstance(result, dict) else value


def _skills(card: Mapping[str, Any], at: str, faults: list[Fault], bounds: Bounds) -> dict[str, dict[str, Any]]:
    """The skills by their ids; one without an id has its name in its place."""
    given = card.get("skills", [])
    if not isinstance(given, list):
        faults.append(Fault("`skills` is no list.", f"{at}/skills"))
        return {}
    found: dict[str, dict[str, Any]] = {}
    for index, skill in enumerate(given):
        name = (skill.get("id") or skill.get("name")) if isinstance(skill, dict) else None
        if not isinstance(name, str):
            faults.append(Fault("The skill has no `id`.", f"{at}/skills/{index}"))
        elif name in found:
            faults.append(Fault(f"The skill `{line_of(name, 60)}` stands twice.", f"{at}/skills/{index}"))
        elif not bounds.is_name(name):
            faults.append(Fault(f"`{line_of(name, 60)}` is no id.", f"{at}/skills/{index}/id"))
        else:
            found[name] = skill
    return found


def _skill(name: str, skill: Mapping[str, Any]) -> Operation:
    return Operation(
        id="",
        service="",
        version="",
        kind="a2a",
        name=name,
        operation_id=name,
        summary=line_of(skill.get("name")),
        description=text_of(skill.get("description")),
        tags=tuple(dict.fromkeys(line_of(tag) for tag in _list(skill.get("tags"))[:_TAGS] if isinstance(tag, str))),
        body=skill,
    )


def _interfaces(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for field in ("supportedInterfaces", "additionalInterfaces"):
        yield from (held for held in _list(card.get(field)) if isinstance(held, dict))


def _urls(card: Mapping[str, Any]) -> Iterator[Any]:
    yield card.get("url")
    yield from (held.get("url") for held in _interfaces(card))


def _format(card: Mapping[str, Any]) -> str:
    """The protocol's version, major and minor: the card's own, or that of its first interface."""
    stated = [card.get("protocolVersion"), *(held.get("protocolVersion") for held in _interfaces(card))]
    versions = [value for value in stated if isinstance(value, str) and value[:1].isdigit()]
    version = ".".join(versions[0].split(".")[:2]) if versions else "1.0" if "supportedInterfaces" in card else "0.2"
    return f"a2a-{slug(version, 20)}"


def _pages(card: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "documentation", card.get("documentationUrl")
    provider = card.get("provider")
    if isinstance(provider, dict):
        yield "provider", provider.get("url")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
