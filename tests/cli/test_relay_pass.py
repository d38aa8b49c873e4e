import re
from pathlib import Path

import pytest

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import SiteId
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes
from tests.cli.conftest import Diemcau

SPRING = "spring-review"


@pytest.mark.parametrize(
    ("arguments", "sites"),
    [
        ([], None),
        (["--sites", "coast, hills"], {SiteId("coast"), SiteId("hills")}),
        (["--sites", "hills"], {SiteId("hills")}),
    ],
)
def test_a_relays_pass_is_printed_alone_and_names_the_sites_that_it_serves(
    diemcau: Diemcau, data: Path, arguments: list[str], sites: set[SiteId] | None
) -> None:
    said = diemcau("conference", "pass", SPRING, "--role", "relay", *arguments, "--data", data)

    assert (said.status, said.err) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", said.out)
    assert Passes(load_key(data)).read_relay(said.out.strip(), WallClock().now()).sites == sites


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--role", "relay", "--sites", "coast,moon"],
            "spring-review has no site moon: take codes of the plan's sites.",
        ),
        (["--role", "relay", "--sites", ","], "spring-review has no site ,: take codes of the plan's sites."),
        (
            ["--role", "program", "--sites", "coast"],
            "Only a relay serves several sites: --role relay --sites CODE,CODE; for a hall --role site --site CODE.",
        ),
    ],
)
def test_a_relays_pass_for_what_is_no_site_is_refused_in_one_line(
    diemcau: Diemcau, data: Path, arguments: list[str], sentence: str
) -> None:
    said = diemcau("conference", "pass", SPRING, *arguments, "--data", data)

    assert (said.status, said.out, said.err) == (1, "", f"{sentence}\n")
