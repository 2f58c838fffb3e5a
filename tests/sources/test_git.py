import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from byte.model.errors import SourceError
from byte.sources import git
from byte.sources.read import read


def contents(snapshot):
    files = list(snapshot.files.values())
    return {file.path: content for file, content in zip(files, snapshot.read(files), strict=True)}


def sentence(error) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


def test_a_range_compares_the_two_trees(repo):
    request = read(repo.root, "main..topic")
    assert request.change.changed() == ("app/main.py", "app/new.py")
    assert contents(request.change.base) == {
        "README.md": b"# App\n",
        "app/main.py": b"a = 1\n",
        "app/same.py": b"s = 1\n",
    }
    assert contents(request.change.head)["app/main.py"] == b"a = 2\n"
    assert request.change.base.label == f"main ({repo.git('rev-parse', 'main')[:12]})"
    assert request.change.head.revision == repo.git("rev-parse", "topic")
    assert list(request.change.head.files) == sorted(request.change.head.files)
    assert request.root == str(repo.root)
    assert request.as_of == "2024-03-03"


def test_blob_ids_and_sizes_are_those_of_git(repo):
    for snapshot in (read(repo.root, "main..topic").change.head, read(repo.root, "main").change.head):
        file = snapshot.files["app/main.py"]
        assert (file.blob, file.size) == (repo.git("rev-parse", "topic:app/main.py"), 6)


def test_three_dots_compare_with_the_merge_base(repo):
    fork = repo.git("rev-parse", "main")
    repo.git("checkout", "-q", "main")
    repo.commit({"late.py": "later\n"})
    assert read(repo.root, "main..topic").change.removed() == ("late.py",)
    request = read(repo.root, "main...topic")
    assert request.change.removed() == ()
    assert request.change.base.revision == fork
    assert request.change.base.label == f"merge base with main ({fork[:12]})"


def test_an_empty_side_is_the_commit_that_is_checked_out(repo):
    repo.write({"dirty.py": "d\n"})
    head = repo.git("rev-parse", "HEAD")
    assert read(repo.root, "main..").change.head.revision == head
    assert read(repo.root, "..main").change.base.revision == head
    with pytest.raises(SourceError, match="names no revision"):
        read(repo.root, "..")


def test_unchanged_files_are_shared_between_the_sides(repo):
    change = read(repo.root, "main..topic").change
    assert change.base.files["app/same.py"] is change.head.files["app/same.py"]
    same = read(repo.root, "main..main").change
    assert same.base.files is same.head.files
    assert same.changed() == ()


def test_equal_blobs_are_read_once_and_given_to_each(make_repo):
    repo = make_repo()
    repo.commit({"a.py": "x\n", "b.py": "x\n", "empty.py": b"", "c.py": "y\n"})
    head = read(repo.root, "HEAD", audit=True).change.head
    files = [head.files[name] for name in ("c.py", "b.py", "empty.py", "a.py", "c.py")]
    assert head.read(files) == [b"y\n", b"x\n", b"", b"x\n", b"y\n"]
    assert head.read([]) == []


def test_many_files_do_not_block_the_pipes(make_repo):
    repo = make_repo()
    repo.commit({f"m{index}.py": f"{index}\n" * 3000 for index in range(60)})
    head = read(repo.root, "HEAD", audit=True).change.head
    # Ids many times the size of a pipe's buffer, so that a side that only writes would wait for ever.
    files = list(head.files.values())
    answer = git.find(repo.root).run("cat-file", "--batch", stdin="".join(f"{f.blob}\n" for f in files * 60).encode())
    assert len(answer.out) > 10_000_000
    assert all(head.read(files))


def test_the_repository_is_found_from_below_and_through_links(repo, tmp_path):
    assert read(repo.root / "app", "main..topic").root == str(repo.root)
    (tmp_path / "link").symlink_to(repo.root / "app")
    assert read(tmp_path / "link", "main..topic").root == str(repo.root)


def test_a_linked_worktree_is_read_as_one(repo, tmp_path):
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "other"), "main")
    (tmp_path / "other" / "app" / "extra.py").write_text("e\n")
    request = read(tmp_path / "other")
    assert request.root == str(tmp_path / "other")
    assert request.change.changed() == ("app/extra.py",)


def test_a_bare_repository_has_commits_only(repo, tmp_path):
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    request = read(tmp_path / "bare.git", "main...topic")
    assert request.bare
    assert request.change.changed() == ("app/main.py", "app/new.py")
    audit = read(tmp_path / "bare.git", audit=True)
    assert audit.change.base is None
    assert "app/new.py" in audit.change.head.files
    for revision in (None, "main"):
        with pytest.raises(SourceError, match="bare repository") as error:
            read(tmp_path / "bare.git", revision)
        assert "BASE..HEAD" in sentence(error)


def test_a_detached_head_is_fine(repo):
    repo.git("checkout", "-q", "--detach", "topic")
    assert read(repo.root).change.changed() == ("app/main.py", "app/new.py")


def test_a_repository_without_a_commit_can_only_be_audited(make_repo):
    repo = make_repo()
    repo.write({"a.py": "a\n"})
    with pytest.raises(SourceError, match="no commit") as error:
        read(repo.root)
    assert "--all" in sentence(error)
    audit = read(repo.root, audit=True)
    assert list(audit.change.head.files) == ["a.py"]
    assert audit.as_of is None


def test_a_sha256_repository(make_repo):
    repo = make_repo("new", "--object-format=sha256")
    repo.commit({"a.py": "a\n", "b.py": "b\n"})
    repo.write({"b.py": "c\n"})
    head = read(repo.root).change.head
    assert head.files["b.py"].blob == hashlib.sha256(b"blob 2\0c\n").hexdigest()
    assert read(repo.root).change.changed() == ("b.py",)
    assert contents(read(repo.root, "HEAD", audit=True).change.head) == {"a.py": b"a\n", "b.py": b"b\n"}


def test_the_default_branch_is_that_of_origin(repo, tmp_path):
    repo.git("branch", "develop", "topic")
    repo.git("update-ref", "refs/remotes/origin/develop", "develop")
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    assert read(repo.root).change.base.label.startswith("merge base with origin/main (")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop")
    assert read(repo.root).change.base.label.startswith("merge base with origin/develop (")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert read(repo.root).change.base.label.startswith("merge base with origin/main (")


def test_without_a_default_branch_a_base_is_asked_for(make_repo):
    repo = make_repo()
    repo.commit({"a.py": "a\n"})
    repo.git("branch", "-m", "trunk")
    repo.git("branch", "main/not-it")
    with pytest.raises(SourceError, match="no branch origin/HEAD, main or master") as error:
        read(repo.root)
    assert "BASE..HEAD" in sentence(error)


@pytest.mark.parametrize(
    "revision, seen",
    [
        ("nope", "There is no revision `nope`"),
        ("mian", "did you mean `main`?"),
        ("-h", "`-h` is not a revision"),
        ("--upload-pack=touch x..main", "is not a revision"),
        ("main..--output=x", "is not a revision"),
        ("main\n", r"`main\n` is not a revision"),
        ("\udcff", r"`\xff` is not a revision"),
        ("ma\0in", "is not a revision"),
        (" ", "is not a revision"),
        ("HEAD:app/main.py", "is not a commit"),
        ("a..b..c", "There is no revision"),
        ("HEAD^{/\x1b[0m}", "is not a revision"),
    ],
)
def test_a_revision_that_is_none_gets_one_sentence(repo, revision, seen):
    with pytest.raises(SourceError) as error:
        read(repo.root, revision)
    assert seen in sentence(error)


def test_an_ambiguous_revision_is_refused(repo):
    repo.git("tag", "topic", "main")
    with pytest.raises(SourceError, match="`topic` is ambiguous") as error:
        read(repo.root, "main..topic")
    assert "refs/heads/topic" in sentence(error)
    assert read(repo.root, "main..refs/heads/topic").change.changed()


def test_a_branch_named_like_a_commit_does_not_hide_it(repo):
    main = repo.git("rev-parse", "main")
    repo.git("update-ref", f"refs/heads/{main}", "topic")
    assert read(repo.root, f"{main}..topic").change.base.revision == main


def test_what_is_no_repository_gets_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "broken" / ".git").mkdir(parents=True)
    for place, seen in (
        (tmp_path, "is not in a git repository"),
        (tmp_path / "broken", "is not in a git repository"),
        (tmp_path / "gone", "does not exist"),
        (tmp_path / "file", "is not a directory"),
        (Path("x\0y"), "does not exist"),
    ):
        with pytest.raises(SourceError, match=seen) as error:
            read(place)
        sentence(error)


def test_a_broken_repository_gets_one_sentence(repo):
    (repo.root / ".git" / "config").write_text("[core\nbroken")
    with pytest.raises(SourceError, match="git cannot read the repository") as error:
        read(repo.root)
    assert "bad config" in sentence(error)


def test_a_shallow_clone_says_what_to_fetch(repo, tmp_path):
    repo.git("checkout", "-q", "main")
    url = f"file://{repo.root}"
    repo.git("clone", "-q", "--depth=1", "--branch=topic", url, str(tmp_path / "shallow"))
    for revision in (None, "origin/main", "HEAD~1..HEAD", "main...topic"):  # None: there is no branch to compare with
        with pytest.raises(SourceError, match="shallow clone") as error:
            read(tmp_path / "shallow", revision)
        assert "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'" in sentence(error)
        assert "fetch-depth: 0" in str(error.value)
    assert read(tmp_path / "shallow", audit=True).change.head.files


def test_a_shallow_clone_that_has_the_base_but_not_the_merge_base(repo, tmp_path):
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.root}", str(tmp_path / "shallow"))
    with pytest.raises(SourceError, match="no common commit in this shallow clone") as error:
        read(tmp_path / "shallow", "origin/main...HEAD")
    assert "fetch-depth: 0" in sentence(error)
    # Two trees need no history.
    assert read(tmp_path / "shallow", "origin/main..HEAD").change.changed() == ("app/main.py", "app/new.py")


def test_what_the_sentence_says_to_fetch_helps(repo, tmp_path):
    repo.git("checkout", "-q", "main")
    repo.git("clone", "-q", "--depth=1", "--branch=topic", f"file://{repo.root}", str(tmp_path / "shallow"))
    type(repo)(tmp_path / "shallow").git("fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert read(tmp_path / "shallow").change.changed() == ("app/main.py", "app/new.py")


def test_unrelated_histories_have_no_merge_base(repo):
    repo.git("checkout", "-q", "--orphan", "island")
    repo.git("rm", "-rfq", ".")
    repo.commit({"island.py": "i\n"})
    with pytest.raises(SourceError, match="have no common commit") as error:
        read(repo.root, "main...island")
    assert "`main..island`" in sentence(error)
    assert read(repo.root, "main..island").change.changed() == ("island.py",)


def test_links_and_submodules_are_listed_and_never_read(repo, tmp_path):
    (tmp_path / "secret.py").write_text("secret\n")
    (repo.root / "out.py").symlink_to(tmp_path / "secret.py")
    (repo.root / "loop").symlink_to(".")
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor/lib")
    (repo.root / "vendor" / "lib").mkdir(parents=True)
    for request in (read(repo.root, "HEAD"), None):
        if request is None:
            repo.git("commit", "-q", "-m", "links")
            request = read(repo.root, "HEAD", audit=True)
        head = request.change.head
        kinds = {path: file.kind for path, file in head.files.items() if file.kind != "file"}
        assert kinds == {"out.py": "symlink", "loop": "symlink", "vendor/lib": "submodule"}
        assert head.read([head.files[path] for path in kinds]) == [None, None, None]
        assert head.unreadable == ()


def test_strange_paths(make_repo):
    repo = make_repo()
    names = [
        b"new\nline.py",
        b"tab\t.py",
        b'"quoted" \'.py',
        b"caf\xe9.py",
        b"back\\nslash.py",
        "größe.py".encode(),
        b"-x.py",
    ]
    for name in names:
        with open(os.path.join(os.fsencode(repo.root), name), "wb") as stream:
            stream.write(name)
    repo.commit()
    for request in (read(repo.root), read(repo.root, audit=True), read(repo.root, "HEAD", audit=True)):
        found = contents(request.change.head)
        assert sorted(found.values()) == sorted(names)
        assert set(found) >= {r"new\nline.py", r"caf\xe9.py", r"back\\nslash.py", "größe.py"}
        assert request.change.base is None or request.change.changed() == ()
    assert read(repo.root, audit=True, paths=["caf\udce9.py"]).scope == (r"caf\xe9.py",)


def test_paths_that_no_checkout_has_are_left_out(repo):
    blob = repo.git("rev-parse", "HEAD:README.md")

    def tree(*rows: str) -> str:
        return repo.git("mktree", "-z", stdin="".join(f"{row}\0" for row in rows).encode())

    inner = tree(f"100644 blob {blob}\tfine.py")
    top = repo.git(
        "hash-object", "-t", "tree", "-w", "--literally", "--stdin",
        stdin=b"".join(b"40000 %s\0%s" % (name, bytes.fromhex(inner)) for name in (b"..", b".git", b"ok")),
    )  # fmt: skip
    commit = repo.git("commit-tree", "-m", "hostile", top)
    assert list(read(repo.root, commit, audit=True).change.head.files) == ["ok/fine.py"]


def test_oversized_files_are_reported_not_read(make_repo, monkeypatch):
    monkeypatch.setattr(git, "PYTHON_LIMIT", 100)
    monkeypatch.setattr(git, "OTHER_LIMIT", 1000)
    repo = make_repo()
    repo.commit({"big.py": "#" * 101, "fits.py": "#" * 100, "big.json": " " * 1001, "data.json": " " * 1000})
    for request in (read(repo.root), read(repo.root, "HEAD", audit=True)):
        head = request.change.head
        assert [(item.path, item.line) for item in head.unreadable] == [("big.py", 1)]
        assert "more than the" in head.unreadable[0].reason
        found = contents(head)
        assert [path for path in found if found[path] is None] == ["big.json", "big.py"]


def test_a_missing_object_is_a_fact_where_nothing_changed_and_an_error_where_something_did(repo):
    blob = repo.git("rev-parse", "main:app/main.py")
    same = repo.git("rev-parse", "main:app/same.py")
    (repo.root / ".git" / "objects" / same[:2] / same[2:]).unlink()
    change = read(repo.root, "main..topic").change
    assert [(item.path, item.reason) for item in change.head.unreadable] == [("app/same.py", git.MISSING)]
    assert change.head.read([change.head.files["app/same.py"], change.head.files["app/new.py"]]) == [None, b"n = 1\n"]
    (repo.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(SourceError, match=r"Objects of commit .* are not in") as error:
        read(repo.root, "main..topic")
    assert "git fetch --refetch" in sentence(error)


def test_a_listing_without_end_is_stopped(repo):
    with pytest.raises(SourceError, match="too large"):
        git.find(repo.root).run("ls-tree", "-r", "HEAD", limit=10)


def test_a_process_that_does_not_end_is_stopped(repo, monkeypatch):
    monkeypatch.setattr(git, "_TIMEOUT", 0.2)
    started = subprocess.Popen(
        ["sleep", "60"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    with pytest.raises(SourceError, match="did not end within"):
        git._converse(started, "sleep", b"", 10)
    assert started.returncode == -9


def test_a_process_that_does_not_listen_does_not_break_the_pipe():
    started = subprocess.Popen(
        ["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert git._converse(started, "true", b"x" * 1_000_000, 10) == git.Answer(0, b"", "")


def test_a_commit_without_a_sensible_date_has_none(repo):
    for stamp in ("99999999999999999", "0"):
        raw = f"tree {repo.git('rev-parse', 'HEAD^{tree}')}\nauthor A <a> 0 +0000\ncommitter C <c> {stamp} +0000\n\nx\n"
        commit = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw.encode())
        assert read(repo.root, commit, audit=True).as_of == ("1970-01-01" if stamp == "0" else None)
