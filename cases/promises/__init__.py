"""Hears a promise in a sentence: who does what by when. Words are data; knows no case and creates nothing."""

from cases.promises.reader import Promise, promises_in
from cases.promises.when import When

__all__ = ["Promise", "When", "promises_in"]
