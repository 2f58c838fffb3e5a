import os
import socket
import subprocess

import pytest

from byte.sources import git
from byte.sources.read import read


def head_of(repo, **options):
    return read(repo.root, **options).change.head


def text(snapshot, path):
    return snapshot.read([snapshot.files[path]])[0]


def test_tracked_and_untracked_files_are_the_head_and_ignored_ones_are_not(repo):
    repo.write(
        {
            ".gitignore": "*.log\nbuild/\n",
            "app/main.py": "a = 3\n",
            "app/untracked.py": "u = 1\n",
            "noise.log": "n\n",
            "build/out.py": "o\n",
            ".git/info/exclude": "private.py\n",
            "private.py": "p\n",
        }
    )
    (repo.root / "README.md").unlink()
    request = read(repo.root)
    change = request.change
    assert change.head.label == "working tree"
    assert change.head.revision is None
    assert change.changed() == (".gitignore", "app/main.py", "app/new.py", "app/untracked.py")
    assert change.removed() == ("README.md",)
    assert text(change.head, "app/main.py") == b"a = 3\n"
    assert request.as_of == "2024-03-03"


def test_a_staged_change_and_one_that_is_not_are_both_read(repo):
    repo.write({"app/same.py": "staged\n"})
    repo.git("add", "-A")
    repo.write({"app/same.py": "on disk\n"})
    assert text(head_of(repo), "app/same.py") == b"on disk\n"


def test_a_single_revision_means_its_merge_base(repo):
    repo.git("checkout", "-q", "main")
    late = repo.commit({"late.py": "later\n"})
    repo.git("checkout", "-q", "topic")
    request = read(repo.root, late)
    assert request.change.base.revision == repo.git("rev-parse", "main~1")
    assert request.change.changed() == ("app/main.py", "app/new.py")


def test_files_with_other_line_ends_are_unchanged(make_repo):
    repo = make_repo()
    repo.commit({"unix.py": "a\nb\n", "dos.py": "a\r\nb\r\n", "edited.py": "a\nb\n"})
    repo.write({"unix.py": "a\r\nb\r\n", "edited.py": "a\r\nc\r\n"})
    change = read(repo.root).change
    assert change.changed() == ("edited.py",)
    assert change.head.files["unix.py"].size == 4
    assert [text(change.head, path) for path in change.head.files] == [b"a\r\nb\r\n", b"a\r\nc\r\n", b"a\nb\n"]


def test_a_file_that_changed_since_it_was_listed_does_not_pass_for_its_old_self(repo):
    head = head_of(repo)
    repo.write({"app/main.py": "a = 4\n", "app/new.py": "n = 9\n"})
    (repo.root / "app" / "same.py").unlink()
    # Unchanged blobs are still in the objects.
    assert text(head, "app/same.py") == b"s = 1\n"
    repo.write({"untracked.py": "u\n"})
    head = head_of(repo)
    repo.write({"untracked.py": "v\n"})
    assert text(head, "untracked.py") is None
    (repo.root / "untracked.py").unlink()
    assert text(head, "untracked.py") is None


def test_nothing_outside_the_tree_is_read(repo, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.py").write_text("secret\n")
    (outside / "same.py").write_text("secret\n")
    for name in ("main.py", "same.py", "new.py"):
        (repo.root / "app" / name).unlink()
    (repo.root / "app").rmdir()
    (repo.root / "app").symlink_to(outside)
    (repo.root / "absolute.py").symlink_to("/etc/passwd")
    head = head_of(repo)
    assert {path: file.kind for path, file in head.files.items()} == {
        "README.md": "file",
        "absolute.py": "symlink",
        "app": "symlink",
    }
    assert head.unreadable == ()


def test_a_folder_that_became_a_link_after_the_listing_is_not_followed(repo, tmp_path):
    repo.write({"deep/er/file.py": "same\n"})
    head = head_of(repo)
    (repo.root / "deep").rename(tmp_path / "deep")
    (repo.root / "deep").symlink_to(tmp_path / "deep")
    assert read(repo.root).change.head.files["deep"].kind == "symlink"
    assert text(head, "deep/er/file.py") is None
    assert "deep/er/file.py" not in head_of(repo).files


def test_a_loop_of_links_ends(repo):
    (repo.root / "app" / "up").symlink_to("..")
    (repo.root / "self").symlink_to("self")
    repo.git("add", "-A")
    head = head_of(repo)
    assert {path for path, file in head.files.items() if file.kind == "symlink"} == {"app/up", "self"}


def test_pipes_sockets_and_unreadable_files_are_facts(repo):
    repo.commit({"pipe.py": "p\n", "sock.py": "s\n", "data.bin": "d\n"})
    for name in ("pipe.py", "sock.py", "data.bin"):
        (repo.root / name).unlink()
    os.mkfifo(repo.root / "pipe.py")
    os.mkfifo(repo.root / "data.bin")
    os.mkfifo(repo.root / "untracked.py")
    here = os.getcwd()
    os.chdir(repo.root)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("sock.py")
    os.chdir(here)
    request = read(repo.root)
    head = request.change.head
    assert [(item.path, item.reason) for item in head.unreadable] == [
        ("pipe.py", "not a regular file"),
        ("sock.py", "not a regular file"),
    ]
    assert head.read([head.files["pipe.py"], head.files["data.bin"]]) == [None, None]
    # Not there any more would be another thing: nobody deleted them.
    assert request.change.removed() == ()
    assert "pipe.py" in request.change.changed()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_fact(repo):
    (repo.root / "app" / "main.py").chmod(0)
    assert [item.path for item in head_of(repo).unreadable] == ["app/main.py"]


def test_a_file_that_cannot_be_opened_is_a_fact(repo, monkeypatch):
    real = os.open

    def refuse(path, *arguments, **options):
        if os.fsencode(path).endswith(b"main.py"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    head = head_of(repo)
    assert [(item.path, item.reason) for item in head.unreadable] == [
        ("app/main.py", "cannot be read (Permission denied)")
    ]
    assert text(head, "app/main.py") is None


def test_a_huge_sparse_file_is_listed_and_not_read(repo, monkeypatch):
    repo.commit({"huge.bin": "h\n"})
    for name in ("huge.py", "huge.bin"):
        with open(repo.root / name, "wb") as stream:
            stream.truncate(100_000_000)
    opened = []
    real = os.open

    def watched(path, *arguments, **options):
        opened.append(os.path.basename(os.fsencode(path)))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", watched)
    head = head_of(repo)
    assert [(item.path, item.reason) for item in head.unreadable] == [
        ("huge.py", "100.0 MB, more than the 1 MB that Byte reads of a Python file")
    ]
    assert head.read([head.files["huge.py"], head.files["huge.bin"]]) == [None, None]
    assert b"main.py" in opened
    assert not {b"huge.py", b"huge.bin"} & set(opened)


def test_a_large_file_of_the_same_size_counts_as_the_same(make_repo, monkeypatch):
    monkeypatch.setattr(git, "OTHER_LIMIT", 10)
    repo = make_repo()
    repo.commit({"same.bin": "0123456789ab", "other.bin": "0123456789ab"})
    repo.write({"same.bin": "ba9876543210", "other.bin": "0123456789abc"})
    assert read(repo.root).change.changed() == ("other.bin",)


def test_a_repository_inside_the_tree_is_none_of_ours(repo, make_repo):
    inner = make_repo("repo/inner")
    inner.commit({"a.py": "a\n"})
    assert not [path for path in head_of(repo).files if path.startswith("inner")]
    repo.git("add", "-A")
    assert head_of(repo).files["inner"].kind == "submodule"


def test_a_sparse_checkout_is_a_whole_tree(make_repo):
    repo = make_repo()
    repo.commit({"app/a.py": "a\n", "lib/b.py": "bb\n"})
    repo.git("sparse-checkout", "set", "app")
    assert not (repo.root / "lib").exists()
    change = read(repo.root).change
    assert change.changed() == change.removed() == ()
    assert text(change.head, "lib/b.py") == b"bb\n"
    audit = read(repo.root, audit=True).change.head
    assert (audit.files["lib/b.py"].size, text(audit, "lib/b.py")) == (3, b"bb\n")


def test_a_merge_conflict_is_read_as_it_is_on_disk(repo):
    repo.git("checkout", "-q", "main")
    repo.commit({"app/main.py": "a = 5\n"})
    with pytest.raises(AssertionError):
        repo.git("merge", "topic")
    assert b"<<<<<<<" in text(head_of(repo), "app/main.py")


def test_a_file_in_place_of_a_folder_and_the_other_way_round(repo):
    (repo.root / "README.md").unlink()
    repo.write({"README.md/part.py": "p\n"})
    for name in ("main.py", "same.py", "new.py"):
        (repo.root / "app" / name).unlink()
    (repo.root / "app").rmdir()
    repo.write({"app": "now a file\n"})
    assert sorted(head_of(repo).files) == ["README.md/part.py", "app"]


def test_a_path_deeper_than_the_stack(repo):
    folder = "/".join(["d"] * 1500)
    subprocess.run(["mkdir", "-p", folder], cwd=repo.root, check=True)
    try:
        (repo.root / folder / "deep.py").write_text("deep\n")
        assert text(head_of(repo), f"{folder}/deep.py") == b"deep\n"
    finally:
        # What cleans up after pytest goes down one call a folder.
        subprocess.run(["rm", "-rf", "d"], cwd=repo.root, check=True)
