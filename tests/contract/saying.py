"""The program behind the oracle: imports an application that the grammar wrote and tells what it says of itself."""

import importlib
import sys
import warnings
from pathlib import Path

# What applications share is imported once, before the children are made.
import email_validator
import fastapi.openapi.utils
import pydantic
import pydantic_settings
import python_multipart

SHARED = (email_validator, fastapi.openapi.utils, pydantic_settings, python_multipart)


def warm() -> None:
    """Write one document: FastAPI and Pydantic import and prepare much when they are first used."""

    class Some(pydantic.BaseModel):
        number: int

    def answer(some: Some) -> Some:
        return some

    app = fastapi.FastAPI()
    app.post("/")(answer)
    app.openapi()


def said(root: Path, entry: str) -> dict[str, object]:
    """`app.openapi()`."""
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(root))
    path, _, name = entry.partition(":")
    module = path.removesuffix(".py").replace("/", ".")
    return {"document": getattr(importlib.import_module(module), name).openapi()}


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.contract.apart import serve

    sys.path.pop(0)
    warm()
    serve(said)
