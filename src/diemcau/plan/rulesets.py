"""The names of the rulesets that documents can follow. What they demand is `documents`' matter."""

from enum import StrEnum


class Ruleset(StrEnum):
    """A set of rules for the layout and wording of documents, named with its year of issue."""

    ND30_2020 = "nd30-2020"
    HD36_2018 = "hd36-2018"
    HD05_2026 = "hd05-2026"
    PLAIN = "plain"
