"""OpenAPI documents, read as contracts: bytes in, one document out, with all that it refers to and where it stands."""

from byte.extract.documents.contracts import places, read

__all__ = ["places", "read"]
