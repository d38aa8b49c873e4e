import pytest

from diemcau.core.refusals import ReasonMissing, ReasonTooLong, Refusal, need_reason


def test_a_reason_stands_without_outer_blanks() -> None:
    assert need_reason("  Giải lao\n") == "Giải lao"
    assert need_reason("g" * 1_000) == "g" * 1_000


@pytest.mark.parametrize("reason", ["", " ", "\t\n"])
def test_blanks_are_no_reason(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        need_reason(reason)


def test_a_reason_is_no_book() -> None:
    with pytest.raises(ReasonTooLong) as refusal:
        need_reason("g" * 1_000_000)

    assert refusal.value.about == {"found": "1000000", "most": "1000"}


def test_a_refusal_says_its_code_and_what_it_is_about() -> None:
    refusal = Refusal(site="hue")

    assert (str(refusal), refusal.about) == ("refused", {"site": "hue"})
