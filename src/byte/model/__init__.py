"""The data that every other package speaks: frozen, and importing nothing of Byte."""
