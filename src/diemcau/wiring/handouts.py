"""The files of handouts: kept under their digest, so that a name never means two files.

What may be shown stands in the journal (`core.handouts`); a file that nothing names any more is
harmless. Sample pages are drawn when they are first asked for.
"""

import asyncio
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from diemcau.core.handouts import Handout, Handouts
from diemcau.documents.sample_handout import sample_handout
from diemcau.plan.convening import handouts_of
from diemcau.plan.handout_file import pages_of
from diemcau.plan.model import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file on the shelf."""

    digest: str
    pages: int


def handouts_in(data: Path) -> Path:
    """Return the folder of handouts in a data folder."""
    return data / "handouts"


class HandoutShelf:
    """The handouts' files of all conferences, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, pdf: bytes) -> tuple[str, int]:
        """Keep a file; return its digest and its pages. Raises `NotAHandout`: then nothing is kept."""
        kept = await asyncio.to_thread(self.put, pdf)
        return kept.digest, kept.pages

    async def file(self, handout: Handout, *, language: str) -> Path | None:
        """Return the file of a listed handout, drawn if it is a sample; nothing if it is gone."""
        if handout.digest:
            path = self._path(handout.digest)
            return path if path.is_file() else None
        return await asyncio.to_thread(self._sample, handout, language)

    def put(self, pdf: bytes) -> Kept:
        """Keep a file, written whole or not at all. Raises `NotAHandout`."""
        pages, digest = pages_of(pdf), hashlib.sha256(pdf).hexdigest()
        self._write(self._path(digest), pdf)
        return Kept(digest=digest, pages=pages)

    def take_in(self, plan: Plan) -> Handouts:
        """Keep the files of a checked plan; return the list that its conference begins with."""
        files = {one.id: self.put(Path(one.file).read_bytes()) for one in plan.handouts if one.file is not None}
        return handouts_of(plan, {handout: kept.digest for handout, kept in files.items()})

    def _sample(self, handout: Handout, language: str) -> Path:
        named = f"{handout.title}\n{handout.pages}\n{language}"
        path = self._folder / f"sample-{hashlib.sha256(named.encode()).hexdigest()[:32]}.pdf"
        if not path.is_file():
            self._write(path, sample_handout(handout.title, handout.pages, language))
        return path

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.pdf"

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with draft.open("xb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
