"""A transformer on disk, as sentence-transformers lays it out: its weights (safetensors), its tokenizer, its shape.

Read with numpy and the tokenizer alone. Only what the graph of `onnx_graph` can run is taken: BERT in float32 or float16,
mean pooling, absolute positions.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from byte.registry.search.embeddings import EmbedderError
from byte.registry.search.onnx_graph import Shape, Weights

_TYPES: Final = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}
_LARGEST: Final = 2 << 30
_HEAD: Final = 10 << 20
_PREFIXES: Final = ("", "bert.", "0.auto_model.")
_JSON: Final = msgspec.json.Decoder(dict[str, Any])


class Model(msgspec.Struct, frozen=True):
    """What a folder holds: `digest` is that of the weights and the tokenizer, `tokens` the longest text that is read."""

    weights: Weights
    shape: Shape
    tokenizer: Tokenizer
    digest: str
    tokens: int


def read(folder: Path) -> Model:
    """The model of a folder. Raises `EmbedderError` where it is none, or one that cannot be run here."""
    try:
        config = _told(folder / "config.json")
        _check(folder, config)
        file = folder / "model.safetensors"
        if file.stat().st_size > _LARGEST:
            raise EmbedderError(f"The model in {folder} is larger than {_LARGEST:,} bytes.")
        data = file.read_bytes()
        words = (folder / "tokenizer.json").read_bytes()
        tokenizer = Tokenizer.from_str(words.decode())
        shape = Shape(
            int(config["num_hidden_layers"]),
            int(config["num_attention_heads"]),
            int(config["hidden_size"]),
            float(config["layer_norm_eps"]),
        )
        weights = _named(tensors(data))
        longest = min(int(config["max_position_embeddings"]), _longest(folder))
    except OSError as error:
        raise EmbedderError(f"The model cannot be read: {error.filename} ({error.strerror}).") from None
    except EmbedderError:
        raise
    except Exception as error:  # the tokenizer raises what it likes  # noqa: BLE001
        raise EmbedderError(f"The model in {folder} is damaged ({type(error).__name__}).") from None
    digest = hashlib.sha256(hashlib.sha256(data).digest() + words).hexdigest()[:16]
    return Model(weights, shape, tokenizer, digest, longest)


def _told(file: Path) -> dict[str, Any]:
    return _JSON.decode(file.read_bytes())


def _check(folder: Path, config: dict[str, Any]) -> None:
    pooling = _told(folder / "1_Pooling" / "config.json") if (folder / "1_Pooling" / "config.json").exists() else {}
    wanted = {
        "model_type": config.get("model_type") == "bert",
        "hidden_act": config.get("hidden_act", "gelu") == "gelu",
        "position_embedding_type": config.get("position_embedding_type", "absolute") == "absolute",
        "pooling_mode_mean_tokens": pooling.get("pooling_mode_mean_tokens", True) is True,
    }
    odd = [name for name, good in wanted.items() if not good]
    if odd:
        raise EmbedderError(f"The model in {folder} is no BERT with mean pooling ({', '.join(odd)}).")


def _longest(folder: Path) -> int:
    file = folder / "sentence_bert_config.json"
    return int(_told(file).get("max_seq_length") or 512) if file.exists() else 512


def tensors(data: bytes) -> Weights:
    """The arrays of a safetensors file by name, as views of its bytes. Raises `ValueError`."""
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= min(_HEAD, len(data) - 8):
        raise ValueError("no header")
    body = memoryview(data)[8 + size :]
    found: dict[str, NDArray[Any]] = {}
    for name, told in _JSON.decode(data[8 : 8 + size]).items():
        if name == "__metadata__" or told["dtype"] not in _TYPES:
            continue
        start, end = told["data_offsets"]
        if not 0 <= start <= end <= len(body):
            raise ValueError("an array outside of the file")
        array = np.frombuffer(body[start:end], _TYPES[told["dtype"]]).reshape(told["shape"])
        found[name] = array.astype(np.float32) if array.dtype.kind == "f" else array
    return found


def _named(found: Weights) -> Weights:
    """The arrays without what some savers put before their names."""
    for prefix in _PREFIXES:
        if f"{prefix}embeddings.word_embeddings.weight" in found:
            return {name.removeprefix(prefix): array for name, array in found.items()}
    raise EmbedderError("The weights are not those of a BERT.")
