"""What stands beside the desks, with a little in it: documents, tasks, a recording, media, a run of show."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.ids import ConferenceId, SiteId, TaskId, UnitCode
from diemcau.core.roles import Role
from diemcau.media.fabric import Code, Knock
from diemcau.web.ports import Chapter, Form, ListedDocument, Parts, Recording, TaskLine, TaskPage
from tests.core.samples import HUE, VINH


def some_files(folder: Path) -> Path:
    """Make a folder with documents, a recording, and a file that is nobody's."""
    folder.mkdir()
    for name in ("minutes.pdf", "minutes.docx", "article-hue.pdf", "secret.pdf", "review.mp4"):
        (folder / name).write_bytes(name.encode() * 100)
    return folder


@dataclass(slots=True)
class Beside:
    """Documents, tasks, recording, media and a run of show, each with a little in it."""

    folder: Path
    running: list[bool] = field(default_factory=list)
    port: int = 8443
    lacking: str | None = None
    later: tuple[Recording, ...] = ()
    chosen: int | None = None

    def __call__(self, parts: Parts) -> Parts:
        checks = {"journal": self.check, "media": self.well}
        shelves = replace(parts, documents=self, tasks=self, recordings=self, watching=self)
        return replace(shelves, media=self, scripts=self, checks=checks)

    async def listed(self, _: ConferenceId, *, role: Role, site: SiteId | None) -> tuple[ListedDocument, ...]:
        minutes = ListedDocument(document="minutes", title="Biên bản")
        articles = tuple(ListedDocument(document=f"article-{one}", title="Bài viết", site=one) for one in (HUE, VINH))
        return (minutes, *articles) if role is not Role.SITE else tuple(one for one in articles if one.site == site)

    async def file(self, _: ConferenceId, document: str, form: Form) -> Path | None:
        return self.folder / f"{document}.{form.value}"

    async def page(self, _: ConferenceId, *, after: int, unit: UnitCode | None, limit: int) -> TaskPage:
        line = TaskLine(
            task=TaskId("t1"),
            number=1,
            kind=ItemKind.TASK,
            horizon=Horizon.YEAR,
            text="Làm",
            unit=unit or UnitCode("unit-hue"),
            unit_name="Đơn vị",
            due=date(2027, 2, 28),
        )
        return TaskPage(total=804, tasks=(line,), next=after + limit)

    async def of(self, _: ConferenceId) -> Recording | None:
        start, end = timedelta(seconds=61.5), timedelta(seconds=90)
        chapter = Chapter(title="Huế", start=start, end=end, speech="r1", chosen=self.chosen)
        whole = Recording(file=self.folder / "review.mp4", length=timedelta(minutes=3), chapters=(chapter,))
        return replace(whole, parts=(whole, *self.later))

    async def still(self, _: ConferenceId, speech: str, number: int) -> Path | None:
        return self.folder / "minutes.pdf" if (speech, number) == ("r1", 2) else None

    async def choose_still(self, _: ConferenceId, speech: str, number: int | None) -> bool:
        self.chosen = number
        return speech == "r1"

    async def line(self, _: ConferenceId) -> None:
        return None

    def screen_token(self, conference: ConferenceId, until: datetime) -> str:
        return f"{conference}-{until:%Y%m%d}"

    def cut(self) -> None:
        """Let the recording have a second part."""
        file = self.folder / "review-2.mp4"
        file.write_bytes(b"what came after the restart")
        self.later = (Recording(file=file, length=timedelta(minutes=1)),)

    def fingerprints(self) -> tuple[str, ...]:
        return ("ab" * 32,)

    def is_camera_busy(self, conference: ConferenceId, site: SiteId) -> bool:
        return (conference, site) == ("review-2026", VINH)

    async def meet(self, knock: Knock) -> None:
        await knock.refuse(Code.STOPPING)

    def find(self, conference: ConferenceId) -> "Beside | None":
        return self if conference == "review-2026" else None

    def resume(self) -> None:
        self.running.append(True)

    def pause(self) -> None:
        self.running.append(False)

    async def check(self) -> str | None:
        return self.lacking

    async def well(self) -> str | None:
        return None
