import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.model.errors import SettingsError, SourceError
from byte.sources import baseline
from byte.sources.read import read


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 10**6)))
def test_what_is_written_is_read_and_the_order_does_not_matter(fingerprints):
    content = baseline.render(fingerprints)
    assert baseline.parse(content, "b.json") == fingerprints
    assert baseline.render(dict(reversed(fingerprints.items()))) == content


def test_a_baseline_is_written_whole_and_read_from_the_snapshot(repo):
    baseline.write(repo.root / "byte.json", {"b": 2, "a": 1})
    assert (repo.root / "byte.json").read_text().startswith('{\n  "version": 1,\n  "fingerprints": {\n    "a": 1,')
    assert baseline.of(read(repo.root).change.head, "byte.json") == {"a": 1, "b": 2}
    assert not list(repo.root.glob(".byte*"))


def test_a_baseline_is_not_written_through_a_link(repo, tmp_path):
    (repo.root / ".byte.json.new").symlink_to(tmp_path / "target")
    with pytest.raises(SourceError, match="cannot be written"):
        baseline.write(repo.root / "byte.json", {})
    with pytest.raises(SourceError, match="cannot be written"):
        baseline.write(repo.root / "no" / "folder.json", {})
    assert not (tmp_path / "target").exists()


def test_a_baseline_that_is_not_there_is_asked_for(repo):
    with pytest.raises(SettingsError, match=r"There is no baseline byte\.json in the working tree: write it"):
        baseline.of(read(repo.root).change.head, "byte.json")


@pytest.mark.parametrize(
    "content, seen",
    [
        (b"", "is not a baseline"),
        (b"[]", "is not a baseline"),
        (b"[" * 100_000, "is not a baseline"),
        (b"\xff", "is not a baseline"),
        (b'{"version": 1}', "fingerprints"),
        (b'{"version": 2, "fingerprints": {}}', "version 2, not 1"),
        (b'{"version": 1, "fingerprints": {"a": 0}}', "counts `a` 0 times"),
        (b'{"version": 1, "fingerprints": {"a": "1"}}', "is not a baseline"),
        (b'{"version": 1, "fingerprints": {}, "more": 1}', "unknown field `more`"),
    ],
)
def test_what_is_no_baseline_gets_one_sentence(content, seen):
    with pytest.raises(SettingsError) as error:
        baseline.parse(content, "b.json")
    text = str(error.value)
    assert seen in text
    assert "\n" not in text
    assert text.endswith("write it again.")
