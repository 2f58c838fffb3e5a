"""A folder without git as a snapshot."""

import os

from byte.sources import folder, git


def test_regular_files_sorted_with_git_s_ids(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.py").write_bytes(b"x = 1\n")
    (tmp_path / "a.txt").write_bytes(b"")
    found = folder.snapshot(tmp_path)
    assert list(found.files) == ["a.txt", "b/x.py"]
    assert found.files["a.txt"].blob == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert found.read(found.files.values()) == [b"", b"x = 1\n"]


def test_links_and_environments_are_left_out(tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text("secret = 1\n")
    tree = tmp_path / "tree"
    for name in ("env", "node_modules", "__pycache__", "app"):
        (tree / name).mkdir(parents=True)
        (tree / name / "m.py").write_text("")
    (tree / "env" / "pyvenv.cfg").write_text("")
    (tree / "link.py").symlink_to(outside)
    (tree / "loop").symlink_to(tree)
    os.mkfifo(tree / "pipe.py")
    assert list(folder.snapshot(tree).files) == ["app/m.py"]


def test_a_file_that_changed_or_went_is_not_read(tmp_path):
    (tmp_path / "a.py").write_text("1\n")
    (tmp_path / "b.py").write_text("1\n")
    found = folder.snapshot(tmp_path)
    (tmp_path / "a.py").write_text("2\n")
    (tmp_path / "b.py").unlink()
    assert found.read(found.files.values()) == [None, None]


def test_a_large_python_file_is_reported(tmp_path):
    (tmp_path / "big.py").write_bytes(b"#" * (git.PYTHON_LIMIT + 1))
    found = folder.snapshot(tmp_path)
    assert [item.path for item in found.unreadable] == ["big.py"]
    assert found.read(found.files.values()) == [None]
