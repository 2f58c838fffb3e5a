import pytest

from byte.model.errors import SettingsError, SourceError
from byte.sources.read import read


@pytest.fixture
def mono(make_repo):
    repo = make_repo()
    repo.commit(
        {
            "registry/main.py": "m\n",
            "registry/tests/test_main.py": "t\n",
            "registry/items_pb2.py": "g\n",
            "registry2/main.py": "m\n",
            "auth/main.py": "m\n",
            "third_party/lib/a.py": "v\n",
            "root.py": "r\n",
        }
    )
    return repo


def admitted(request):
    return [path for path in request.change.head.files if request.admits(path)]


def test_without_a_scope_everything_but_tests_and_the_code_of_others_is_reviewed(mono):
    request = read(mono.root, audit=True)
    assert request.scope == ()
    assert admitted(request) == ["auth/main.py", "registry/main.py", "registry2/main.py", "root.py"]


def test_a_scope_restricts_what_is_reviewed_and_not_what_is_read(mono):
    request = read(mono.root, paths=["registry/", "./root.py"])
    assert request.scope == ("registry", "root.py")
    assert admitted(request) == ["registry/main.py", "root.py"]
    assert "auth/main.py" in request.change.head.files
    assert "auth/main.py" in request.change.base.files


@pytest.mark.parametrize("scope", ["registry/tests", "registry/tests/test_main.py", "registry/tests/"])
def test_a_scope_that_names_tests_admits_them(mono, scope):
    assert admitted(read(mono.root, paths=[scope])) == ["registry/tests/test_main.py"]


def test_a_scope_that_names_vendored_code_admits_it(mono):
    assert admitted(read(mono.root, paths=["third_party/lib"])) == ["third_party/lib/a.py"]


def test_a_scope_may_be_absolute_and_the_root_is_no_restriction(mono):
    assert read(mono.root, paths=[str(mono.root / "auth")]).scope == ("auth",)
    for root in (".", "./", str(mono.root), "auth/.."):
        assert read(mono.root, paths=["registry", root]).scope == ()


@pytest.mark.parametrize(
    "scope, seen",
    [
        ("registri/", "No file lies in `registri`, which the scope names; did you mean `registry`?"),
        ("registry/mian.py", "did you mean `registry/main.py`?"),
        ("regist", "did you mean `registry"),
        ("reg*", "No file lies in `reg*`"),
        ("zzz", "name a file or folder relative to the root of the tree."),
        ("../x", "../x is outside the tree of"),
        ("/etc", "/etc is outside the tree of"),
        ("a\nb", r"No file lies in `a\nb`"),
    ],
)
def test_a_scope_that_holds_nothing_gets_one_sentence(mono, scope, seen):
    with pytest.raises(SourceError) as error:
        read(mono.root, paths=["auth", scope])
    assert seen in str(error.value)
    assert "\n" not in str(error.value)


def test_a_scope_whose_files_were_all_deleted_is_one(mono):
    for path in ("auth/main.py",):
        (mono.root / path).unlink()
    assert read(mono.root, paths=["auth"]).change.removed() == ("auth/main.py",)
    with pytest.raises(SourceError):
        read(mono.root, audit=True, paths=["auth"])


def test_a_lasting_scope_stands_in_the_settings_and_an_option_replaces_it(mono):
    mono.commit({"pyproject.toml": '[tool.byte]\npaths = ["registry"]\nexclude = ["items_*"]\n'})
    assert read(mono.root).scope == ("registry",)
    assert read(mono.root, paths=["auth"]).scope == ("auth",)
    assert read(mono.root, paths=["."]).scope == ()
    mono.commit({"registry/pyproject.toml": '[tool.byte]\ntests = true\nexclude = ["items_*"]\n'})
    request = read(mono.root)
    assert (request.scope, request.settings.source) == (("registry",), "registry/pyproject.toml")
    assert admitted(request) == ["registry/main.py", "registry/pyproject.toml", "registry/tests/test_main.py"]
    mono.write({"pyproject.toml": '[tool.byte]\npaths = ["registri"]\n'})
    with pytest.raises(SettingsError, match=r"which `paths` in pyproject\.toml names; did you mean `registry`\?"):
        read(mono.root)
    mono.write({"pyproject.toml": '[tool.byte]\npaths = ["registry", "."]\n'})
    assert read(mono.root).scope == ()


def test_an_audit_reads_one_tree(repo):
    request = read(repo.root, audit=True)
    assert request.change.base is None
    assert request.change.renames == {}
    assert request.change.changed() == ("README.md", "app/main.py", "app/new.py", "app/same.py")
    assert request.as_of == "2024-03-03"
    assert "app/new.py" not in read(repo.root, "main", audit=True).change.head.files
    with pytest.raises(SourceError, match=r"`main\.\.topic` is a range, and an audit reads one tree"):
        read(repo.root, "main..topic", audit=True)


def test_the_same_reads_are_equal(repo):
    repo.write({"app/main.py": "a = 5\n"})
    first, second = read(repo.root), read(repo.root)
    assert first.change.head.files == second.change.head.files
    assert list(first.change.head.files) == list(second.change.head.files)
    assert (first.scope, first.settings, first.root, first.as_of) == (
        second.scope,
        second.settings,
        second.root,
        second.as_of,
    )
