"""A further picture beside the one in the catalog, in the container `legacy`.

Whoever reads it knows its name from the contract. It is not in the catalog: the library keeps the
whole catalog back until every picture in it has had a key frame, and this one may never have any.
"""

import moq

from diemcau.media.fabric import MediaFrame


class BesideTrack:
    """One track of H.264 whose groups begin with key frames."""

    def __init__(self, broadcast: moq.BroadcastProducer, name: str) -> None:
        self._track = broadcast.publish_track(name)
        self._group: moq.GroupProducer | None = None

    def write(self, frame: MediaFrame) -> None:
        """Publish one frame; what comes before the first key frame is left out."""
        if frame.key:
            self._end_group()
            self._group = self._track.append_group()
        if self._group is not None:
            self._group.write_frame(varint(frame.at_us) + frame.payload, frame.at_us)

    def demand(self) -> moq.TrackDemand:
        """Return whether somebody is subscribed."""
        return self._track.demand()

    def finish(self) -> None:
        """End it cleanly."""
        self._end_group()
        self._track.finish()

    def _end_group(self) -> None:
        group, self._group = self._group, None
        if group is not None:
            group.finish()


def varint(value: int) -> bytes:
    """Return a number as QUIC writes it (RFC 9000, section 16). Raises `OverflowError` from 2^62 on."""
    for size, mark in ((1, 0x00), (2, 0x40), (4, 0x80), (8, 0xC0)):
        if 0 <= value < 1 << (8 * size - 2):
            written = bytearray(value.to_bytes(size, "big"))
            written[0] |= mark
            return bytes(written)
    raise OverflowError(f"{value} is no number of QUIC")
