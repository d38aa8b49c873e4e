"""Whether the steps of a run of show can be played in their order.

A small likeness of the standing orders that `core` keeps, just enough to point at the line of a
step that would be refused. `core` decides; this only tells it before the day.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from diemcau.core.ids import AgendaId, SiteId
from diemcau.core.regulations import Order, Regulations
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.run_of_show import BeginItem, Grant, Request
from diemcau.plan.steps import PlacedStep, StepKind

_ONLY_OPEN = frozenset(
    {
        StepKind.BEGIN_ITEM,
        StepKind.REQUEST,
        StepKind.GRANT,
        StepKind.ADJOURN,
        StepKind.READ_OUT,
        StepKind.ADOPT,
    }
)
_NEEDS: dict[StepKind, tuple[StepKind, ...]] = {
    StepKind.REPORT_ATTENDANCE: (StepKind.OPEN_ROLL_CALL,),
    StepKind.CLOSE_ROLL_CALL: (StepKind.OPEN_ROLL_CALL,),
    StepKind.RESUME: (StepKind.ADJOURN,),
    StepKind.NOTE: (StepKind.OPEN,),
    StepKind.SHOW: (StepKind.OPEN,),
    StepKind.READ_OUT: (StepKind.OPEN, StepKind.DRAFT),
    StepKind.ADOPT: (StepKind.OPEN, StepKind.READ_OUT),
    StepKind.CLOSE: (StepKind.OPEN,),
    **dict.fromkeys((StepKind.BEGIN_ITEM, StepKind.REQUEST, StepKind.GRANT, StepKind.ADJOURN), (StepKind.OPEN,)),
}
_ONCE = frozenset({StepKind.OPEN, StepKind.DRAFT, StepKind.READ_OUT, StepKind.ADOPT, StepKind.CLOSE})
_ENDS = {StepKind.CLOSE_ROLL_CALL: StepKind.OPEN_ROLL_CALL, StepKind.RESUME: StepKind.ADJOURN}


@dataclass(slots=True)
class _Played:
    """What has been played so far."""

    done: set[StepKind] = field(default_factory=set)
    waiting: list[SiteId] = field(default_factory=list)
    turns: Counter[tuple[SiteId, AgendaId | None]] = field(default_factory=Counter)
    item: AgendaId | None = None


def check_order(steps: Sequence[PlacedStep], regulations: Regulations) -> None:
    """Note every step that would be refused where it stands; each step by itself has no fault."""
    played = _Played()
    for placed in steps:
        _check_stage(placed, played)
        match placed.step:
            case BeginItem(item=item):
                played.item = item
            case Request(site=site):
                _check_request(placed, site, played)
            case Grant(site=site, topic=topic):
                _check_grant(placed, site, topic, played, regulations)
            case _:
                pass
        _note_done(placed.kind, played.done)


def _check_stage(placed: PlacedStep, played: _Played) -> None:
    kind, done = placed.kind, played.done
    if StepKind.CLOSE in done or kind in done & (_ONCE | set(_ENDS.values())):
        placed.section.blame(FaultCode.STEP_TOO_LATE, "step")
        return
    missing = _missing(kind, done)
    for needed in missing:
        placed.section.blame(FaultCode.STEP_TOO_EARLY, "step", wanted=needed.value)


def _missing(kind: StepKind, done: set[StepKind]) -> Iterable[StepKind]:
    yield from (needed for needed in _NEEDS.get(kind, ()) if needed not in done)
    if kind in _ONLY_OPEN and StepKind.ADJOURN in done:
        yield StepKind.RESUME


def _note_done(kind: StepKind, done: set[StepKind]) -> None:
    done.add(kind)
    if kind in _ENDS:
        done -= {_ENDS[kind], kind}


def _check_request(placed: PlacedStep, site: SiteId, played: _Played) -> None:
    if site in played.waiting:
        placed.section.blame(FaultCode.STEP_TOO_EARLY, "site", wanted=f"grant {site}")
        return
    played.waiting.append(site)


def _check_grant(placed: PlacedStep, site: SiteId, topic: str, played: _Played, regulations: Regulations) -> None:
    in_order = regulations.order is Order.AS_REGISTERED
    if in_order and played.waiting and played.waiting[0] != site:
        wanted = f"grant {played.waiting[0]}"
        placed.section.blame(FaultCode.STEP_TOO_EARLY, "site", wanted=wanted)
    if site in played.waiting:
        played.waiting.remove(site)
    elif not topic:
        placed.section.blame(FaultCode.STEP_TOO_EARLY, "site", wanted=f"request {site}")
    played.turns[site, played.item] += 1
    if played.turns[site, played.item] > regulations.max_turns:
        placed.section.blame(FaultCode.TOO_MANY_TURNS, "site", wanted=str(regulations.max_turns))
