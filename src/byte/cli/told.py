"""What a publish came to, for people: at a terminal, and as Markdown."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from byte.sources import paths

_SHOWN: Final = 10
"""How much of each list is shown; JSON has more, and the registry's review all."""


def terminal(answer: Mapping[str, Any]) -> str:
    """The answer as plain lines."""
    out = [_headline(answer)]
    for heading, items in _sections(answer):
        out += ["", f"{heading}:"]
        for text, below in items:
            out += [f"  - {text}", *(f"      {line}" for line in below)]
    return _joined(out)


def markdown(answer: Mapping[str, Any]) -> str:
    """The answer as Markdown."""
    out = [f"**{_headline(answer)}**"]
    for heading, items in _sections(answer):
        out += ["", f"### {heading}", ""]
        for text, below in items:
            out += [f"- {text}", *(f"  - {line}" for line in below)]
    return _joined(out)


def _joined(lines: list[str]) -> str:
    return "".join(f"{paths.safe(line)}\n" for line in lines)


def _headline(answer: Mapping[str, Any]) -> str:
    name, review = f"{answer['service']} {answer.get('label') or ''}".strip(), answer.get("review") or {}
    would = "would be" if answer.get("dry_run") else "is"
    if answer["outcome"] == "unchanged":
        return f"{name} is there already, as it is."
    said = f"{name} {would} {answer['outcome']}."
    if review.get("base"):
        said += f" Compared with {review['base']}: {review['summary']}"
        said += f" Verdict: {review['verdict']}." if review.get("verdict") else ""
    elif review:
        said += f" {review['summary']}"
    return said


def _sections(answer: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    review = answer.get("review") or {}
    for heading, key, count, line in _SECTIONS:
        found = review.get(key) or []
        if not found or (key == "findings" and review.get("refusals")):
            continue
        items = [line(item) for item in found[:_SHOWN]]
        total = review.get(count, len(found)) if count else len(found)
        if total > len(items):
            items.append((f"and {total - len(items)} more", ()))
        yield heading, items
    fixes = list(dict.fromkeys(finding["fix"] for finding in review.get("findings") or [] if finding.get("fix")))
    if answer["outcome"] == "refused" and fixes:
        yield "What to do", [(fix, ()) for fix in fixes[:_SHOWN]]


def _refusal(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return f"{item['policy']}: {item['detail']}", ()


def _finding(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return f"{item['severity']} {item['rule']}: {item['message']}", ()


def _proof(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    sides = {"base": "clients of the old version", "revision": "the new version"}
    takes, rejects = sides.get(item["valid_for"], ""), sides.get(item["invalid_for"], "")
    if item["kind"] == "request":
        return f"{item['operation']}: {item['message']}", (f"`{item['value']}` was answered, and is no longer",)
    verb = "send" if item["valid_for"] == "base" else "sends"
    return f"{item['operation']}: {item['message']}", (
        f"`{item['value']}`",
        f"{takes} {verb} it, {_reject(rejects)} it",
    )


def _reject(side: str) -> str:
    return f"{side} {'rejects' if side.startswith('the') else 'reject'}"


def _consumer(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    may = "" if item["certain"] else "may break: "
    return f"{item['name']}, {item['operation']}: {may}{item['reason']}", tuple(item.get("evidence") or ())[:_SHOWN]


def _override(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return f"{item['granted_by']}, until {item['until'][:10]}: {item['reason']}", ()


_SECTIONS: Final[tuple[tuple[str, str, str, Callable[[Mapping[str, Any]], tuple[str, tuple[str, ...]]]], ...]] = (
    ("Why", "refusals", "refusal_count", _refusal),
    ("What was found", "findings", "finding_count", _finding),
    ("Counterexamples", "counterexamples", "counterexample_count", _proof),
    ("Consumers that break", "consumers", "", _consumer),
    ("Let in by an override", "overrides", "", _override),
)
