"""Which model turns texts into vectors: by its setting. What a model needs is imported when it is chosen."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec

from byte.registry.search.embeddings import Embedder, EmbedderError
from byte.sources.addresses import Network

_SHOWN: Final = 200
STATIC: Final = "static"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with a setting.

    - `model`: what a service is asked for; the folder of the weights for "onnx".
    - `key`: for a service. `allow`: networks that may be asked though they are not public.
    """

    model: str = ""
    key: str = ""
    allow: tuple[Network, ...] = ()


PLAIN: Final = Options()


def from_environment(variables: Mapping[str, str]) -> Options:
    """What goes with a setting, as the variables of the server say it."""
    return Options(model=variables.get("BYTE_EMBEDDINGS_MODEL", ""), key=variables.get("BYTE_EMBEDDINGS_KEY", ""))


def opened(setting: str, options: Options = PLAIN) -> Embedder | None:
    """The embedder of a setting: "static", "onnx", a URL, a path; None for "none". Raises `EmbedderError`."""
    if setting == "none":
        return None
    if setting == STATIC:
        return _made("embed_static", "static")
    if setting == "onnx":
        return _made("embed_onnx", "OnnxEmbedder", Path(options.model) if options.model else None)
    if setting.startswith(("http://", "https://")):
        return _made("embed_http", "HttpEmbedder", setting, options.model, options.key, options.allow)
    return _made("embed_sentence", "sentence", Path(setting))


def _made(module: str, name: str, *given: Any) -> Embedder:
    try:
        made: Embedder = getattr(import_module(f"byte.registry.search.{module}"), name)(*given)
    except ModuleNotFoundError as error:
        raise EmbedderError(f"The model needs {error.name}, which is not installed.") from None
    except EmbedderError:
        raise
    except Exception as error:  # whatever files that are damaged make of a library  # noqa: BLE001
        raise EmbedderError(f"The model cannot be read ({type(error).__name__}: {str(error)[:_SHOWN]}).") from None
    return made
