"""Sentences that users see, each in Vietnamese and in English. Which there are is `wording`'s."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in two languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What is wrong, and how to mend it."""

    problem: Sentence
    mend: Sentence


def say(vi: str, en: str, mend_vi: str, mend_en: str) -> Wording:
    """Return what is wrong and how to mend it, in two languages."""
    return Wording(Sentence(vi, en), Sentence(mend_vi, mend_en))
