"""The picture of a rehearsal site: its name, a running clock and a frame counter.

Whoever looks at a screen sees at once which site it is and whether it moves. Only brightness is
drawn; the colour is one tint a site. Not a camera and not a player.
"""

import zlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_DARK, _BRIGHT = 40, 235
_TINTS = ((110, 160), (160, 110), (100, 120), (130, 90), (90, 140), (150, 150), (118, 108))


class Picture:
    """Draws the pictures of one site, planar YUV 4:2:0."""

    def __init__(self, name: str, *, width: int, height: int) -> None:
        self._size = (width, height)
        chroma = (width // 2) * (height // 2)
        u, v = _TINTS[zlib.crc32(name.encode()) % len(_TINTS)]
        self._chroma = bytes([u]) * chroma + bytes([v]) * chroma
        self._tint = tuple(Image.new("L", self._size, shade) for shade in (u, v))
        self._backdrop = _backdrop(name, width=width, height=height)
        self._small = _font(max(10, height // 9))

    def draw(self, at: datetime, number: int) -> bytes:
        """Return the picture of one instant."""
        return self._draw(at, number).tobytes() + self._chroma

    def draw_jpeg(self, at: datetime, number: int) -> bytes:
        """Return the picture of one instant as a JPEG."""
        file = BytesIO()
        Image.merge("YCbCr", (self._draw(at, number), *self._tint)).save(file, "JPEG", quality=70)
        return file.getvalue()

    def _draw(self, at: datetime, number: int) -> Image.Image:
        width, height = self._size
        image = self._backdrop.copy()
        draw = ImageDraw.Draw(image)
        clock = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
        left, low = width // 20, height - height // 5
        draw.text((left, low), clock, fill=_BRIGHT, font=self._small)
        draw.text((width - left, low), f"{number:06d}", fill=_BRIGHT, font=self._small, anchor="ra")
        x = (number * 4) % width
        draw.rectangle((x, height - 4, min(x + width // 8, width), height), fill=_BRIGHT)
        return image


def _backdrop(name: str, *, width: int, height: int) -> Image.Image:
    shade = np.linspace(_DARK, _DARK * 2, height, dtype=np.uint8)[:, None]
    image = Image.fromarray(np.repeat(shade, width, axis=1))
    draw = ImageDraw.Draw(image)
    size = height // 5
    while size > height // 16 and draw.textlength(name, font=_font(size)) > width * 0.9:
        size -= 1
    middle = (width // 2, height * 2 // 5)
    draw.text(middle, name, fill=_BRIGHT, font=_font(size), anchor="mm")
    return image


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = files("diemcau.media") / "fonts" / "NotoSans-Bold-Latin.ttf"
    return ImageFont.truetype(BytesIO(path.read_bytes()), size)
