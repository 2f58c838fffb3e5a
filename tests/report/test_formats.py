"""Each format against its expected text, and what every format must keep."""

import subprocess
import sys

import pytest

from byte.report import FORMATS, for_terminal
from tests.report.reviews import REVIEWS

SUFFIXES = {"markdown": "md", "json": "json", "sarif": "sarif", "github": "github.txt", "comment": "comment.md"}


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize("format_name", FORMATS)
def test_the_expected_text(name, format_name, golden):
    golden(f"{name}.{SUFFIXES[format_name]}", FORMATS[format_name](REVIEWS[name]))


@pytest.mark.parametrize("name", REVIEWS)
def test_the_expected_view(name, golden):
    golden(f"{name}.terminal.txt", for_terminal(REVIEWS[name], width=100, color=False))


def test_the_expected_colours(golden):
    golden("mixed.colour.txt", for_terminal(REVIEWS["mixed"], width=100, color=True))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_utf_8_and_ends_its_last_line(format_name):
    for review in REVIEWS.values():
        text = FORMATS[format_name](review)
        assert text.encode().decode() == text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_rich_is_imported_only_for_the_terminal():
    script = "import sys, byte.report; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_environment_does_not_change_the_view(monkeypatch):
    before = for_terminal(REVIEWS["mixed"], width=80, color=True)
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "20", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert for_terminal(REVIEWS["mixed"], width=80, color=True) == before
    assert "\x1b" not in for_terminal(REVIEWS["mixed"], width=80, color=False)
