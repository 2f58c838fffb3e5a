"""Names of components: the shortest that are not ambiguous, as Pydantic chooses them."""

import re
from typing import Any, Final

from byte.extract.contract.pydantic2.kinds import normalize

PREFIX: Final = "#/components/schemas/"
_SPLIT: Final = re.compile(r"([\][,])")
_MODULES: Final = re.compile(r"(?:[^.[\]]+\.)+((?:[^.[\]]+))")
_TITLES: Final = {"validation": "Input", "serialization": "Output"}


class Names:
    """Gives every reference in every mode a unique name, and afterwards a good one."""

    def __init__(self) -> None:
        self.choices: dict[str, list[str]] = {}
        self._counter: dict[str, int] = {}
        self._index: dict[str, int] = {}

    def unique(self, ref: str, mode: str) -> str:
        """The unique name of a reference."""
        components = [x.rsplit(":", 1)[0] for x in _SPLIT.split(ref)]
        without_ids = "".join(components)
        short = "".join(_MODULES.sub(r"\1", x) for x in components)
        name = normalize(short)
        qualified = normalize(without_ids)
        identified = normalize(ref)
        if identified not in self._index:
            self._counter[qualified] = self._counter.get(qualified, 0) + 1
            self._index[identified] = self._counter[qualified]
        number = self._index[identified]
        title = _TITLES[mode]
        unique = f"{qualified}-{title}__{number}"
        self.choices[unique] = [
            name,
            f"{name}-{title}",
            qualified,
            f"{qualified}-{title}",
            f"{qualified}__{number}",
            unique,
        ]
        return unique

    def remapping(self, definitions: dict[str, Any], again: bool) -> tuple[dict[str, str], dict[str, str]]:
        """What every unique name becomes, and what every reference string becomes.

        A name is given where all that could bear it have the same schema. Schemas become more alike as the names
        in them get shorter, so that this is repeated until nothing changes. Before Pydantic 2.13 (`again` is false)
        a reference is renamed only once while this goes on, which keeps apart what is the same in the end.
        """
        copies = {name: copied(schema) for name, schema in definitions.items()}
        places = {name: references(schema) for name, schema in copies.items()}
        names: dict[str, str] = {}
        refs: dict[str, str] = {}
        numbers: dict[Any, int] = {}  # of equal schemas the same
        keys = {name: numbers.setdefault(hashable(schema), len(numbers)) for name, schema in copies.items()}
        for _ in range(100):
            bearers: dict[str, set[int]] = {}
            for name, key in keys.items():
                for choice in self.choices[name]:
                    bearers.setdefault(choice, set()).add(key)
            names, refs = {}, {}
            for name in definitions:
                choices = self.choices[name]
                chosen = next(i for i, c in enumerate(choices) if len(bearers[c]) == 1)
                names[name] = choices[chosen]
                for other in choices[chosen:] if again else choices[-1:]:
                    refs[PREFIX + other] = PREFIX + choices[chosen]
            changed = False
            for name, found in places.items():
                differs = False
                for container, key in found:
                    new = refs.get(container[key])
                    if new is not None and new != container[key]:
                        container[key] = new
                        differs = changed = True
                if differs:
                    keys[name] = numbers.setdefault(hashable(copies[name]), len(numbers))
            if not changed:
                break
        for schema in definitions.values():
            rename(schema, refs)
        return names, refs


def copied(value: Any) -> Any:
    """A copy of a JSON value."""
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    return [copied(v) for v in value] if isinstance(value, list) else value


def hashable(value: Any) -> Any:
    """A JSON value as something that can be compared and hashed."""
    if isinstance(value, dict):
        return tuple((k, hashable(value[k])) for k in sorted(value))
    if isinstance(value, list):
        return ("[", *(hashable(v) for v in value))
    return (type(value).__name__ if isinstance(value, bool) or value is None else "", value)


def references(schema: Any) -> list[tuple[Any, Any]]:
    """Where in a schema references stand: the object or list, and the key in it."""
    out: list[tuple[Any, Any]] = []
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, str):
                if item.startswith(PREFIX):
                    out.append((value, key))
            elif isinstance(item, (dict, list)):
                waiting.append(item)
    return out


def rename(schema: Any, refs: dict[str, str]) -> None:
    """Gives references their new names."""
    for container, key in references(schema):
        container[key] = refs.get(container[key], container[key])
