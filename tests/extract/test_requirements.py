from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.extract import requirements as rq
from byte.model.change import File, Snapshot, Unreadable
from byte.model.facts import Requirement


def snapshot(contents: Mapping[str, bytes | str]) -> Snapshot:
    data = {path: text.encode() if isinstance(text, str) else text for path, text in contents.items()}
    files = {path: File(path=path, blob=path, size=len(data[path])) for path in sorted(data)}

    def read(wanted: Iterable[File]) -> list[bytes | None]:
        return [data.get(file.path) for file in wanted]

    return Snapshot(label="head", revision=None, files=files, read=read)


def rows(contents: Mapping[str, bytes | str]) -> list[tuple[str, str, int, str | None]]:
    return [(r.name, r.constraint, r.at.line, r.group) for r in rq.read(snapshot(contents))[0]]


def problems(contents: Mapping[str, bytes | str]) -> tuple[Unreadable, ...]:
    return rq.read(snapshot(contents))[2]


def one(contents: Mapping[str, bytes | str]) -> Requirement:
    (found,) = rq.read(snapshot(contents))[0]
    assert isinstance(found, Requirement)
    return found


PEP621 = """\
[build-system]
requires = ["hatchling"]

[project]
name = "app"
# "requests" is not one: it stands in a comment
dependencies = [
    "FastAPI[standard]>=0.1,<1",  # the "framework"
    'Zope.Interface', "python_dateutil (>=2)",
    "tzdata; sys_platform == 'win32'",
    "lib @ git+https://user:secret@example.com/lib.git@v1",
]

[project.optional-dependencies]
s3 = ["boto3"]
pdf = ["pypdf ~= 4.0"]

[dependency-groups]
dev = [{include-group = "test"}, "ruff"]
test = [
  "pytest>=8",
  {include-group = "dev"},
]

[tool.uv]
dev-dependencies = ["mypy"]

[tool.pdm.dev-dependencies]
lint = ["black", "-e file:///here"]

[tool.hatch.envs.docs]
dependencies = ["mkdocs"]
"""


def test_pyproject_of_the_standards() -> None:
    assert rows({"pyproject.toml": PEP621}) == [
        ("fastapi", ">=0.1,<1", 8, None),
        ("python-dateutil", ">=2", 9, None),
        ("zope-interface", "any", 9, None),
        ("tzdata", "any", 10, None),
        ("lib", "@ git+https://example.com/lib.git@v1", 11, None),
        ("boto3", "any", 15, "s3"),
        ("pypdf", "~= 4.0", 16, "pdf"),
        ("ruff", "any", 19, "dev"),
        ("ruff", "any", 19, "test"),
        ("pytest", ">=8", 21, "dev"),
        ("pytest", ">=8", 21, "test"),
        ("mypy", "any", 26, "dev"),
        ("black", "any", 29, "lint"),
        ("mkdocs", "any", 32, "docs"),
    ]
    assert not problems({"pyproject.toml": PEP621})


POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
Flask = "^2"
uvicorn = { extras = ["standard"], version = "^0.32" }
psycopg2-binary = { version = "^2.9", optional = true }
ours = {git = "https://example.com/ours.git", tag = "v2"}
near = {path = "../near"}
numpy = [
  {version = "1.0", python = "<3.9"},
  {version = "2.0", markers = "python_version >= '3.9'"},
]
[tool.poetry.dependencies.httpx]
version = "*"
[tool.poetry.dev-dependencies]
pytest = "^8"
[tool.poetry.group."docs".dependencies]
mkdocs = "*"
[tool.poetry.extras]
pg = ["psycopg2-binary"]
"""


def test_pyproject_of_poetry() -> None:
    assert rows({"pyproject.toml": POETRY}) == [
        ("flask", "^2", 3, None),
        ("uvicorn", "^0.32", 4, None),
        ("psycopg2-binary", "^2.9", 5, "pg"),
        ("ours", "git https://example.com/ours.git@v2", 6, None),
        ("near", "path ../near", 7, None),
        ("numpy", "1.0", 8, None),
        ("numpy", "2.0", 8, None),
        ("httpx", "*", 12, None),
        ("pytest", "^8", 15, "dev"),
        ("mkdocs", "*", 17, "docs"),
    ]


REQUIREMENTS = """\
# web
FastAPI==0.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
httpx >= 0.27 ; python_version > "3.8"   # needed for clients
-e .
-e git+https://example.com/x.git#egg=Some_Name
./local
https://example.com/wheels/thing-1.2-py3-none-any.whl
name @ https://example.com/name.zip
-i https://example.com
-r more.txt
-c pins.txt
requests
"""


def test_requirements_file() -> None:
    contents = {
        "requirements.txt": REQUIREMENTS,
        "more.txt": "redis>=5\n-r requirements.txt\n",
        "pins.txt": "requests==2.32\nunused==1\n",
    }
    assert rows(contents) == [
        ("redis", ">=5", 1, None),
        ("fastapi", "==0.1", 2, None),
        ("httpx", ">= 0.27", 5, None),
        ("some-name", "@ git+https://example.com/x.git", 7, None),
        ("thing", "@ https://example.com/wheels/thing-1.2-py3-none-any.whl", 9, None),
        ("name", "@ https://example.com/name.zip", 10, None),
        ("requests", "==2.32", 14, None),
    ]
    assert not problems(contents)
    assert rq.read(snapshot(contents))[1] == ("more.txt", "requirements.txt")


@pytest.mark.parametrize(
    "path, group",
    [
        ("requirements.txt", None),
        ("requirements/base.txt", None),
        ("requirements/prod.in", None),
        ("a/b/requirements-dev.txt", "dev"),
        ("dev-requirements.txt", "dev"),
        ("requirements_test.txt", "test"),
        ("requirements/lint.txt", "lint"),
    ],
)
def test_group_of_a_requirements_file(path: str, group: str | None) -> None:
    assert one({path: "redis"}).group == group


@pytest.mark.parametrize(
    "path",
    [
        "tests/requirements.txt",
        "docs/requirements.txt",
        "node_modules/x/requirements.txt",
        ".github/requirements.txt",
        "a/b/c/d/e/requirements.txt",
        "requirements/constraints.txt",
        "poetry.lock",
        "notes.txt",
    ],
)
def test_what_is_no_manifest(path: str) -> None:
    assert rq.read(snapshot({path: "redis"})) == ((), (), ())


def test_a_compiled_file_is_a_lock_file() -> None:
    compiled = "# This file is autogenerated by pip-compile\nidna==3.1\n    # via httpx\n"
    assert rq.read(snapshot({"requirements.txt": compiled})) == ((), (), ())
    assert rows({"requirements.in": "httpx", "requirements.txt": "httpx==1\nidna==3"}) == [("httpx", "any", 1, None)]


SETUP_CFG = """\
[metadata]
name = app
[options]
install_requires =
    requests>=2  # http
    # nothing
    tomli; python_version < "3.11"
[options.extras_require]
dev =
  pytest
pg = psycopg2
"""


def test_setup_cfg() -> None:
    assert rows({"setup.cfg": SETUP_CFG}) == [
        ("requests", ">=2", 5, None),
        ("tomli", "any", 7, None),
        ("pytest", "any", 10, "dev"),
        ("psycopg2", "any", 11, "pg"),
    ]
    assert rq.read(snapshot({"setup.cfg": "[flake8]\nmax-line-length = 100\n"})) == ((), (), ())


def test_setup_py_is_read_and_not_run() -> None:
    text = (
        "from setuptools import setup\nREQUIRED = [\n    'requests>=2',\n    'redis',\n]\nraise SystemExit\n"
        "setup(name='x', install_requires=REQUIRED, extras_require={'dev': ['pytest']})\n"
    )
    assert rows({"setup.py": text}) == [
        ("requests", ">=2", 3, None),
        ("redis", "any", 4, None),
        ("pytest", "any", 7, "dev"),
    ]
    computed = "from setuptools import setup\nsetup(install_requires=open('r').read().split())\n"
    assert [(u.line, u.reason) for u in problems({"setup.py": computed})] == [
        (2, "its dependencies are computed at build time")
    ]
    assert not problems({"setup.py": computed, "requirements.txt": "redis"})
    assert rq.read(snapshot({"a/setup.py": "def setup(): pass"})) == ((), (), ())


def test_pipfile() -> None:
    text = '[packages]\nredis = "*"\n[dev-packages]\npytest = {version = ">=8"}\n'
    assert rows({"Pipfile": text}) == [("redis", "*", 2, None), ("pytest", ">=8", 4, "dev")]


def test_markers_extras_and_reasons() -> None:
    found = one({"requirements.txt": "# needed for uploads\nUvicorn[Standard_X, b] >1; python_version > '3'\n"})
    assert (found.extras, found.marker, found.explained) == (("b", "standard-x"), 'python_version > "3"', True)
    assert not one({"requirements.txt": "# web\nuvicorn\n"}).explained


def test_governing_is_the_nearest_folder() -> None:
    manifests = ("pyproject.toml", "services/a/requirements/base.txt", "services/a/requirements/dev.txt")
    assert rq.governing(manifests, "services/a/app/x.py") == manifests[1:]
    assert rq.governing(manifests, "services/b/x.py") == manifests[:1]
    assert rq.governing(manifests[1:], "main.py") == ()


def test_within_takes_the_folders_around() -> None:
    contents = {"requirements.txt": "a", "x/requirements.txt": "b", "x/y/requirements.txt": "c", "z/setup.cfg": ""}
    found, _, _ = rq.read(snapshot(contents | {"w/requirements.txt": "d"}), within=("x/",))
    assert [r.name for r in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "path, data, reason",
    [
        ("pyproject.toml", b"[project]\ndependencies = [", "not valid TOML"),
        ("pyproject.toml", b"\xff\xfe\xff", "not UTF-8"),
        ("pyproject.toml", b"a = " + b"[" * 100_000, "not valid TOML"),
        ("pyproject.toml", b"[project]\ndependencies = 'redis'", "not a requirement: `redis`"),
        ("pyproject.toml", b"[project]\ndependencies = [1]", "not a requirement: `1`"),
        ("pyproject.toml", b"[project]\ndynamic = ['dependencies']", "its dependencies are computed at build time"),
        ("pyproject.toml", b"#" * (1 << 21), "a manifest larger than 256 KiB"),
        ("requirements.txt", b"redis\n{{ template }}\n%%%\n", "not a requirement: `{{ template }}`"),
        ("requirements.txt", b"a\0b", "not a text file"),
        ("requirements.txt", b"-r ../../outside.txt", "includes `../../outside.txt`, which is not in the snapshot"),
        ("requirements.txt", b"-r https://u:p@h/x", "includes `https://h/x`, which is not in the snapshot"),
        ("requirements.txt", b"x; " + b"(" * 50_000, "not a requirement: `x; " + "(" * 57 + "...`"),
        ("requirements.txt", b"x" + b" " * 250_000 + b"://", "not a requirement: `x ://`"),
        ("requirements.txt", b"\n" * 250_000 + b"!", "not a requirement: `!`"),
        ("requirements.txt", b"# " + b"#" * 250_000 + b"\n!", "not a requirement: `!`"),
        ("requirements.txt", b"a\n" * 3000, "more than 2000 requirements; the rest is not read"),
    ],
)
def test_broken_manifests_are_reported(path: str, data: bytes, reason: str) -> None:
    assert [u.reason for u in problems({path: data})] == [reason]


def test_includes_in_a_circle_end() -> None:
    contents = {"requirements.txt": "-r b.txt\na", "b.txt": "-r c.txt\nb", "c.txt": "-r requirements.txt\n-r c.txt\nc"}
    assert [name for name, *_ in rows(contents)] == ["b", "c", "a"]


def test_other_encodings() -> None:
    assert one({"requirements.txt": "redis".encode("utf-16")}).name == "redis"
    assert one({"requirements.txt": b"\xef\xbb\xbfredis\r\n"}).name == "redis"
    assert one({"requirements.txt": b"# caf\xe9\nredis\n"}).name == "redis"
    assert one({"pyproject.toml": b'[project]\r\n\r\ndependencies = [\r\n"redis"]\r\n'}).at.line == 4


def test_a_file_that_cannot_be_read() -> None:
    files = {"requirements.txt": File(path="requirements.txt", blob="0", size=3)}
    gone = Snapshot(label="x", revision=None, files=files, read=lambda wanted: [None for _ in wanted])
    assert [u.reason for u in rq.read(gone)[2]] == ["the manifest cannot be read"]


NAMES = st.sampled_from(["pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "requirements.txt", "more.txt"])
PIECES = (
    "[project]\n", "[[x]]\n", "dependencies = [", '"redis>=1"', "'''a\n'''", "]\n", ", ", "{a = 1}", "# c\n", "\\\n",
    "[tool.poetry.dependencies]\n", 'x = "1"\n', "-r more.txt\n", "-c more.txt\n", "redis\n", "[options]\n", "setup(",
    "install_requires = ", "[dependency-groups]\n", 'a = [{include-group = "a"}]\n', "import setuptools\n", "é", ")",
    "extras_require={'a': [1]}", "http://x", "; ", "[", '"', "a.b = ", "\r\n", "[extra]", "@ git+x", "\0", "-e ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES)).map(lambda pieces: "".join(pieces).encode())


@given(st.dictionaries(NAMES, st.one_of(st.binary(), TEXTS)))
def test_no_bytes_raise(contents: dict[str, bytes]) -> None:
    found, manifests, _ = rq.read(snapshot(contents))
    assert all(r.at.line >= 1 and r.at.path in contents for r in found)
    assert set(manifests) <= set(contents)


@given(st.lists(st.sampled_from(['"a>=1"', "'b'", "\"c[x]; python_version > '3'\"", '"""d"""']), max_size=8), st.data())
def test_every_toml_entry_has_its_line(entries: list[str], data: st.DataObject) -> None:
    spaces = st.sampled_from(["", " ", "\n", "\n# a ']' and a \"\n", "\n\n  "])
    text = "title = [['[', 1.5], {a.b = 1979-05-27 07:32:00}]\n[project]\ndependencies = ["
    expected = []
    for entry in entries:
        text += data.draw(spaces)
        expected.append(text.count("\n") + 1)
        text += entry + data.draw(spaces) + ","
    found = rq.read(snapshot({"pyproject.toml": text + "]\n"}))[0]
    assert [r.at.line for r in found] == sorted(expected)
