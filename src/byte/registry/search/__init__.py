"""Finding an operation by meaning: words (BM25 over fields) and vectors (an embedding), fused into one score.

`index.Index` holds operations as `entry.Entry`, answers `query.Query` and is kept on disk. It knows no store and no
server: `byte search` uses it over files alone. FAISS, numpy, the tokenizer and the stemmer live here and nowhere else.
"""
