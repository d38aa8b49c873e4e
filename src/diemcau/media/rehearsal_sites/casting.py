"""The casting: which sites a process of rehearsal sites plays, as one line of JSON."""

import json
from dataclasses import asdict, dataclass

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media.rehearsal_sites.elsewhere import Parent
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """Which sites a process plays, and how."""

    halls: tuple[Hall, ...]
    quality: Quality


def write_casting(casting: Casting) -> str:
    """Return the first line of standard input."""
    return json.dumps(asdict(casting), ensure_ascii=False)


def read_casting(line: str) -> Casting:
    """Read the first line of standard input."""
    fields = json.loads(line)
    halls = tuple(
        Hall(
            conference=ConferenceId(hall["conference"]),
            site=SiteId(hall["site"]),
            name=hall["name"],
            url=hall["url"],
            fingerprints=tuple(hall["fingerprints"]),
            token=hall["token"],
            parents=tuple(
                Parent(url=one["url"], fingerprints=tuple(one["fingerprints"])) for one in hall.get("parents", ())
            ),
        )
        for hall in fields["halls"]
    )
    return Casting(halls=halls, quality=Quality(**fields["quality"]))
