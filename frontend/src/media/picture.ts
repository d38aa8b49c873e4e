// The camera's pictures, one by one, as frames to encode.

type Taken = (frame: VideoFrame) => void;

interface Processor {
  readonly readable: ReadableStream<VideoFrame>;
}

declare const MediaStreamTrackProcessor: (new (given: { track: MediaStreamTrack }) => Processor) | undefined;

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

function fromElement(track: MediaStreamTrack, take: Taken): () => void {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  video.play().catch(() => undefined);
  let asked = 0;
  const next = (): void => {
    asked = video.requestVideoFrameCallback(() => {
      take(new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) }));
      next();
    });
  };
  next();
  return () => {
    video.cancelVideoFrameCallback(asked);
    video.srcObject = null;
  };
}
