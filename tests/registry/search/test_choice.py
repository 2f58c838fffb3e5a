"""Models by their setting: whatever is wrong with one is a sentence."""

import zipfile

import pytest

from byte.registry.search import choice, embed_static
from byte.registry.search.embeddings import EmbedderError


def test_none_is_no_model_and_the_usual_one_is_in_the_box():
    assert choice.opened("none") is None
    assert choice.opened("static") is embed_static.static()


@pytest.mark.parametrize(
    "error",
    [zipfile.BadZipFile("no zip file"), ImportError("a library lacks a symbol"), OSError("gone"), MemoryError()],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_damaged_model_raises_is_said_as_that_of_a_model(monkeypatch, error):
    def fails():
        raise error

    monkeypatch.setattr(embed_static, "static", fails)
    with pytest.raises(EmbedderError, match=rf"The model cannot be read \({type(error).__name__}"):
        choice.opened("static")


def test_what_is_not_installed_is_named(monkeypatch):
    def fails():
        raise ModuleNotFoundError(name="tokenizers")

    monkeypatch.setattr(embed_static, "static", fails)
    with pytest.raises(EmbedderError, match="needs tokenizers, which is not installed"):
        choice.opened("static")
