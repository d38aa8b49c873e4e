"""The documents of both examples, made once for all tests that only read them."""

from pathlib import Path

import pytest

from diemcau.core.ids import SiteId
from diemcau.documents.issue import issue, write
from diemcau.documents.model import DocumentKind
from tests.documents.story import HEALTH, SECTOR, Offices, sealed, whole

Files = dict[DocumentKind, tuple[Path, Path]]
BINH_THUAN, ST_ANNE = SiteId("binh-thuan"), SiteId("st-anne")


def make(example: str, site: SiteId, folder: Path) -> Files:
    """Issue and write all four documents of an example."""
    play = whole(example)
    seal = sealed(play)
    told = play.proceedings(seal)
    people = Offices(example)
    return {kind: write(issue(kind, told, people, site=site, number=1), folder) for kind in DocumentKind}


@pytest.fixture(scope="session")
def sector(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Give the Vietnamese example's documents: 68 halls."""
    return make(SECTOR, BINH_THUAN, tmp_path_factory.mktemp("sector"))


@pytest.fixture(scope="session")
def health(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Give the English example's documents: 17 halls, on Letter."""
    return make(HEALTH, ST_ANNE, tmp_path_factory.mktemp("health"))
