"""What is wrong with a document: where it is, what was found and what was expected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One disagreement: the document's slug, its line (0: none), what was found and expected, and a sentence."""

    document: str
    line: int
    found: str
    expected: str
    sentence: str


class DocumentAtFault(ValueError):  # noqa: N818 - a fact, as in the core
    """A document can't be issued: its text and its lists disagree, or what it needs is not there."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(one.sentence for one in faults))
        self.faults = faults
