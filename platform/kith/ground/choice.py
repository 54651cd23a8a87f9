"""Choices: enumerations whose values each say what they mean."""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A fixed list of values, each with a sentence for whoever has to choose: `HELD = "HELD", "It took place."`."""

    sentence: str

    def __new__(cls, value: str, sentence: str = "") -> Self:
        """A value, and the sentence that stands beside it."""
        made = str.__new__(cls, value)
        made._value_, made.sentence = value, sentence
        return made
