"""Stills: three pictures of a speech to choose from, decoded from the finished recording when they are asked for.

They are kept beside the recording as JPEG, and so is which one was chosen. Whose speech it was
and when, `wiring` knows.
"""

import io
import json
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import Final

import av
from av.container import InputContainer
from PIL import Image

PLACES: Final = (0.2, 0.5, 0.8)
_FOLDER = "stills"
_CHOSEN = "chosen.json"
_LARGEST = (1280, 720)
_QUALITY = 88


def still(recording: Path, *, begin: float, end: float, number: int) -> Path | None:
    """Return the file of a still (1 to 3) of what was recorded between two places; nothing if there is none."""
    name = f"{recording.stem}-{round(begin * 1000)}-{round(end * 1000)}-{number}.jpg"
    path = recording.parent / _FOLDER / name
    if path.is_file():
        return path
    with av.open(recording, "r") as opened:
        picture = _key_picture(opened, begin + (end - begin) * PLACES[number - 1], begin)
    if picture is None:
        return None
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(f".{get_ident()}.draft")  # a page and an article may make the same one at once
    draft.write_bytes(_jpeg(picture))
    draft.rename(path)
    return path


def chosen_in(folder: Path) -> dict[str, int]:
    """Return which still was chosen, by the speech."""
    with suppress(OSError, ValueError):
        kept = json.loads((folder / _FOLDER / _CHOSEN).read_text())
        return {str(speech): int(number) for speech, number in kept.items()}
    return {}


def choose(folder: Path, speech: str, number: int | None) -> None:
    """Note which still of a speech was chosen; nothing: none."""
    kept = {one: chosen for one, chosen in chosen_in(folder).items() if one != speech}
    if number is not None:
        kept[speech] = number
    (folder / _FOLDER).mkdir(exist_ok=True)
    draft = folder / _FOLDER / f"{_CHOSEN}.draft"
    draft.write_text(json.dumps(kept))
    draft.rename(folder / _FOLDER / _CHOSEN)


def throw_away(folder: Path) -> None:
    """Remove the files of all stills; each is made again when it is asked for."""
    for file in (folder / _FOLDER).glob("*.jpg"):
        file.unlink(missing_ok=True)


def _key_picture(opened: InputContainer, at: float, least: float) -> av.VideoFrame | None:
    """Decode the key frame at or before a place, but none of whoever was shown before the speech."""
    stream = opened.streams.video[0]
    stream.codec_context.skip_frame = "NONKEY"
    opened.seek(round(at * av.time_base))
    found = None
    for picture in opened.decode(stream):
        time = picture.time or 0.0
        if time >= least and (found is None or time <= at):
            found = picture
        if time > at and found is not None:
            break
    return found


def _jpeg(picture: av.VideoFrame) -> bytes:
    image, written = Image.fromarray(picture.to_ndarray(format="rgb24")), io.BytesIO()
    image.thumbnail(_LARGEST)
    image.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
