"""What a conference says to a command that is not allowed now.

A refusal is a fact, not a fault: nothing has changed and nothing was written. The
sentences that people read stand in the front end's words, under the refusal's code.
"""

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A command was understood and is not allowed now."""

    code: ClassVar[str] = "refused"

    def __init__(self, **about: str) -> None:
        """Keep what the refusal is about (codes and numbers only, never a person's name)."""
        super().__init__(self.code)
        self.about = about


class ReasonMissing(Refusal):
    """The command changes what others have been told, so it needs a reason."""

    code = "reason_missing"


class ReasonTooLong(Refusal):
    """A reason has at most 1,000 characters."""

    code = "reason_too_long"


class AuthorUnknown(Refusal):
    """The author of a correction is not among the delegates of the main site."""

    code = "author_unknown"


LONGEST_REASON = 1_000


def need_reason(reason: str) -> str:
    """Return `reason` without outer blanks, or raise `ReasonMissing` or `ReasonTooLong`."""
    if not reason.strip():
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(found=str(len(reason)), most=str(LONGEST_REASON))
    return reason.strip()
