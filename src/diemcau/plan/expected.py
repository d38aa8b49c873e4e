"""What a rehearsal of a plan must come to, counted from the plan itself.

The counts that `[expected]` declares are a check on the plan: one that differs is a fault.
"""

from collections.abc import Sequence

from diemcau.core.ids import PersonId, SiteId
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.model import (
    ConclusionItem,
    Delegate,
    Expected,
    Site,
    TaskPolicy,
    counted,
    remote_units,
)
from diemcau.plan.run_of_show import Grant, ReportAttendance, Step
from diemcau.plan.toml_file import Section

_MOST = 100_000_000


def count_expected(
    *,
    sites: Sequence[Site],
    delegates: Sequence[Delegate],
    conclusion: Sequence[ConclusionItem],
    tasks: TaskPolicy,
    steps: Sequence[Step],
) -> Expected:
    """Count what a plan of these parts comes to."""
    everyone = len(remote_units(sites))
    return Expected(
        sites=len(sites),
        speeches=sum(isinstance(step, Grant) for step in steps),
        delegates_present=_delegates_present(delegates, steps),
        tasks=sum(len(item.units) or everyone for item in conclusion if tasks.makes_tasks(item)),
        conclusion=counted(conclusion),
    )


def check_expected(section: Section, expected: Expected, unknown: frozenset[str]) -> None:
    """Note every declared count that differs; of those that are `unknown` nothing is asked."""
    figures = {
        "sites": expected.sites,
        "speeches": expected.speeches,
        "delegates_present": expected.delegates_present,
        "tasks": expected.tasks,
        **expected.counts,
    }
    for key in section.content:
        declared = section.whole(key, -1, 0, _MOST)
        figure = figures.get(key, 0)
        if declared not in {-1, figure} and key not in unknown:
            section.blame(FaultCode.COUNT_DIFFERS, key, found=declared, wanted=str(figure))


def _delegates_present(delegates: Sequence[Delegate], steps: Sequence[Step]) -> int:
    reported: set[SiteId] = set()
    absent: set[PersonId] = set()
    for step in steps:
        if isinstance(step, ReportAttendance):
            reported.update(step.sites)
            absent.update(step.absent)
    return len({one.id for one in delegates if one.site in reported} - absent)
