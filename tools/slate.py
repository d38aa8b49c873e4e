"""Make the slate that a recording shows while nobody is to be seen: one key frame of H.264.

Run by hand when its words change: `python tools/slate.py`. The encoder is the media library's own.
"""

import asyncio
from pathlib import Path

import av
import moq
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from diemcau.media import h264
from diemcau.media.recording.slate import FILE

ROOT = Path(__file__).resolve().parents[1]
FONT = ROOT / "src/diemcau/documents/fonts/LiberationSerif-Regular.ttf"
WHERE = ROOT / "src/diemcau/media/recording" / FILE
SIZE = (640, 360)
PAPER, INK = (24, 34, 48), (226, 231, 238)
LINES = (("Chưa có hình", 44, 140), ("No picture", 26, 205))


def drawn() -> Image.Image:
    """Draw the slate."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    for words, size, top in LINES:
        font = ImageFont.truetype(FONT, size)
        pen.text(((SIZE[0] - pen.textlength(words, font=font)) / 2, top), words, font=font, fill=INK)
    return picture


async def encoded(picture: Image.Image) -> bytes:
    """Encode it as a key frame with its parameter sets."""
    yuv = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24").reformat(format="yuv420p").to_ndarray()
    broadcast = moq.BroadcastProducer()
    size = moq.VideoEncoderInput(format=moq.VideoPixelFormat.I420, width=SIZE[0], height=SIZE[1], framerate=25)
    codec = moq.VideoEncoderOutput(
        codec=moq.VideoCodec.H264, track="video", bitrate=1_500_000, gop=1, kind=moq.VideoEncoderKind.SOFTWARE()
    )
    video = broadcast.encode_video(size, codec)
    media = await broadcast.consume().subscribe_media("video", moq.Container.LEGACY())
    await video.demand().used()
    for number in range(5):
        video.write(moq.VideoFrame(timestamp_us=40_000 * number, data=yuv.tobytes()))
    async with asyncio.timeout(10), media as frames:
        async for frame in frames:
            if h264.is_whole_key_frame(frame.payload):
                return bytes(frame.payload)
    raise RuntimeError("the encoder gave no key frame")


if __name__ == "__main__":
    WHERE.write_bytes(asyncio.run(encoded(drawn())))
    print(f"{WHERE.relative_to(ROOT)}: {WHERE.stat().st_size} bytes")
