"""The rules: one module each, found by their place; the folder is the area, the file name the rule's name.

Rules see facts (`byte.model`) and nothing else. The docstring of a rule's module is its page.
"""

import importlib
import pkgutil
import sys
from typing import Final

from byte.model.review import Area, Rule

AREAS: Final = tuple(area.value for area in Area)


def _find() -> tuple[Rule, ...]:
    found: list[Rule] = []
    for area in AREAS:
        package = importlib.import_module(f"byte.rules.{area}")
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            rule = getattr(module, "RULE", None)
            if isinstance(rule, Rule):
                found.append(rule)
    return tuple(sorted(found, key=lambda rule: rule.id))


RULES: Final = _find()
"""Every rule, by id."""

BY_NAME: Final = {name: rule for rule in RULES for name in (rule.id, rule.name, *rule.aliases)}
"""Rules by id, name and former names."""


def page(rule: Rule) -> str:
    """The rule's page: the docstring of its module, in Markdown."""
    return (sys.modules[rule.check.__module__].__doc__ or "").strip()


def summary(rule: Rule) -> str:
    """The page's first line: what is wrong, in a few words."""
    return page(rule).partition("\n")[0].strip().rstrip(".")
