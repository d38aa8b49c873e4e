"""The slate: what is shown while nobody is to be seen, encoded once, when the program was made.

`tools/slate.py` makes it. It bears the same words in both languages.
"""

from functools import cache
from importlib.resources import files

from diemcau.media import h264
from diemcau.media.recording.segmenter import Look
from diemcau.media.recording.sequence import read_sequence

FILE = "slate.h264"
_SETS = (7, 8)


@cache
def slate() -> tuple[Look, bytes]:
    """Return how the slate looks, and its picture framed with lengths."""
    stream = files(__package__).joinpath(FILE).read_bytes()
    sets = h264.parameter_sets(stream)
    if sets is None:
        raise h264.MalformedVideoError("the slate has no parameter sets")
    pictures = (unit for unit in h264.units(stream) if h264.kind(unit) not in _SETS)
    sized = b"".join(len(unit).to_bytes(4, "big") + unit for unit in pictures)
    look = Look(site="", air=0, sets=sets, sequence=read_sequence(sets.sps[0]), slate=True)
    return look, look.with_sets(sized)
