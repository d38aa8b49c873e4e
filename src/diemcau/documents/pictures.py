"""How large a picture is drawn: as wide as the text lets it be, in its own shape, and never a page of its own.

Both renderers ask here, so that a picture has the same size in .docx and .pdf.
"""

from io import BytesIO

from PIL import Image

from diemcau.documents.model import Picture

WIDEST = 150.0
"""The widest a picture is drawn, in millimetres."""
_SHAPE = 16 / 9


def size_of(picture: Picture, room: float) -> tuple[float, float]:
    """Return width and height in millimetres where the text is `room` wide; what is taller than 16:9 gets narrower."""
    width = min(room * picture.share / 100, WIDEST)
    with Image.open(BytesIO(picture.jpeg)) as image:
        across, down = image.size
    height = min(width * down / across, width / _SHAPE)
    return height * across / down, height
