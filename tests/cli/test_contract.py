"""`byte contract` as its users run it."""

import json
import os
import stat
import threading

import pytest
import yaml_rs

APP = '''\
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Shop", version="2.0")


class Order(BaseModel):
    id: int
    note: str | None = None


@app.get("/orders/{order_id}")
def read(order_id: int, verbose: bool = False) -> Order:
    """One order."""
    return Order(id=order_id)
'''


@pytest.fixture
def shop(make_repo):
    made = make_repo("shop")
    made.commit(
        {"api/main.py": APP, "api/requirements.txt": "fastapi==0.115.4\npydantic==2.9.2\n", "README.md": "# Shop\n"}
    )
    return made


def test_the_document_alone_goes_to_standard_output(byte, shop):
    done = byte("contract", "api", cwd=shop.root)
    assert done.code == 0
    document = json.loads(done.out)
    assert document["info"] == {"title": "Shop", "version": "2.0"}
    operation = document["paths"]["/orders/{order_id}"]["get"]
    assert operation["x-origin"] == "api/main.py:12"
    assert [p["x-origin"] for p in operation["parameters"]] == ["api/main.py:13", "api/main.py:13"]
    assert document["components"]["schemas"]["Order"]["properties"]["note"]["x-origin"] == "api/main.py:9"
    assert "byte: main.py:app (" in done.err
    assert "FastAPI 0.115.4 (api/requirements.txt:1), Pydantic 2.9.2 (api/requirements.txt:2)" in done.err
    assert "1 operation, 3 schemas; 0 unknown, 0 conditional, 0 gaps" in done.err


def test_the_same_again_from_memory(byte, shop):
    one, two = (byte("contract", "api", cwd=shop.root, fresh=fresh) for fresh in (True, False))
    assert (one.out, one.err) == (two.out, two.err)
    shop.write({"api/main.py": APP.replace("note:", "remark:")})
    assert "remark" in byte("contract", "api", cwd=shop.root).out
    assert byte("contract", "api", "--no-cache", "--rev", "HEAD", cwd=shop.root).out == one.out


def test_nothing_is_left_in_the_repository(byte, shop):
    byte("contract", "api", cwd=shop.root)
    assert shop.git("status", "--porcelain", "--ignored") == ""


def test_yaml_says_the_same(byte, shop):
    as_json, as_yaml = (
        byte("contract", "api", cwd=shop.root),
        byte("contract", "api", "--format", "yaml", cwd=shop.root),
    )
    assert yaml_rs.loads(as_yaml.out) == json.loads(as_json.out)
    done = byte("contract", "api", "-o", "openapi.yaml", cwd=shop.root)
    assert (done.code, done.out) == (0, "")
    assert (shop.root / "openapi.yaml").read_text() == as_yaml.out


def test_origins_can_be_left_out(byte, shop):
    assert "x-origin" not in byte("contract", "api", "--no-origins", cwd=shop.root).out


def test_a_working_tree_a_revision_a_bare_repository_and_a_plain_folder_give_the_same(byte, shop, tmp_path):
    here = byte("contract", "api", cwd=shop.root).out
    assert byte("contract", "--rev", "HEAD", cwd=shop.root / "api").out == here
    assert byte("contract", "api", "--repo", shop.root).out == here
    assert byte("contract", str(shop.root / "api")).out == here
    shop.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert byte("contract", "api", "--repo", tmp_path / "bare.git").out == here
    plain = tmp_path / "plain"
    for name in ("api/main.py", "api/requirements.txt"):
        (plain / name).parent.mkdir(parents=True, exist_ok=True)
        (plain / name).write_bytes((shop.root / name).read_bytes())
    assert byte("contract", "api", cwd=plain).out == here


def test_applications_are_listed(byte, shop):
    shop.write({"api/other.py": APP, "api/Dockerfile": "CMD uvicorn other:app\n"})
    done = byte("contract", "api", "--list", cwd=shop.root)
    assert done.out.splitlines() == [
        "other.py:app  (started by uvicorn, api/Dockerfile:1)",
        "main.py:app  (made here, api/main.py:4)",
    ]
    assert "api/main.py:12" in byte("contract", "api", "--app", "main.py:app", cwd=shop.root).out


def test_a_router_is_an_application_too(byte, shop):
    source = "from fastapi import APIRouter\n\nrouter = APIRouter(prefix='/x')\n\n\n@router.get('/y')\ndef y(): ...\n"
    shop.write({"api/routes.py": source})
    document = json.loads(byte("contract", "api", "--app", "routes.py:router", cwd=shop.root).out)
    assert list(document["paths"]) == ["/x/y"]


def test_a_target_may_be_given(byte, shop):
    done = byte("contract", "api", "--target", "fastapi=0.95,pydantic=1.10", cwd=shop.root)
    document = json.loads(done.out)
    assert document["openapi"] == "3.0.2"
    assert "FastAPI 0.95.2 (given), Pydantic 1.10.27 (given)" in done.err


def test_what_is_not_known_is_told_and_strict_says_so(byte, shop):
    assert byte("contract", "api", "--strict", cwd=shop.root).code == 0
    shop.write({"api/main.py": APP.replace("note: str | None", "note: Missing")})
    done = byte("contract", "api", cwd=shop.root)
    assert (done.code, "x-unknown" in done.out) == (0, True)
    assert "api/main.py:9" in done.err
    assert byte("contract", "api", "--strict", cwd=shop.root).code == 1
    quiet = byte("contract", "api", "--strict", "-q", cwd=shop.root)
    assert (quiet.code, quiet.err) == (1, "")


def test_an_operation_is_explained(byte, shop):
    done = byte("contract", "api", "--explain", "GET /orders/{order_id}", cwd=shop.root)
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == "GET /orders/{order_id}  <- api/main.py:12"
    assert "path order_id (required): integer  <- api/main.py:13" in lines
    assert "query verbose (optional): boolean  <- api/main.py:13" in lines
    assert "application/json: Order" in lines
    assert "note?: string | null  <- api/main.py:9" in lines


@pytest.mark.parametrize(
    "arguments,said",
    [
        (("nowhere",), "There is no file in `nowhere`"),
        (("README.md",), "README.md is a file"),
        (("..",), "outside"),
        (("api", "--rev", "nope"), "There is no revision `nope`"),
        (("api", "--app", "main.py"), "names no application"),
        (("api", "--app", "gone.py:app"), "There is no file `gone.py`"),
        (("api", "--app", "main.py:gone"), "api/main.py binds no `gone`"),
        (("api", "--app", "main.py:Order"), "is no FastAPI application"),
        (("api", "--app", "main.py:1 +"), "is no expression"),
        (("api", "--target", "django=1"), "is no target"),
        (("api", "--explain", "GET /none"), "has no operation"),
        (("api", "-o", "no/such/folder/x.json"), "cannot be written"),
    ],
)
def test_unusable_input_gets_one_sentence(byte, shop, arguments, said):
    done = byte("contract", *arguments, cwd=shop.root)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_a_tree_without_an_application(byte, make_repo):
    made = make_repo("empty")
    made.commit({"README.md": "# x\n"})
    assert "no Python file" in byte("contract", cwd=made.root).err
    made.write({"a.py": "x = 1\n"})
    done = byte("contract", cwd=made.root)
    assert (done.code, "No FastAPI application was found" in done.err) == (2, True)


def test_code_that_would_not_import(byte, make_repo):
    made = make_repo("broken")
    made.commit({"main.py": "from fastapi import FastAPI\nraise RuntimeError('no')\napp = FastAPI()\n"})
    done = byte("contract", cwd=made.root)
    assert done.code == 0
    assert 'main.py:2: the code raises RuntimeError("no")' in done.err
    assert byte("contract", "--strict", cwd=made.root).code == 1
    made.write({"main.py": "from fastapi import FastAPI\n\ndef f(:\n\napp = FastAPI()\n"})
    assert byte("contract", cwd=made.root).code in (0, 2)


OPAQUE = """import os
import shapes
from fastapi import FastAPI

def kind(name):
    if name == "a":
        return 1
    if name == "b":
        return 2
    raise ValueError(name)

columns = shapes.columns()
query = shapes.select(*columns, **columns).where(*columns)
app = FastAPI()

@app.on_event("startup")
def start():
    app.state.kind = kind(os.environ["KIND"])
"""


def test_what_no_call_tells_is_no_gap(byte, make_repo):
    """Arguments of what is not followed, and the end of a function that a project that runs has left before."""
    made = make_repo("opaque")
    made.commit({"main.py": OPAQUE})
    done = byte("contract", "--strict", cwd=made.root)
    assert (done.code, "0 gaps" in done.err) == (0, True), done.err


def test_arguments_of_what_is_followed_are_a_gap(byte, make_repo):
    made = make_repo("followed")
    text = OPAQUE.replace("shapes.select(*columns, **columns).where(*columns)", "kind(*columns, **columns)")
    made.commit({"main.py": text})
    done = byte("contract", "--strict", cwd=made.root)
    assert done.code == 1
    assert "main.py:13: the arguments *columns are not known" in done.err
    assert "main.py:13: the arguments **columns are not known" in done.err


def test_a_raise_that_is_reached_however_it_goes_is_a_gap(byte, make_repo):
    made = make_repo("raised")
    made.commit({"main.py": OPAQUE.replace("return 1", "pass").replace("return 2", "pass")})
    done = byte("contract", "--strict", cwd=made.root)
    assert done.code == 1
    assert "main.py:10: the code raises ValueError(name)" in done.err


def test_a_device_is_written_to_and_a_link_followed(byte, shop, tmp_path):
    pipe, link, target = tmp_path / "pipe", tmp_path / "link.json", tmp_path / "target.json"
    os.mkfifo(pipe)
    target.write_text("old")
    link.symlink_to(target)
    reader = threading.Thread(target=pipe.read_text, daemon=True)
    reader.start()
    assert byte("contract", "api", "-q", "-o", str(pipe), cwd=shop.root).code == 0
    reader.join(10)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert byte("contract", "api", "-q", "-o", str(link), cwd=shop.root).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["openapi"]
