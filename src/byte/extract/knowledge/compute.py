"""Long work on the calling thread: models, vector indexes, documents, password hashes, archives, directory trees."""

from byte.model.facts import Effect

_BLOCK = frozenset({Effect.BLOCKING})
_READ = frozenset({Effect.FILE_READ})
_SLOW_READ = frozenset({Effect.FILE_READ, Effect.BLOCKING})
_SLOW_WRITE = frozenset({Effect.FILE_WRITE, Effect.BLOCKING})
_WRITE = frozenset({Effect.FILE_WRITE})

CANONICAL = {
    "sentence_transformers.SentenceTransformer.SentenceTransformer": "sentence_transformers.SentenceTransformer",
    "markitdown._markitdown.MarkItDown": "markitdown.MarkItDown",
    "pymupdf.open": "fitz.open",
}

RETURNS = {
    "markitdown.MarkItDown": "markitdown.MarkItDown",
    "docling.document_converter.DocumentConverter": "docling.document_converter.DocumentConverter",
    "passlib.context.CryptContext": "passlib.context.CryptContext",
    "argon2.PasswordHasher": "argon2.PasswordHasher",
    "pwdlib.PasswordHash.recommended": "pwdlib.PasswordHash",
    "pwdlib.PasswordHash": "pwdlib.PasswordHash",
    "zipfile.ZipFile": "zipfile.ZipFile",
    "tarfile.open": "tarfile.TarFile",
    "whisper.load_model": "whisper.Whisper",
    "faster_whisper.WhisperModel": "faster_whisper.WhisperModel",
    "weasyprint.HTML": "weasyprint.HTML",
    "tantivy.Index": "tantivy.Index",
    "tantivy.Index.writer": "tantivy.IndexWriter",
    "sentence_transformers.SentenceTransformer": "sentence_transformers.SentenceTransformer",
    "sentence_transformers.CrossEncoder": "sentence_transformers.CrossEncoder",
}

EFFECTS = {
    "faiss.write_index": _SLOW_WRITE,
    **dict.fromkeys(
        (
            "markitdown.MarkItDown.convert",
            "markitdown.MarkItDown.convert_stream",
            "markitdown.MarkItDown.convert_local",
            "docling.document_converter.DocumentConverter.convert",
            "pypandoc.convert_file",
            "pypandoc.convert_text",
            "pdf2image.convert_from_path",
            "pdf2image.convert_from_bytes",
            "pytesseract.image_to_string",
            "docx2txt.process",
            "pymupdf4llm.to_markdown",
            "camelot.read_pdf",
            "tabula.read_pdf",
            "pdfminer.high_level.extract_text",
            "openpyxl.load_workbook",
            "weasyprint.HTML.write_pdf",
            "whisper.load_model",
            "whisper.Whisper.transcribe",
            "faster_whisper.WhisperModel",
            "faster_whisper.WhisperModel.transcribe",
        ),
        _BLOCK,
    ),
    **dict.fromkeys(
        (
            "bcrypt.hashpw",
            "bcrypt.checkpw",
            "bcrypt.kdf",
            "hashlib.scrypt",
            "hashlib.pbkdf2_hmac",
            "passlib.context.CryptContext.hash",
            "passlib.context.CryptContext.verify",
            "passlib.context.CryptContext.verify_and_update",
            "argon2.PasswordHasher.hash",
            "argon2.PasswordHasher.verify",
            "pwdlib.PasswordHash.hash",
            "pwdlib.PasswordHash.verify",
            "pwdlib.PasswordHash.verify_and_update",
        ),
        _BLOCK,
    ),
    **dict.fromkeys(("os.walk", "pathlib.Path.rglob"), _SLOW_READ),
    **dict.fromkeys(("tantivy.IndexWriter.commit", "tantivy.IndexWriter.wait_merging_threads"), _SLOW_WRITE),
    **dict.fromkeys(("zipfile.ZipFile.extractall", "tarfile.TarFile.extractall"), _SLOW_WRITE),
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
