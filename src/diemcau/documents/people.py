"""Who a person id stands for: the erasable part of the documents, asked for when one is made."""

from typing import Protocol

from diemcau.core.ids import PersonId


class People(Protocol):
    """The directory of people as documents see it; nothing of it is kept."""

    def office_of(self, person: PersonId) -> str | None:
        """Return the office in the conference's language, or nothing if the person was erased."""
        ...

    def name_of(self, person: PersonId) -> str | None:
        """Return the name, empty if none was given, or nothing if the person was erased."""
        ...
