"""The names under which the journal keeps the events of the core, and their versions.

A name is written to the disk and never changes, whatever becomes of the class. What changed
in a body gets a new version here and a step in `journal.upcasts`; released events stand in
the golden files of the tests.
"""

from typing import Final

from diemcau.core import (
    agenda,
    conclusions,
    deputy,
    floor,
    handouts,
    notes,
    onair,
    rollcall,
    sites,
    stages,
    tasks,
)
from diemcau.journal.codec import Codec
from diemcau.journal.upcasts import UPCASTS

EVENTS: Final[dict[str, tuple[int, type]]] = {
    "conference.convened": (1, stages.ConferenceConvened),
    "conference.opened": (1, stages.ConferenceOpened),
    "conference.adjourned": (1, stages.ConferenceAdjourned),
    "conference.resumed": (1, stages.ConferenceResumed),
    "conference.closed": (1, stages.ConferenceClosed),
    "conference.sealed": (1, stages.ConferenceSealed),
    "rehearsal.started": (1, stages.RehearsalStarted),
    "rehearsal.ended": (1, stages.RehearsalEnded),
    "sites.connected": (1, sites.SiteConnected),
    "sites.line_lost": (1, sites.LineLost),
    "sites.line_restored": (1, sites.LineRestored),
    "sites.camera_let_in": (1, sites.CameraLetIn),
    "rollcall.opened": (1, rollcall.RollCallOpened),
    "rollcall.attendance_reported": (1, rollcall.AttendanceReported),
    "rollcall.site_marked_absent": (1, rollcall.SiteMarkedAbsent),
    "rollcall.closed": (1, rollcall.RollCallClosed),
    "rollcall.attendance_corrected": (1, rollcall.AttendanceCorrected),
    "agenda.item_started": (1, agenda.ItemStarted),
    "agenda.item_finished": (1, agenda.ItemFinished),
    "floor.requested": (1, floor.FloorRequested),
    "floor.request_accepted": (1, floor.RequestAccepted),
    "floor.request_denied": (1, floor.RequestDenied),
    "floor.request_cancelled": (1, floor.RequestCancelled),
    "floor.request_moved": (1, floor.RequestMoved),
    "floor.request_removed": (1, floor.RequestRemoved),
    "floor.request_written": (1, floor.RequestWritten),
    "floor.granted": (1, floor.FloorGranted),
    "floor.released": (1, floor.FloorReleased),
    "floor.revoked": (1, floor.FloorRevoked),
    "floor.extended": (1, floor.FloorExtended),
    "floor.time_warned": (1, floor.SpeakingTimeWarned),
    "floor.time_reached": (1, floor.SpeakingTimeReached),
    "floor.speech_corrected": (1, floor.SpeechCorrected),
    "onair.stood_by": (1, onair.SiteStoodBy),
    "onair.previewed": (1, onair.SitePreviewed),
    "onair.taken": (1, onair.SiteTaken),
    "onair.cut_back": (1, onair.SiteCutBack),
    "onair.held": (1, onair.AirHeld),
    "onair.restored": (1, onair.AirRestored),
    "onair.conduct_chosen": (1, onair.ConductChosen),
    "onair.layout_chosen": (1, onair.LayoutChosen),
    "handouts.listed": (1, handouts.HandoutListed),
    "handouts.page_shown": (1, handouts.PageShown),
    "handouts.taken_down": (1, handouts.HandoutTakenDown),
    "deputy.chair_gone": (1, deputy.ChairGone),
    "deputy.chair_back": (1, deputy.ChairBack),
    "deputy.lease_ended": (1, deputy.LeaseEnded),
    "deputy.presided": (1, deputy.DeputyPresided),
    "deputy.chair_returned": (1, deputy.ChairReturned),
    "notes.taken": (1, notes.NoteTaken),
    "notes.corrected": (1, notes.NoteCorrected),
    "conclusions.counts_declared": (1, conclusions.CountsDeclared),
    "conclusions.item_drafted": (1, conclusions.ItemDrafted),
    "conclusions.item_amended": (1, conclusions.ItemAmended),
    "conclusions.item_struck": (1, conclusions.ItemStruck),
    "conclusions.read_out": (1, conclusions.ConclusionReadOut),
    "conclusions.adopted": (1, conclusions.ConclusionAdopted),
    "tasks.assigned": (1, tasks.TaskAssigned),
}

CODEC: Final = Codec(EVENTS, upcasts=UPCASTS)
