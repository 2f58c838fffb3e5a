"""Documents that are published: OpenAPI, MCP descriptors and A2A agent cards, read as what the registry keeps."""

from byte.registry.documents.naming import label_of, slug
from byte.registry.documents.reading import LIMITS, Limits, detect, read

__all__ = ["LIMITS", "Limits", "detect", "label_of", "read", "slug"]
