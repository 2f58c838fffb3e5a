"""Byte reviews backend changes and answers in one fixed report, every statement with its evidence."""

__version__ = "0.1.0"
