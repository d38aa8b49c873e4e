from hypothesis import given
from hypothesis import strategies as st

from diemcau.plan.hierarchy import cycles, in_tree_order, unknown_parents

CODES = st.sampled_from([f"u{number}" for number in range(12)])
ANY_PARENTS = st.dictionaries(CODES, st.none() | CODES)


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str | None]:
    """Draw units each of which stands under one drawn before it, in any order."""
    size = draw(st.integers(0, 12))
    parents: dict[str, str | None] = {}
    for number in range(size):
        above = draw(st.none() | st.sampled_from(sorted(parents))) if parents else None
        parents[f"u{number}"] = above
    return dict(draw(st.permutations(list(parents.items()))))


def leads_back(parents: dict[str, str | None], code: str) -> bool:
    """Say whether going up from a code comes back to it: the plain definition of a circle."""
    above = parents[code]
    for _ in parents:
        if above == code:
            return True
        above = None if above is None else parents.get(above)
    return False


@given(ANY_PARENTS)
def test_the_circles_hold_exactly_the_codes_that_lead_back_to_themselves(parents: dict[str, str | None]) -> None:
    found = [code for circle in cycles(parents) for code in circle]

    assert sorted(found) == sorted(code for code in parents if leads_back(parents, code))


@given(ANY_PARENTS)
def test_each_code_of_a_circle_stands_under_the_next(parents: dict[str, str | None]) -> None:
    for circle in cycles(parents):
        assert [parents[code] for code in circle] == [*circle[1:], circle[0]]
        assert min(circle, key=list(parents).index) == circle[0]


@given(trees())
def test_a_tree_has_no_circle_and_no_unknown_parent(parents: dict[str, str | None]) -> None:
    assert cycles(parents) == ()
    assert unknown_parents(parents) == ()


@given(ANY_PARENTS)
def test_a_parent_is_unknown_when_it_has_no_row(parents: dict[str, str | None]) -> None:
    missing = [code for code, parent in parents.items() if parent is not None and parent not in set(parents)]

    assert list(unknown_parents(parents)) == missing


@given(trees(), st.data())
def test_tree_order_has_every_unit_once_and_after_its_parent(
    parents: dict[str, str | None], data: st.DataObject
) -> None:
    order = {code: data.draw(st.integers(0, 3)) for code in parents}

    ordered = in_tree_order(parents, order)

    assert sorted(ordered) == sorted(parents)
    for code, parent in parents.items():
        assert parent is None or ordered.index(parent) < ordered.index(code)


@given(trees(), st.data())
def test_siblings_stand_in_order_of_protocol(parents: dict[str, str | None], data: st.DataObject) -> None:
    order = {code: data.draw(st.integers(0, 3)) for code in parents}

    ordered = in_tree_order(parents, order)

    for parent in {None, *parents}:
        siblings = [code for code in ordered if parents[code] == parent]
        assert siblings == sorted(siblings, key=lambda code: (order[code], code))


def test_a_long_chain_is_no_trouble() -> None:
    chain: dict[str, str | None] = {f"u{number}": f"u{number + 1}" for number in range(20_000)}
    chain["u20000"] = None

    assert cycles(chain) == ()
    assert in_tree_order(chain, dict.fromkeys(chain, 0))[-1] == "u0"
