"""The roles: who may give which command. One table, and nobody is asked anywhere else.

Who asks comes from the pass, never from the message. The system is not a person: it notes
lines and deadlines, and revokes what whoever runs the server says. Whose links which role may revoke
is `core.entry`'s.
"""

from dataclasses import dataclass

from diemcau.core import (
    agenda,
    checks,
    conclusions,
    conference,
    deputy,
    entry,
    floor,
    handouts,
    notes,
    onair,
    rollcall,
    sites,
    stages,
)
from diemcau.core.entry import Role
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal

__all__ = ["MAY", "Asker", "DeputyPresides", "NotYourSite", "Role", "RoleMayNot", "check", "may_give"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who gives a command: a role, and for a site's desk the site."""

    role: Role
    site: SiteId | None = None


class RoleMayNot(Refusal):
    """A role gives a command that it may not give."""

    code = "roles.may_not"


class NotYourSite(Refusal):
    """A site's desk speaks for its own site only."""

    code = "roles.not_your_site"


class DeputyPresides(Refusal):
    """The deputy presides; the chair returns by a press first."""

    code = "roles.deputy_presides"


_PRESIDES = frozenset({Role.CHAIR, Role.DEPUTY})
_RECORDS = frozenset({Role.SECRETARY})
_RUNS = frozenset({Role.OPERATOR})
_SITE = frozenset({Role.SITE})
_SYSTEM = frozenset({Role.SYSTEM})
_NOBODY: frozenset[Role] = frozenset()

MAY: dict[type, frozenset[Role]] = {
    stages.StartRehearsal: _PRESIDES | _RUNS,
    stages.EndRehearsal: _PRESIDES | _RUNS,
    stages.OpenConference: _PRESIDES,
    stages.AdjournConference: _PRESIDES,
    stages.ResumeConference: _PRESIDES,
    stages.CloseConference: _PRESIDES,
    stages.SealConference: _RECORDS,
    sites.NoteLineUp: _SYSTEM,
    sites.NoteLineLost: _SYSTEM,
    sites.LetCameraIn: _RUNS,
    rollcall.OpenRollCall: _PRESIDES | _RECORDS,
    rollcall.ReportAttendance: _SITE | _RECORDS,
    rollcall.MarkSiteAbsent: _RECORDS | _RUNS,
    rollcall.CloseRollCall: _PRESIDES | _RECORDS,
    rollcall.CorrectAttendance: _RECORDS,
    agenda.StartItem: _PRESIDES | _RECORDS,
    agenda.FinishItem: _PRESIDES | _RECORDS,
    floor.RequestFloor: _SITE,
    floor.CancelRequest: _SITE,
    floor.InsertRequest: _PRESIDES | _RECORDS,
    floor.AcceptRequest: _PRESIDES | _RECORDS,
    floor.DenyRequest: _PRESIDES,
    floor.MoveRequest: _PRESIDES | _RECORDS,
    floor.RemoveRequest: _PRESIDES | _RECORDS,
    floor.GrantFloor: _PRESIDES,
    floor.ReleaseFloor: _SITE | _PRESIDES,
    floor.RevokeFloor: _PRESIDES,
    floor.ExtendFloor: _PRESIDES,
    floor.CorrectSpeech: _RECORDS,
    onair.ConfirmReady: _SITE,
    onair.PreviewSite: _RUNS,
    onair.TakeSite: _RUNS,
    onair.CutBack: _RUNS,
    onair.UndoTake: _RUNS,
    onair.ChooseConduct: _RUNS,
    onair.ChooseLayout: _RUNS,
    onair.ChooseGallery: _RUNS,
    onair.FreezeProgram: _RUNS,
    onair.UnfreezeProgram: _RUNS,
    onair.ShowSlate: _RUNS,
    onair.TakeDownSlate: _RUNS,
    onair.PinLowerThird: _RUNS,
    onair.TakeDownLowerThird: _RUNS,
    checks.ReportCheck: _SITE,
    handouts.ListHandout: _RUNS | _RECORDS,
    handouts.ShowPage: _RUNS | _RECORDS | _PRESIDES,
    handouts.TakeDownHandout: _RUNS | _RECORDS | _PRESIDES,
    deputy.NoteChairGone: _SYSTEM,
    deputy.NoteChairBack: _SYSTEM,
    deputy.Preside: frozenset({Role.DEPUTY}),
    deputy.ReturnToChair: frozenset({Role.CHAIR}),
    notes.TakeNote: _RECORDS,
    notes.CorrectNote: _RECORDS,
    conclusions.DeclareCounts: _RECORDS | _PRESIDES,
    conclusions.DraftItem: _RECORDS,
    conclusions.AmendItem: _RECORDS,
    conclusions.StrikeItem: _RECORDS,
    conclusions.ReadOutConclusion: _PRESIDES,
    conclusions.AdoptConclusion: _PRESIDES,
    entry.RevokePass: _PRESIDES | _RECORDS | _RUNS | _SYSTEM,
    entry.RevokeLinks: _PRESIDES | _RECORDS | _RUNS | _SYSTEM,
    conference.ReachDeadline: _SYSTEM,
}


def check(asker: Asker, command: object, presiding: deputy.Presiding) -> None:
    """Raise a `Refusal` unless `asker` may give `command` while `presiding` presides."""
    may = MAY.get(type(command), _NOBODY)
    if asker.role not in may:
        raise RoleMayNot(role=asker.role.value, command=type(command).__name__)
    if asker.role is Role.SITE and getattr(command, "site", None) != asker.site:
        raise NotYourSite
    if may >= _PRESIDES and asker.role in _PRESIDES:
        _need_chair(asker.role, presiding)
    if isinstance(command, entry.RevokeLinks) and not entry.may_revoke(asker.role, command.role):
        raise entry.NotYoursToRevoke(role=command.role.value)


def may_give(role: Role, command: type, presiding: deputy.Presiding) -> bool:
    """Say whether `role` may give commands of a kind at all while `presiding` presides."""
    may = MAY.get(command, _NOBODY)
    return role in may and not (may >= _PRESIDES and role in _PRESIDES and role.value != presiding.value)


def _need_chair(role: Role, presiding: deputy.Presiding) -> None:
    if role.value == presiding.value:
        return
    if role is Role.CHAIR:
        raise DeputyPresides
    raise deputy.ChairPresides
