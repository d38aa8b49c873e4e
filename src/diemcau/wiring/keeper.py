"""The keeper of the media door: who comes with a token, and whose pass is over.

A pass ends at its end, or when it was revoked in its conference. What is signed is `media.passes`'s,
what is revoked `core.entry`'s; which sessions there are is the studio's.
"""

from diemcau.conduct.clock import Clock
from diemcau.core import entry
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission, Code, Refusal
from diemcau.media.passes import LONG_AGO, PassFault, PassReader
from diemcau.web.ports import DesksPort


class Keeper:
    """Keeps the media door of one server."""

    def __init__(self, passes: PassReader, desks: DesksPort, clock: Clock) -> None:
        self._passes = passes
        self._desks = desks
        self._clock = clock

    def admit(self, token: str) -> Admission | Refusal:
        """Say who comes with this ticket, or why not."""
        return self._in_force(self._passes.admit(token, self._clock.now()))

    def admit_relay(self, token: str) -> Admission | Refusal:
        """Say which relay comes with this pass, or why not."""
        return self._in_force(self._passes.admit_relay(token, self._clock.now()))

    def is_void(self, admission: Admission) -> bool:
        """Say whether the pass that somebody came in with has ended or was revoked."""
        if admission.until is not None and admission.until <= self._clock.now():
            return True
        desk = self._desks.find(admission.conference)
        if desk is None or admission.role is None:
            return False
        return entry.is_void(
            desk.formal.entry,
            number=admission.number,
            role=admission.role,
            site=admission.site if admission.role is Role.SITE else None,  # a relay's camera names the site it is of
            issued_at=admission.issued_at or LONG_AGO,
        )

    def _in_force(self, answer: Admission | Refusal) -> Admission | Refusal:
        if isinstance(answer, Refusal):
            return answer
        desk = self._desks.find(answer.conference)
        if desk is None:
            return Refusal(code=Code.NOT_ALLOWED, reason=PassFault.WRONG_CONFERENCE.value)
        if answer.site is not None and not desk.formal.facts.has_site(answer.site):
            return Refusal(code=Code.NOT_ALLOWED, reason="pass.unknown_site")
        if self.is_void(answer):
            return Refusal(code=Code.UNKNOWN_PASS, reason=PassFault.REVOKED.value)
        return answer
