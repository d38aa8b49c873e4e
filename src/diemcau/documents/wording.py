"""How a conference's facts are worded: times, counts, people and sites, in its language and time zone.

Every document takes its words from here, so that all of them agree in every title and figure.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from unicodedata import normalize

from diemcau.core.convening import Facts, InvitedDelegate, InvitedSite
from diemcau.core.ids import PersonId, SiteId
from diemcau.documents.people import People
from diemcau.documents.ruleset import Ruleset, ruleset
from diemcau.documents.words import Words, words
from diemcau.projections.proceedings import CountedList, Proceedings, SiteAttendance, Speech, attendance

NOON, EVENING = 12, 18
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 - a list to read
)
_LEADING_ZERO_MONTHS = 2


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The proceedings with the words to tell them in."""

    proceedings: Proceedings
    people: People

    @property
    def facts(self) -> Facts:
        """What the conference was convened with."""
        return self.proceedings.facts

    @property
    def language(self) -> str:
        """The conference's language: `vi` or `en`."""
        return self.facts.language if self.facts.language == "en" else "vi"

    @cached_property
    def ruleset(self) -> Ruleset:
        """The ruleset that the conference's documents follow."""
        return ruleset(self.facts.letterhead.ruleset)

    @cached_property
    def attendance(self) -> tuple[SiteAttendance, ...]:
        """Who is present where."""
        return attendance(self.proceedings)

    @cached_property
    def _words(self) -> Words:
        return words(self.language)

    @cached_property
    def _zone(self) -> tzinfo:
        return self.facts.zone

    @cached_property
    def _sites(self) -> dict[SiteId, InvitedSite]:
        return {one.site: one for one in self.facts.sites}

    def say(self, key: str, **blanks: object) -> str:
        """Return a sentence with its blanks filled in."""
        return normalize("NFC", self._words[key].format(**blanks))

    # Times

    def local(self, at: datetime) -> datetime:
        """Return a moment in the conference's time zone."""
        return at.astimezone(self._zone)

    def clock(self, at: datetime) -> str:
        """Return hours and minutes as words."""
        local = self.local(at)
        return self.say("time.clock", hour=local.hour, minute=local.minute)

    def moment(self, at: datetime) -> str:
        """Return the time of day with the day."""
        return self.say("time.moment", clock=self.clock(at), day=self.day(self.local(at).date()))

    def day(self, on: date) -> str:
        """Return a day; in Vietnamese with a leading 0 for days under 10 and for months 1 and 2 (NĐ 30, Annex I)."""
        if self.language == "en":
            return self.say("time.day", day=on.day, month=_MONTHS[on.month - 1], year=on.year)
        month = f"{on.month:02d}" if on.month <= _LEADING_ZERO_MONTHS else str(on.month)
        return self.say("time.day", day=f"{on.day:02d}", month=month, year=on.year)

    def short_day(self, on: date) -> str:
        """Return a day as figures."""
        if self.language == "en":
            return self.day(on)
        return self.say("time.short_day", day=on.day, month=on.month, year=on.year)

    def half_day(self, at: datetime) -> str:
        """Return the day with its part: morning, afternoon or evening."""
        local = self.local(at)
        part = "morning" if local.hour < NOON else "afternoon" if local.hour < EVENING else "evening"
        return self.say(f"time.{part}", day=self.short_day(local.date()))

    def stamp(self, at: datetime | None) -> str:
        """Return the time of day to the second, for tables."""
        return "–" if at is None else f"{self.local(at):%H:%M:%S}"

    def length(self, length: timedelta | None) -> str:
        """Return a length of time as minutes and seconds, for tables."""
        if length is None:
            return "–"
        minutes, seconds = divmod(round(length.total_seconds()), 60)
        return f"{minutes:02d}:{seconds:02d}"

    # Counts

    def figure(self, count: int) -> str:
        """Return a count as the language writes it: `07`, `1.250`; `7`, `1,250`."""
        if self.language == "en":
            return f"{count:,}"
        return f"{count:,}".replace(",", ".").zfill(2)

    def count(self, count: int, noun: str, **blanks: object) -> str:
        """Return a count with its noun, such as `07 lượt ý kiến phát biểu`."""
        return f"{self.figure(count)} {self.say(f'count.{noun}.{_form(count)}', **blanks)}"

    def forms(self, noun: str, **blanks: object) -> tuple[str, ...]:
        """Return the forms of a noun under which its counts are found."""
        return tuple(dict.fromkeys(self.say(f"count.{noun}.{form}", **blanks) for form in ("other", "one")))

    def listed(self, parts: tuple[str, ...]) -> str:
        """Return `a, b and c`."""
        if len(parts) < 2:  # noqa: PLR2004 - one needs no joining
            return "".join(parts)
        return self.say("list.last", others=", ".join(parts[:-1]), last=parts[-1])

    def noun_of(self, counted: CountedList) -> tuple[str, dict[str, object]]:
        """Return the noun of a list of the conclusion; tasks of a year name it when their days agree on one."""
        if counted.name != "year_task":
            return counted.name, {}
        years = {one.item.due.year if one.item.due else None for one in counted.items}
        year = years.pop() if len(years) == 1 else None
        return ("year_task", {"year": year}) if year else ("year_task_undated", {})

    def counted(self, lists: tuple[CountedList, ...]) -> str:
        """Return the counts of a conclusion: `05 …, 06 … và 05 …`."""
        parts = []
        for one in lists:
            noun, blanks = self.noun_of(one)
            parts.append(self.count(len(one.items), noun, **blanks))
        return self.listed(tuple(parts))

    # People and sites

    def person(self, person: PersonId | None) -> str:
        """Return a person as named in running text: name and office, office alone, or that it was erased."""
        if person is None:
            return self.say("person.unnamed")
        office, name = self.people.office_of(person), self.people.name_of(person)
        if office is None or name is None:
            return self.say("person.erased")
        return self.say("person.named", name=_nfc(name), office=_nfc(office)) if name else _nfc(office)

    def in_sentence(self, person: PersonId | None) -> str:
        """Return a person as a sentence names one; an office without a name may need an article."""
        named = person is None or self.name(person)
        return self.person(person) if named else self.say("person.without_name", person=self.person(person))

    def honoured(self, person: PersonId | None) -> str:
        """Return a person with the form of address that the ruleset has."""
        honorific = self.ruleset.signature.honorific_vi if self.language == "vi" else ""
        if person is None or not honorific:
            return self.in_sentence(person)
        return self.say("person.with_honorific", honorific=honorific, person=self.person(person))

    def name(self, person: PersonId | None) -> str:
        """Return the name to stand under a signature; empty if none was given."""
        if person is None:
            return ""
        name = self.people.name_of(person)
        return self.say("person.erased") if name is None else _nfc(name)

    def office(self, person: PersonId) -> str:
        """Return the office alone, or that it was erased."""
        office = self.people.office_of(person)
        return self.say("person.erased") if office is None else _nfc(office)

    def on_duty(self, duty: str, site: SiteId | None = None) -> InvitedDelegate | None:
        """Return who has a duty (`chair`, `secretary`, …) at a site, else at the main site."""
        at = site or self.facts.main_site
        return next((one for one in self.facts.delegates if one.site == at and one.duty == duty), None)

    @property
    def chair(self) -> PersonId | None:
        """Who presides over the conference."""
        chair = self.on_duty("chair")
        return None if chair is None else chair.person

    def site(self, site: SiteId) -> str:
        """Return the name of a site as a sentence begins with it."""
        name = _nfc(self._sites[site].name)
        if re.match(re.escape(self.say("site.prefix")), name, re.IGNORECASE):
            return name
        return self.say("site.site", name=name)

    def site_within(self, site: SiteId) -> str:
        """Return the name of a site within a sentence."""
        name, prefix = self.site(site), self.say("site.prefix")
        return prefix + name[len(prefix) :] if name.lower().startswith(prefix) else name

    def site_name(self, site: SiteId) -> str:
        """Return the name of a site alone, for tables."""
        return _nfc(self._sites[site].name)

    def main_site(self) -> str:
        """Return the main site with its hall's address if it is known."""
        address = self._sites[self.facts.main_site].address
        return self.say("site.main_at", address=_nfc(address)) if address else self.say("site.main")

    def organiser(self) -> str:
        """Return the organiser's name; the facts may name it by its unit's code."""
        units = {str(one.unit): one for one in self.facts.units}
        unit = units.get(self.facts.organiser)
        if unit is None:
            return _nfc(self.facts.organiser)
        return _nfc(unit.name_en if self.language == "en" and unit.name_en else unit.name)

    def issuer(self) -> str:
        """Return who issues the documents: the letterhead's issuer, else the organiser."""
        return _nfc(self.facts.letterhead.issuer) or self.organiser()

    def speaker(self, speech: Speech) -> str:
        """Return who spoke."""
        return self.person(speech.speaker)


def capital(sentence: str) -> str:
    """Return a sentence with its first letter as a capital."""
    return sentence[:1].upper() + sentence[1:]


def stop(sentence: str) -> str:
    """Return a sentence without the stop at its end, so that another mark can be set."""
    return sentence.rstrip().rstrip(".;")


def _form(count: int) -> str:
    return "one" if count == 1 else "other"


def _nfc(text: str) -> str:
    return normalize("NFC", text)
