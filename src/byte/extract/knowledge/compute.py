"""Long work on the calling thread: embedding models, vector indexes, large (de)serialisation, whole directory trees."""

from byte.model.facts import Effect

_BLOCK = frozenset({Effect.BLOCKING})
_READ = frozenset({Effect.FILE_READ})
_SLOW_READ = frozenset({Effect.FILE_READ, Effect.BLOCKING})
_SLOW_WRITE = frozenset({Effect.FILE_WRITE, Effect.BLOCKING})
_WRITE = frozenset({Effect.FILE_WRITE})

CANONICAL = {
    "sentence_transformers.SentenceTransformer.SentenceTransformer": "sentence_transformers.SentenceTransformer",
}

EFFECTS = {
    "faiss.write_index": _SLOW_WRITE,
    "faiss.read_index": _SLOW_READ,
    "sentence_transformers.SentenceTransformer": _BLOCK,
    "sentence_transformers.SentenceTransformer.encode": _BLOCK,
    "sentence_transformers.CrossEncoder": _BLOCK,
    "sentence_transformers.CrossEncoder.predict": _BLOCK,
    "torch.load": _SLOW_READ,
    "torch.save": _SLOW_WRITE,
    "joblib.load": _SLOW_READ,
    "joblib.dump": _SLOW_WRITE,
    "pickle.load": _READ,
    "pickle.dump": _WRITE,
    "json.load": _READ,
    "json.dump": _WRITE,
    "pandas.DataFrame.to_csv": _WRITE,
    "pandas.DataFrame.to_excel": _SLOW_WRITE,
    "pandas.DataFrame.to_parquet": _WRITE,
    **dict.fromkeys((f"pandas.read_{n}" for n in ("csv", "parquet", "json", "pickle")), _READ),
    "pandas.read_excel": _SLOW_READ,
    "numpy.load": _READ,
    "numpy.save": _WRITE,
    **dict.fromkeys(("shutil.copytree", "shutil.make_archive", "shutil.unpack_archive"), _SLOW_WRITE),
}
