"""What was prepared: a conference in files, read, checked whole, and given back as a `Plan`.

Reading a plan changes nothing: turning a checked `Plan` into commands is `wiring`'s.
The format is described in `docs/plan-format.md`.
"""

from diemcau.plan.faults import Fault, FaultCode, FaultyPlan
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.plan.scale import TooFewSites, scaled
from diemcau.plan.template import write_template

__all__ = [
    "Fault",
    "FaultCode",
    "FaultyPlan",
    "Plan",
    "TooFewSites",
    "read_plan",
    "scaled",
    "write_template",
]
