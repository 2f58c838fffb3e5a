from langchain_core.documents.base import BaseMedia, Document
