// The camera's pictures, one by one, as frames to encode.
import { every } from "./ticks";

type Taken = (frame: VideoFrame) => void;

interface Processor {
  readonly readable: ReadableStream<VideoFrame>;
}

declare const MediaStreamTrackProcessor: (new (given: { track: MediaStreamTrack }) => Processor) | undefined;

const FRAME_MS = 40;

/** Hands each picture to `take`, which closes it; returns what stops it. */
export function takePictures(track: MediaStreamTrack, take: Taken): () => void {
  return typeof MediaStreamTrackProcessor === "function" ? fromTrack(track, take) : fromElement(track, take);
}

function fromTrack(track: MediaStreamTrack, take: Taken): () => void {
  const own = track.clone();
  const Processing = MediaStreamTrackProcessor as new (given: { track: MediaStreamTrack }) => Processor;
  const reader = new Processing({ track: own }).readable.getReader();
  const read = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      take(value);
    }
  };
  read().catch(() => undefined);
  return () => {
    reader.cancel().catch(() => undefined);
    own.stop();
  };
}

/** By a clock of its own, not by what is painted: a hidden page paints nothing and its camera goes on. */
function fromElement(track: MediaStreamTrack, take: Taken): () => void {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  video.play().catch(() => undefined);
  const stop = every(FRAME_MS, () => {
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    take(new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) }));
  });
  return () => {
    stop();
    video.srcObject = null;
  };
}
