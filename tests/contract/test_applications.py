"""Which applications are found in small projects, and which is named first."""

import pytest

from byte.extract.cache import Cache
from byte.extract.contract import applications
from byte.extract.library import Library
from byte.model.contract import Application
from byte.model.errors import ByteError
from tests.extract.projects import snapshot

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef index(): ...\n"
FACTORY = (
    "from fastapi import FastAPI\n\nfrom app.routes import router\n\n\n"
    "def create_app(debug: bool = False) -> FastAPI:\n"
    "    application = FastAPI(debug=debug)\n    application.include_router(router)\n    return application\n"
)


def find(files: dict[str, str], root: str = "") -> list[Application]:
    return list(applications.find(snapshot(files), Library(Cache(None)), root))


def names(files: dict[str, str], root: str = "") -> list[str]:
    return [item.name for item in find(files, root)]


def first(files: dict[str, str], root: str = "") -> str:
    return names(files, root)[0]


@pytest.mark.parametrize(
    "command",
    [
        'CMD ["uvicorn", "shop.web:api", "--host", "0.0.0.0"]',
        "CMD uvicorn shop.web:api --workers 4",
        'CMD ["gunicorn", "-k", "uvicorn.workers.UvicornWorker", "shop.web:api"]',
        "RUN x\nCMD gunicorn \\\n    --bind :80 \\\n    shop.web:api",
        'CMD ["fastapi", "run", "shop/web.py", "--app", "api"]',
        'CMD ["fastapi", "run", "shop/web.py"]',
        "CMD hypercorn shop.web:api",
        "CMD granian --interface asgi shop.web:api",
        "ENV APP_MODULE=shop.web:api",
    ],
)
def test_a_command_of_a_container_names_the_application(command: str) -> None:
    files = {"main.py": APP, "shop/web.py": APP.replace("app", "api"), "Dockerfile": f"FROM python\n{command}\n"}
    assert first(files) == "shop/web.py:api"


def test_the_place_of_the_command_is_told() -> None:
    (found,) = find({"main.py": APP, "Procfile": "web: uvicorn main:app --port $PORT\n"})
    assert (found.name, str(found.at), found.why) == ("main.py:app", "Procfile:1", "started by uvicorn")


@pytest.mark.parametrize(
    "path,text",
    [
        ("docker-compose.yml", "services:\n  api:\n    command: uvicorn web:app\n"),
        ("deploy/k8s/api.yaml", 'command: ["uvicorn"]\nargs: ["web:app", "x"]\ncmd: uvicorn web:app\n'),
        ("deploy/api.service", "[Service]\nExecStart=/usr/bin/uvicorn web:app\n"),
        ("start.sh", "exec uvicorn web:app\n"),
        ("Makefile", "run:\n\tuvicorn web:app --reload\n"),
        ("pyproject.toml", '[tool.fastapi]\nentrypoint = "web:app"\n'),
        (".github/workflows/ci.yml", "run: uvicorn web:app &\n"),
        ("README.md", "```\n$ uvicorn web:app\n```\n"),
        ("serve.py", "import uvicorn\nuvicorn.run('web:app', port=80)\n"),
        ("serve.py", "import uvicorn\nfrom web import app\nuvicorn.run(app)\n"),
    ],
)
def test_every_kind_of_file_may_name_it(path: str, text: str) -> None:
    assert first({"app.py": APP, "web.py": APP, path: text}) == "web.py:app"


def test_production_goes_before_development() -> None:
    files = {
        "app.py": APP,
        "web.py": APP,
        "Dockerfile.dev": "CMD uvicorn app:app\n",
        "Dockerfile": "CMD uvicorn web:app\n",
    }
    assert names(files) == ["web.py:app", "app.py:app"]
    files["Dockerfile"], files["Dockerfile.dev"] = "CMD uvicorn web:app --reload\n", "FROM x\n"
    files["start.sh"] = "uvicorn app:app\n"
    assert names(files) == ["app.py:app", "web.py:app"]


def test_a_comment_is_no_command() -> None:
    files = {"app.py": APP, "web.py": APP, "Dockerfile": "# CMD uvicorn web:app\nCMD uvicorn app:app\n"}
    assert first(files) == "app.py:app"


def test_the_folder_that_a_command_runs_in_need_not_be_the_root() -> None:
    files = {"backend/src/web.py": APP, "Dockerfile": "CMD uvicorn src.web:app\n"}
    assert names(files) == ["backend/src/web.py:app"]
    assert names({"svc/web.py": APP, "Procfile": "web: uvicorn --app-dir svc web:app\n"}) == ["svc/web.py:app"]


def test_a_factory_is_called() -> None:
    files = {
        "app/server.py": FACTORY,
        "app/routes.py": "",
        "Procfile": "web: uvicorn app.server:create_app --factory\n",
    }
    assert first(files) == "app/server.py:create_app()"
    del files["Procfile"]
    assert first(files) == "app/server.py:create_app()"


def test_the_name_that_holds_the_result_of_a_factory_goes_before_it() -> None:
    files = {"app/server.py": FACTORY, "app/main.py": "from app.server import create_app\n\napp = create_app()\n"}
    assert names(files) == ["app/main.py:app"]


def test_a_derived_class_makes_applications_too() -> None:
    files = {
        "kit/base.py": "import fastapi\n\n\nclass Api(fastapi.FastAPI):\n    pass\n",
        "kit/__init__.py": "from kit.base import Api\n",
        "web.py": "from kit import Api\n\nservice = Api(title='x')\nservice.include_router(1)\n",
    }
    assert names(files) == ["web.py:service"]


def test_an_object_may_keep_the_application() -> None:
    source = (
        "from fastapi import FastAPI\n\n\nclass Server:\n    def __init__(self):\n        self._app = self._make()\n"
        "        self._app.include_router(1)\n\n    def _make(self):\n        app = FastAPI()\n        return app\n"
    )
    assert names({"server.py": source}) == ["server.py:Server()._app"]


def test_a_function_may_keep_the_application_to_itself() -> None:
    source = "import uvicorn\nfrom fastapi import FastAPI\n\n\ndef main():\n    app = FastAPI()\n    app.include_router(1)\n    uvicorn.run(app)\n"
    assert names({"cli.py": source}) == ["cli.py:main()"]
    assert first({"cli.py": source, "web.py": APP}) == "web.py:app"


def test_a_command_may_name_a_method() -> None:
    source = "from fastapi import FastAPI\n\n\nclass Server:\n    @classmethod\n    def make(cls) -> FastAPI:\n        return cls().build()\n"
    assert names({"server.py": source, "Procfile": "web: uvicorn --factory server:Server.make\n"}) == [
        "server.py:Server.make()"
    ]


def test_a_mounted_application_is_part_of_the_one_that_mounts_it() -> None:
    source = f"{APP}\nsub = FastAPI()\nsub.get('/x')(1)\napp.mount('/sub', sub)\n"
    assert names({"main.py": source}) == ["main.py:app"]


def test_of_one_that_only_mounts_what_it_holds_is_meant() -> None:
    shell = "from fastapi import FastAPI\nfrom api import app as api\nroot = FastAPI(openapi_url=None)\nroot.mount('/api', api)\n"
    files = {"main.py": shell, "api.py": APP, "Procfile": "web: uvicorn main:root\n"}
    assert names(files) == ["api.py:app", "main.py:root"]


def test_tests_and_examples_come_last() -> None:
    files = {"tests/conftest.py": APP, "examples/hello.py": APP, "zoo/service.py": APP}
    assert first(files) == "zoo/service.py:app"
    assert names(files, "examples") == ["examples/hello.py:app"]


def test_one_that_nothing_is_added_to_comes_after_one_with_routes() -> None:
    empty = "from fastapi import FastAPI\napp = FastAPI()\n"
    files = {"a.py": empty, "b.py": APP, "Procfile": "web: uvicorn a:app\n"}
    assert names(files) == ["b.py:app", "a.py:app"]
    files["c.py"] = "from a import app\n\n\n@app.get('/x')\ndef x(): ...\n"
    assert first(files) == "a.py:app"


def test_nothing_is_found_where_nothing_is() -> None:
    assert names({"a.py": "from flask import Flask\napp = Flask(__name__)\n"}) == []
    assert names({}) == []
    assert names({"a.py": "from fastapi import FastAPI\n\ndef (:\n"}) == []


def test_a_cycle_of_imports_ends() -> None:
    files = {
        "a.py": "from b import make\nfrom fastapi import FastAPI\napp = make()\n",
        "b.py": "from a import make\nfrom fastapi import FastAPI\n",
    }
    assert names(files) == []


@pytest.mark.parametrize(
    "text,name",
    [
        ("main.py:app", "svc/main.py:app"),
        ("./main.py:app", "svc/main.py:app"),
        ("main:app", "svc/main.py:app"),
        ("pkg.web:Server(1).app", "svc/pkg/web.py:Server(1).app"),
        ("pkg/web.py:make(x=1)", "svc/pkg/web.py:make(x=1)"),
        ("svc/main.py:app", "svc/main.py:app"),
    ],
)
def test_an_application_is_named_by_file_or_module(text: str, name: str) -> None:
    files = snapshot({"svc/main.py": APP, "svc/pkg/__init__.py": "", "svc/pkg/web.py": ""})
    assert applications.named(files, Library(Cache(None)), "svc", text).name == name


@pytest.mark.parametrize("text", ["main.py", ":app", "main.py:", "other.py:app", "main.py:a b"])
def test_a_name_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ByteError):
        applications.named(snapshot({"main.py": APP}), Library(Cache(None)), "", text)
