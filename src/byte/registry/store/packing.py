"""How long things are kept: JSON and bytes, compressed.

Operations and components are small and alike, so each is compressed with a dictionary of what all of them say: a third
of the size that zlib alone leaves, and each is read without its neighbours.
"""

import zlib
from typing import Any, Final

import msgspec

from byte.registry.errors import UnavailableError

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder()
_LEVEL: Final = 6
# What is most frequent stands last: near matches cost fewer bits. A change of it needs a migration of every body.
_WORDS: Final = (
    b'"x-amazon-","xml":{"name":"wrapped":true},"discriminator":{"propertyName":"mapping":{},"externalDocs":{"url":"https://'
    b'"collectionFormat":"csv","multi","produces":["application/json"],"consumes":["application/json"],"callbacks":{},'
    b'"pattern":"^[a-zA-Z0-9_-]+$","minLength":1,"maxLength":255,"minItems":0,"maxItems":100,"uniqueItems":true,"nullable":'
    b'true,"readOnly":true,"writeOnly":true,"additionalProperties":false},"additionalProperties":{"type":"string"},"allOf":'
    b'[{"$ref":"#/components/schemas/"}],"oneOf":[{"$ref":"anyOf":[{"enum":["default":"","default":false,"example":"",'
    b'"examples":{"default":{"value":{"title":"","format":"uuid","format":"date-time","format":"int32","format":"int64",'
    b'"format":"uri","type":"boolean","type":"integer","type":"number","type":"array","items":{"type":"object","properties":'
    b'{"id":{"description":"The ","type":"string"},"name":{"type":"string"},"required":["id","name"],"security":[{"'
    b'"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/"}}},"required":true},'
    b'"operationId":"","summary":"","tags":[""],"deprecated":true,"parameters":[{"$ref":"#/components/parameters/"},{"name":'
    b'"page","in":"query","in":"header","in":"path","in":"body","required":true,"schema":{"type":"string"}},"responses":{'
    b'"204":{"description":"No Content"},"400":{"description":"Bad Request"},"401":{"description":"Unauthorized"},"403":{'
    b'"description":"Forbidden"},"404":{"description":"Not Found"},"500":{"description":"Internal Server Error"},"default":{'
    b'"description":"Error","201":{"description":"Created","content":{"application/json":{"schema":{"200":{"description":'
    b'"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/"}}}}'
)


def pack(value: Any) -> bytes:
    """A value as compressed JSON."""
    squeezer = zlib.compressobj(_LEVEL, zdict=_WORDS)
    return squeezer.compress(_ENCODER.encode(value)) + squeezer.flush()


def unpack(data: bytes) -> Any:
    """The value that was packed. Raises `UnavailableError` where the bytes are broken."""
    opener = zlib.decompressobj(zdict=_WORDS)
    try:
        return _DECODER.decode(opener.decompress(data) + opener.flush())
    except (zlib.error, msgspec.DecodeError) as error:
        raise UnavailableError(f"The store holds broken data ({error}): restore it from a backup.") from error


def squeeze(data: bytes) -> bytes:
    """Bytes, compressed."""
    return zlib.compress(data, _LEVEL)


def unsqueeze(data: bytes) -> bytes:
    """The bytes that were compressed. Raises `UnavailableError` where they are broken."""
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise UnavailableError(f"The store holds broken data ({error}): restore it from a backup.") from error
