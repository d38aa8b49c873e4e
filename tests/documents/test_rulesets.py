import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from diemcau.documents import words as shipped
from diemcau.documents.ruleset import NAMES, RulesetFault, read, ruleset
from diemcau.documents.words import words

FOLDER = Path(shipped.__file__).parents[1]
PARTY = (FOLDER / "rulesets" / "hd36-2018.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_ruleset_that_ships_can_be_read(name: str) -> None:
    found = ruleset(name)

    assert found.name == name
    assert found.page.left >= found.page.right


def test_a_ruleset_is_chosen_by_the_day_of_issue() -> None:
    old, new = ruleset("hd36-2018"), ruleset("hd05-2026")
    days = (date(2021, 3, 12), date(2026, 1, 8), date(2026, 1, 9))

    assert [(old.is_in_force(day), new.is_in_force(day)) for day in days] == [
        (True, False),
        (True, False),
        (False, True),
    ]


def test_everything_of_the_rules_of_2026_is_unconfirmed() -> None:
    assert not ruleset("hd05-2026").is_confirmed("body.end")
    assert ruleset("nd30-2020").is_confirmed("body.end")
    assert not ruleset("hd36-2018").is_confirmed("signature.minutes_left_vi")


def test_an_unknown_ruleset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RulesetFault, match=r"There is no ruleset 'nd31'\. Choose one of: nd30-2020"):
        ruleset("nd31")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("top = 20\n", "", "page.top is missing"),
        ("top = 20\n", 'top = "20"\n', "page.top is '20'"),
        ("top = 20\n", "top = 200\n", "a margin is not between 10 and 50 mm"),
        ("top = 20\n", "top = 20\ncolour = 1\n", "page.colour is not a key of a ruleset"),
        ("[page]", "[paper]", r"the section \[page\] is missing"),
        ("[page]", "[page", "not TOML"),
        ("kind_size = 16", "kind_size = 61", "a font size is not between 8 and 20 points"),
        ("motto_sizes = [15]", "motto_sizes = [15, 12]", "are not equally long"),
        ("motto_sizes = [15]", 'motto_sizes = ["15"]', "head.motto_sizes is"),
        ('motto_rules = ["full"]', 'motto_rules = ["long"]', "'long' is not one of"),
        ("{number:02d}-{kind}/{symbol}", "01-BB", r"has no \{number\}"),
    ],
)
def test_a_ruleset_at_fault_is_refused_with_the_key(old: str, new: str, said: str) -> None:
    assert old in PARTY

    with pytest.raises(RulesetFault, match=said):
        read("tried", PARTY.replace(old, new))


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    blanks = [
        {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in words(language).items()}
        for language in ("vi", "en")
    ]

    assert blanks[0].keys() == blanks[1].keys()
    assert {key for key in blanks[0] if blanks[0][key] != blanks[1][key]} == set()


def test_every_sentence_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    strings = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    made = re.compile(r"^(count|fault|table|time|minutes\.revoked)\.|\.slug$|^minutes\.revoked_")

    unused = {key for key in words("vi") if key not in strings and not made.search(key)}

    assert unused == set()


def test_a_language_without_sentences_of_its_own_has_the_vietnamese_ones() -> None:
    assert words("fr") == words("vi")
