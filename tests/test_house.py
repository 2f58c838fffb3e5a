"""The house keeps its own rules: pinned and named requirements, layers for every package, pages without loose ends."""

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import byte
from byte.report import FORMATS
from byte.sources.settings import Accept, Settings

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][0-9a-z.]*)")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git would commit, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    paths = (ROOT / name.decode() for name in done.stdout.split(b"\0") if name)
    return tuple(sorted(path for path in paths if path.is_file() and not path.is_symlink()))


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md" and "tests" not in path.relative_to(ROOT).parts]


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(name: str) -> dict[str, str]:
    """The pinned versions of one requirements file, those it includes left out."""
    found = {}
    for line in (ROOT / "requirements" / name).read_text().splitlines():
        if line.startswith(("#", "-r ")):
            continue
        match = PINNED.fullmatch(line)
        assert match, f"{name}: `{line}` is not `name==version`"
        assert match["name"] not in found, f"{name}: {match['name']} stands twice"
        found[match["name"]] = match["version"]
    return found


REQUIREMENTS = ("runtime.txt", "server.txt", "dev.txt")
"""Each includes the one before it."""


def test_requirements_are_pinned_sorted_and_disjoint() -> None:
    names = [list(pins(file)) for file in REQUIREMENTS]
    assert names == [sorted(of_file) for of_file in names]
    together = [name for of_file in names for name in of_file]
    assert len(together) == len(set(together))
    for file, before in zip(REQUIREMENTS[1:], REQUIREMENTS, strict=False):
        assert f"-r {before}\n" in (ROOT / "requirements" / file).read_text()


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    runtime, server = pins("runtime.txt"), pins("server.txt")
    stated = project()["project"]
    extras = stated["optional-dependencies"]
    own = f"{stated['name']}[search]"
    assert own in extras["server"]
    of_server = [line for line in extras["server"] if line != own] + extras["search"]
    for pinned, lines in ((runtime, stated["dependencies"]), (server, of_server)):
        for line in lines:
            requirement = Requirement(line)
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line


def test_the_image_takes_no_more_than_it_needs_and_has_no_password() -> None:
    recipe, compose = (ROOT / "Dockerfile").read_text(), (ROOT / "compose.yaml").read_text()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", recipe, re.MULTILINE) for word in line.split()]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    carried = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {name.partition("/")[0] for name in copied} == set(carried)
    assert re.search(r"^USER (?!root)\w+$", recipe, re.MULTILINE)
    passwords = re.findall(r"PASSWORD: (.*)$", compose, re.MULTILINE)
    assert passwords
    assert [value for value in passwords if not re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", value)] == []


def test_no_file_names_a_package_host() -> None:
    # Where packages come from is the business of whoever installs.
    hosts = re.compile(
        rb"pypi\." + rb"org|python" + rb"hosted|--(?:extra-)?index" + rb"-url|--find" + rb"-links|/sim" + rb"ple/"
    )
    assert [str(path.relative_to(ROOT)) for path in tracked() if hosts.search(path.read_bytes())] == []


def test_every_package_stands_in_the_layers() -> None:
    (layers,) = [c for c in project()["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    listed = {name.strip() for layer in layers["layers"] for name in layer.split("|")}
    # Only what git would commit: an empty folder is no package.
    source = ROOT / "src" / "byte"
    present = {p.relative_to(source).parts[0] for p in tracked() if p.is_relative_to(source) and p.parent != source}
    assert listed == present
    assert layers["exhaustive"]


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "docs/README.md"])
def test_the_house_is_complete(name: str) -> None:
    assert (ROOT / name).read_text().strip()


def test_version_is_a_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", byte.__version__)


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in pages():
        prose = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            path, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            goal = (page.parent / path).resolve() if path else page
            if not goal.exists() or (anchor and anchor not in anchors(goal)):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_documentation_lists_all_its_pages() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    assert [
        p.name
        for p in (ROOT / "docs").glob("*.md")
        if p.name not in {"README.md", "demo-report.md"} and f"({p.name})" not in index
    ] == []
    decisions = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [
        p.name
        for p in (ROOT / "docs" / "decisions").glob("*.md")
        if p.name != "README.md" and f"({p.name})" not in decisions
    ] == []


def test_every_verb_that_is_named_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    verbs = {verb for page in pages() for verb in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE)}
    verbs |= set(re.findall(r"^make ([a-z-]+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    assert {"check", "demo", "test"} <= verbs <= targets


def test_continuous_integration_runs_the_same_script() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert "run: .ci/run" in workflow
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    lowest = project()["project"]["requires-python"].removeprefix(">=")
    assert f'"{lowest}"' in workflow


def documented(page: str, heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    text = (ROOT / "docs" / page).read_text()
    _, _, section = text.partition(f"# {heading}\n")
    rows = re.findall(r"^\| (`[^|]+) \|", section.partition("\n## ")[0], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}


def test_every_setting_is_documented_and_no_other() -> None:
    assert documented("configuration.md", "Configuration") == set(Settings.__struct_fields__) - {"source", "rule_lines"}
    assert documented("configuration.md", "Accepting a finding") == set(Accept.__struct_fields__)


def test_every_format_is_documented_and_no_other() -> None:
    assert documented("reviewing.md", "Formats") == set(FORMATS)


def test_action_and_hook_are_documented_as_they_are() -> None:
    page = (ROOT / "docs" / "reviewing.md").read_text()
    (hook,) = re.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE)
    assert f"- id: {hook}\n" in page
    inputs = (ROOT / "action.yml").read_text().partition("\ninputs:\n")[2].partition("\noutputs:\n")[0]
    names = re.findall(r"^  ([a-z-]+):$", inputs, re.MULTILINE)
    assert names
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_command_and_option_that_is_documented_exists() -> None:
    pages = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    # The benchmarks speak of other programs' options too.
    others = {"benchmarks.md", "coming-from-oasdiff.md", "registry-benchmarks.md", "search-benchmarks.md"}
    text = "".join(page.read_text() for page in pages if page.name not in others)
    written = re.sub(r"<!-- (\w+):begin -->.*?<!-- \1:end -->", "", text, flags=re.DOTALL)
    written = re.sub(r"^(?:\$ )?(?:curl|docker|pip) (?:.*\\\n)*.*", "", written, flags=re.MULTILINE)
    commands = set(re.findall(r"(?:^|`|\$ )byte (keys [a-z]+|[a-z]+)", written, re.MULTILINE))
    helps = [help_of(*command.split()) for command in sorted(commands)]
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", written)) - {"--help"}
    assert commands >= {"review", "rules", "serve", "keys create"}
    assert options - set(re.findall(r"--[a-z][a-z-]+", " ".join(helps))) == set()


def help_of(*command: str) -> str:
    environment = {**os.environ, "COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1", "TERM": "dumb"}
    run = [sys.executable, "-c", "from byte.cli import main; main()", *command, "--help"]
    done = subprocess.run(run, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, f"`byte {' '.join(command)} --help` fails: {done.stderr}"
    return done.stdout
