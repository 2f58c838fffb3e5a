"""Nothing of the repository's configuration runs, and nothing in the repository is written."""

import os
import stat

import pytest

from byte.model.errors import SourceError
from byte.sources import git
from byte.sources.read import read


@pytest.fixture
def trap(tmp_path):
    """A program that leaves a trace when it runs."""
    program = tmp_path / "trap.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/ran\nexit 1\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def armed(repo, trap):
    """Every setting known to start a program, set to the trap."""
    for key in (
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.external", "diff.evil.textconv"),
        *("diff.evil.command", "merge.evil.driver", "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor"),
        *("core.gitProxy", "core.askPass", "core.alternateRefsCommand", "credential.helper", "gpg.program"),
        *(
            "gpg.ssh.program",
            "pager.ls-files",
            "pager.ls-tree",
            "pager.cat-file",
            "pager.rev-parse",
            "pager.merge-base",
        ),
        *("remote.origin.uploadpack", "remote.origin.vcs", "interactive.diffFilter", "uploadpack.packObjectsHook"),
        *("trailer.evil.command", "web.browser", "browser.evil.cmd", "difftool.evil.cmd", "sequence.editor"),
    ):
        repo.git("config", key, str(trap))
    for command in ("ls-files", "ls-tree", "cat-file", "rev-parse", "merge-base", "for-each-ref"):
        repo.git("config", f"alias.{command}", f"!{trap}")
    repo.git("config", "remote.origin.url", f"ext::{trap}")
    repo.git("config", "core.hooksPath", str(trap.parent))
    repo.git("config", "core.attributesFile", str(trap.parent / "attributes"))
    repo.git("config", "core.excludesFile", "~/nowhere/ignore")
    for hook in ("post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"):
        os.link(trap, trap.parent / hook)


def tree_of(root):
    return {
        os.path.join(folder, name): os.lstat(os.path.join(folder, name)).st_mtime_ns
        for folder, folders, files in os.walk(root)
        for name in (*folders, *files)
    }


def test_no_configured_program_runs_and_nothing_is_written(repo, trap, tmp_path, monkeypatch):
    repo.commit({".gitattributes": "* filter=evil diff=evil merge=evil text=auto ident\n", "x.py": "x\r\n"})
    repo.git("checkout", "-q", "-b", "work")
    armed(repo, trap)
    repo.write({"x.py": "changed\n", "new.py": "new\n"})
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    monkeypatch.setenv("GIT_PAGER", str(trap))
    before = tree_of(repo.root)
    head = read(repo.root).change.head
    assert head.read([head.files["x.py"], head.files["new.py"]]) == [b"changed\n", b"new\n"]
    assert read(repo.root, "main...topic").change.changed()
    assert read(repo.root, "main~0..", audit=False, paths=["app/"]).scope == ("app",)
    assert read(repo.root, audit=True).change.head.files
    assert not (tmp_path / "ran").exists()
    assert tree_of(repo.root) == before


@pytest.mark.parametrize(
    "url", ["ext::{trap}", "file://{source}", "{source}", "ssh://host/repo", "git://127.0.0.1:1/r"]
)
def test_a_partial_clone_fetches_nothing(repo, trap, tmp_path, url):
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.root}", str(tmp_path / "partial"))
    partial = type(repo)(tmp_path / "partial")
    armed(partial, trap)
    partial.git("config", "--unset", "remote.origin.vcs")
    partial.git("config", "remote.origin.url", url.format(trap=trap, source=repo.root))
    partial.git("config", "protocol.allow", "always")
    partial.git("config", "protocol.ext.allow", "always")
    before = tree_of(partial.root)
    with pytest.raises(SourceError, match="partial clone"):
        read(partial.root, "origin/main..HEAD")
    assert not (tmp_path / "ran").exists()
    assert tree_of(partial.root) == before


def test_a_partial_clone_fetches_with_the_command_that_the_sentence_names(repo, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.root}", str(tmp_path / "partial"))
    type(repo)(tmp_path / "partial").git("fetch", "-q", "--refetch", "--no-filter", "origin")
    assert read(tmp_path / "partial", "origin/main..HEAD").change.changed() == ("app/main.py", "app/new.py")


def test_a_working_tree_that_the_configuration_points_elsewhere_is_not_followed(repo, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.py").write_text("secret\n")
    repo.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    assert sorted(read(repo.root, audit=True).change.head.files) == [
        "README.md",
        "app/main.py",
        "app/new.py",
        "app/same.py",
    ]


def test_a_replaced_object_is_read_as_it_was_committed(repo):
    repo.git("replace", repo.git("rev-parse", "topic:app/main.py"), repo.git("rev-parse", "main:app/main.py"))
    head = read(repo.root, "main..topic").change.head
    assert head.read([head.files["app/main.py"]]) == [b"a = 2\n"]


def test_git_of_the_repository_under_review_is_not_taken(repo, tmp_path, trap, monkeypatch):
    os.link(trap, repo.root / "git")
    monkeypatch.chdir(repo.root)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    git._git.cache_clear()
    assert read(repo.root, "main..topic").change.changed()
    assert os.path.isabs(git._git())
    assert not (tmp_path / "ran").exists()
