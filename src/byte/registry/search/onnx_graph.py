"""BERT as an ONNX graph, made of its weights by hand: neither torch nor the `onnx` package is needed.

ONNX files are protocol buffers (onnx/onnx.proto, version 3); the few messages that a graph needs are written here. Weights
are kept in int8 with a scale for each column (each channel of the output), which is four times smaller and twice as fast
as float32; what flows through the graph is quantised as it comes (`DynamicQuantizeMatMul` of onnxruntime). Seven bits of the
eight are used: machines without VNNI add two products in sixteen bits, and eight bits would overflow there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = Mapping[str, Array]

_OPSET: Final = 17
_IR: Final = 8
_TYPES: Final = {"float32": 1, "int8": 3, "int64": 7}
_STEPS: Final = 63
"""How far int8 goes to either side of zero: seven bits."""


class Shape(msgspec.Struct, frozen=True):
    """What the graph of a BERT is made by: layers, heads, the width, and the epsilon of its normalisations."""

    layers: int
    heads: int
    width: int
    epsilon: float


# --- protocol buffers ----------------------------------------------------------------------------


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, value: Array) -> bytes:
    dims = b"".join(_number(1, size) for size in value.shape)
    return (
        dims + _number(2, _TYPES[value.dtype.name]) + _bytes(8, name) + _bytes(9, np.ascontiguousarray(value).tobytes())
    )


def _attribute(name: str, value: float | int | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return _bytes(1, name) + _varint(2 << 3 | 5) + np.float32(value).tobytes() + _number(20, 1)
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    return _bytes(1, name) + b"".join(_number(8, one) for one in value) + _number(20, 7)


def _value(name: str, kind: int, dims: Iterable[str]) -> bytes:
    shape = b"".join(_bytes(1, _bytes(2, dim)) for dim in dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


class _Graph:
    """Nodes and constants, in the order in which they are added."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._made = 0

    def constant(self, value: Array) -> str:
        self._made += 1
        name = f"c{self._made}"
        self._constants.append(_tensor(name, value))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], outputs: int = 1, domain: str = "", **attributes: Any
    ) -> list[str]:
        self._made += 1
        names = [f"n{self._made}.{at}" for at in range(outputs)]
        data = b"".join(_bytes(1, one) for one in inputs) + b"".join(_bytes(2, one) for one in names) + _bytes(4, kind)
        data += b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(data + (_bytes(7, domain) if domain else b""))
        return names

    def one(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        return self.node(kind, inputs, domain=domain, **attributes)[0]

    def model(self, inputs: Sequence[bytes], output: str, shape: Sequence[str]) -> bytes:
        graph = b"".join(_bytes(1, one) for one in self._nodes) + _bytes(2, "bert")
        graph += b"".join(_bytes(5, one) for one in self._constants)
        graph += b"".join(_bytes(11, one) for one in inputs) + _bytes(12, _value(output, 1, shape))
        opsets = _bytes(8, _number(2, _OPSET)) + _bytes(8, _bytes(1, "com.microsoft") + _number(2, 1))
        return _number(1, _IR) + _bytes(2, "byte") + _bytes(7, graph) + opsets


# --- BERT ----------------------------------------------------------------------------------------


def bert(weights: Weights, shape: Shape, *, exact: bool = False) -> bytes:
    """The graph: (`input_ids`, `attention_mask`: int64, texts x tokens) -> the sum of the last layer over each text's tokens.

    `weights` by the names of Hugging Face's BERT. `exact`: in float32. Raises `KeyError` where a weight is missing.
    """
    made = _Bert(weights, shape, exact)
    return made.model()


class _Bert:
    def __init__(self, weights: Weights, shape: Shape, exact: bool) -> None:
        self._weights, self._shape, self._exact, self._graph = weights, shape, exact, _Graph()

    def model(self) -> bytes:
        graph = self._graph
        mask = graph.one("Cast", "attention_mask", to=1)
        hidden = self._embedded()
        away = self._away(mask)
        for layer in range(self._shape.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, away)
        row = graph.one("Unsqueeze", mask, graph.constant(np.array([1])))
        summed = graph.one("MatMul", row, hidden)
        output = graph.one("Squeeze", summed, graph.constant(np.array([1])))
        inputs = [_value(name, 7, ("texts", "tokens")) for name in ("input_ids", "attention_mask")]
        return graph.model(inputs, output, ("texts", "width"))

    def _embedded(self) -> str:
        graph, weights = self._graph, self._weights
        words = self._looked_up(weights["embeddings.word_embeddings.weight"])
        places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = graph.one("Slice", graph.one("Shape", "input_ids"), *map(graph.constant, map(np.array, ([1], [2]))))
        start, axis = graph.constant(np.array([0])), graph.constant(np.array([0]))
        near = graph.one("Slice", graph.constant(places.astype(np.float32)), start, length, axis)
        return self._normal(graph.one("Add", words, near), "embeddings.LayerNorm.")

    def _looked_up(self, table: Array) -> str:
        graph = self._graph
        if self._exact:
            return graph.one("Gather", graph.constant(table), "input_ids")
        small, scale = _small(table.T, 127)
        found = graph.one("Cast", graph.one("Gather", graph.constant(small.T), "input_ids"), to=1)
        return graph.one("Mul", found, graph.one("Gather", graph.constant(scale[:, None]), "input_ids"))

    def _away(self, mask: str) -> str:
        """What is added to the attention to tokens that are none."""
        graph = self._graph
        one, much = graph.constant(np.ones(1, np.float32)), graph.constant(np.full(1, -10_000, np.float32))
        added = graph.one("Mul", graph.one("Sub", one, mask), much)
        return graph.one("Unsqueeze", added, graph.constant(np.array([1, 2])))

    def _layer(self, name: str, hidden: str, away: str) -> str:
        graph = self._graph
        attended = self._linear(
            self._attention(f"{name}attention.self.", hidden, away), f"{name}attention.output.dense."
        )
        hidden = self._normal(graph.one("Add", attended, hidden), f"{name}attention.output.LayerNorm.")
        inner = self._gelu(self._linear(hidden, f"{name}intermediate.dense."))
        return self._normal(
            graph.one("Add", self._linear(inner, f"{name}output.dense."), hidden), f"{name}output.LayerNorm."
        )

    def _attention(self, name: str, hidden: str, away: str) -> str:
        graph, shape = self._graph, self._shape
        size = shape.width // shape.heads
        # Asked, known and told in one product; the scale of the attention is put into what is asked.
        factors = (size**-0.5, 1.0, 1.0)
        parts = [
            (self._weights[f"{name}{part}.weight"].T, self._weights[f"{name}{part}.bias"])
            for part in ("query", "key", "value")
        ]
        weight = np.concatenate([matrix * factor for (matrix, _), factor in zip(parts, factors, strict=True)], axis=1)
        bias = np.concatenate([vector * factor for (_, vector), factor in zip(parts, factors, strict=True)])
        whole = self._product(hidden, weight, bias)
        split = graph.node("Split", [whole, graph.constant(np.array([shape.width] * 3))], 3, axis=-1)
        heads = graph.constant(np.array([0, 0, shape.heads, size]))
        asked, known, told = (graph.one("Reshape", part, heads) for part in split)
        asked, told = (graph.one("Transpose", part, perm=[0, 2, 1, 3]) for part in (asked, told))
        scores = graph.one("MatMul", asked, graph.one("Transpose", known, perm=[0, 2, 3, 1]))
        shares = graph.one("Softmax", graph.one("Add", scores, away), axis=-1)
        mixed = graph.one("Transpose", graph.one("MatMul", shares, told), perm=[0, 2, 1, 3])
        return graph.one("Reshape", mixed, graph.constant(np.array([0, 0, shape.width])))

    def _linear(self, hidden: str, name: str) -> str:
        return self._product(hidden, self._weights[f"{name}weight"].T, self._weights[f"{name}bias"])

    def _product(self, hidden: str, weight: Array, bias: Array) -> str:
        graph = self._graph
        added = graph.constant(bias.astype(np.float32))
        if self._exact:
            return graph.one("Add", graph.one("MatMul", hidden, graph.constant(weight.astype(np.float32))), added)
        small, scale = _small(weight)
        inputs = (hidden, graph.constant(small), graph.constant(scale), "", added)
        return graph.one("DynamicQuantizeMatMul", *inputs, domain="com.microsoft")

    def _gelu(self, value: str) -> str:
        return self._graph.one("Gelu", value, domain="com.microsoft")

    def _normal(self, value: str, name: str) -> str:
        graph = self._graph
        weight, bias = (
            graph.constant(self._weights[f"{name}{part}"].astype(np.float32)) for part in ("weight", "bias")
        )
        return graph.one("LayerNormalization", value, weight, bias, axis=-1, epsilon=self._shape.epsilon)


def _small(weight: Array, steps: int = _STEPS) -> tuple[Array, Array]:
    """A matrix in int8, and the scale of each of its columns."""
    scale = np.abs(weight).max(axis=0) / steps
    scale[scale == 0] = 1.0
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)
