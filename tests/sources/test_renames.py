from byte.model.change import File, Snapshot
from byte.sources import renames
from byte.sources.read import read


def lines(prefix, count):
    return "".join(f"{prefix}_{index} = {index}\n" for index in range(count))


def test_a_moved_file_is_followed(repo):
    (repo.root / "app" / "same.py").rename(repo.root / "app" / "moved.py")
    assert read(repo.root).change.renames == {"app/moved.py": "app/same.py"}


def test_an_edited_file_is_followed_while_half_of_its_lines_stay(make_repo):
    repo = make_repo()
    repo.commit({"kept.py": lines("a", 10), "gone.py": lines("b", 10), "dos.py": lines("c", 10)})
    base = repo.git("rev-parse", "HEAD")
    repo.commit(
        {
            "half.py": lines("a", 5) + lines("x", 5),
            "less.py": lines("b", 4) + lines("y", 6),
            "unix.py": "\n\n" + lines("c", 10).replace("\n", "\r\n"),
        },
        remove=("kept.py", "gone.py", "dos.py"),
    )
    assert read(repo.root, f"{base}..HEAD").change.renames == {"half.py": "kept.py", "unix.py": "dos.py"}


def test_the_same_bytes_go_before_the_most_alike_and_the_same_name_before_another(make_repo):
    repo = make_repo()
    text = lines("a", 10)
    repo.commit({"a/one.py": text, "a/two.py": text, "b/near.py": text + "more = 1\n", "b/__init__.py": ""})
    base = repo.git("rev-parse", "HEAD")
    repo.git("mv", "a", "c")
    repo.git("mv", "b", "d")
    repo.commit({"d/near.py": text + "else_ = 1\n"})
    assert read(repo.root, f"{base}..HEAD").change.renames == {
        "c/one.py": "a/one.py",
        "c/two.py": "a/two.py",
        "d/near.py": "b/near.py",
    }


def test_other_files_copies_and_large_ones_are_no_renames(make_repo):
    repo = make_repo()
    repo.commit({"a.txt": lines("a", 9), "b.py": lines("b", 9), "big.py": "#\n" * 600_000})
    base = repo.git("rev-parse", "HEAD")
    repo.git("mv", "a.txt", "c.txt")
    repo.git("mv", "big.py", "large.py")
    repo.commit({"copy.py": lines("b", 9)})
    assert read(repo.root, f"{base}..HEAD").change.renames == {}


def snapshot(files):
    entries = {
        path: File(path=path, blob=f"{path} {hash(text)}", size=len(text)) for path, text in sorted(files.items())
    }
    return Snapshot(
        label="x", revision=None, files=entries, read=lambda asked: [files[file.path].encode() for file in asked]
    )


def test_the_work_is_bounded_and_same_names_come_first(monkeypatch):
    monkeypatch.setattr(renames, "MOST_FILES", 3)
    base = snapshot({f"old/m{index}.py": lines(f"v{index}", 5) for index in range(9)} | {"old/z.py": lines("z", 5)})
    head = snapshot({f"new/n{index}.py": lines(f"v{index}", 5) for index in range(9)} | {"new/z.py": lines("z", 6)})
    found = renames.renames(base, head)
    assert found["new/z.py"] == "old/z.py"
    assert len(found) <= 3
    monkeypatch.setattr(renames, "MOST_BYTES", 10)
    assert renames.renames(base, head) == {}


def test_two_hundred_files_with_the_same_lines_are_matched_at_once():
    common = lines("shared", 60)
    base = snapshot({f"old/m{index}.py": common + lines(f"v{index}", 60) for index in range(200)})
    head = snapshot({f"new/m{index}.py": common + lines(f"v{index}", 50) for index in range(200)})
    assert renames.renames(base, head) == {
        f"new/m{index}.py": f"old/m{index}.py" for index in sorted(range(200), key=str)
    }
