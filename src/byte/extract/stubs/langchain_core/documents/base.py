from typing import Any, Dict, Literal, Optional

from pydantic import BaseModel, Field


class BaseMedia(BaseModel):
    id: Optional[str] = None
    metadata: Dict[Any, Any] = Field(default_factory=dict)


class Document(BaseMedia):
    """Class for storing a piece of text and associated metadata."""

    page_content: str
    type: Literal["Document"] = "Document"

    def __init__(self, page_content, **kwargs):
        super().__init__(page_content=page_content, **kwargs)
