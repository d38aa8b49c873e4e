// Decodes the picture of one track as it comes: H.264 of any size, or a JPEG now and then. A fault costs the pictures up
// to the next key frame, never more.
import { parametersOf } from "./h264";
import type { MediaFrame, Session } from "./session";

const MOST_QUEUED = 50;

export interface Decoded {
  /** A frame came in; it is decoded next. */
  readonly arrived: (frame: MediaFrame) => void;
  /** To be closed by whoever takes it. */
  readonly picture: (picture: VideoFrame) => void;
  readonly ended: () => void;
}

/** What brings pictures until it is stopped. */
export interface PictureFeed {
  stop(): void;
}

export class VideoFeed implements PictureFeed {
  readonly #decoded: Decoded;
  readonly #unsubscribe: () => void;
  #decoder: VideoDecoder | null = null;
  #sets = "";
  #waitsForKey = true;
  #isOver = false;

  constructor(session: Session, path: string, track: string, latencyMs: number, decoded: Decoded) {
    this.#decoded = decoded;
    const ended = (): void => {
      if (!this.#isOver) decoded.ended();
    };
    this.#unsubscribe = session.frames(path, track, latencyMs, { frame: (frame) => this.#take(frame), ended });
  }

  stop(): void {
    this.#isOver = true;
    this.#unsubscribe();
    close(this.#decoder);
    this.#decoder = null;
  }

  #take(frame: MediaFrame): void {
    if (this.#isOver) return;
    this.#decoded.arrived(frame);
    if (frame.isFirst) this.#prepare(frame.payload);
    const decoder = this.#decoder;
    if (decoder?.state !== "configured" || (this.#waitsForKey && !frame.isFirst)) return;
    // A machine that can't follow leaves out the rest of the group.
    this.#waitsForKey = !frame.isFirst && decoder.decodeQueueSize > MOST_QUEUED;
    if (this.#waitsForKey) return;
    const type = frame.isFirst ? "key" : "delta";
    try {
      decoder.decode(new EncodedVideoChunk({ type, timestamp: frame.timestamp, data: frame.payload }));
    } catch {
      this.#fail(decoder);
    }
  }

  /** Other parameter sets, another decoder; the one before still gives what it has. */
  #prepare(key: Uint8Array): void {
    const parameters = parametersOf(key);
    if (parameters === null) {
      this.#waitsForKey = true;
      return;
    }
    if (parameters.sets === this.#sets && this.#decoder?.state === "configured") return;
    drain(this.#decoder);
    this.#sets = parameters.sets;
    this.#waitsForKey = true;
    const decoder: VideoDecoder = new VideoDecoder({
      output: (picture) => {
        if (this.#isOver) picture.close();
        else this.#decoded.picture(picture);
      },
      error: () => this.#fail(decoder),
    });
    this.#decoder = decoder;
    try {
      decoder.configure({ codec: parameters.codec, optimizeForLatency: true });
    } catch {
      this.#fail(decoder);
    }
  }

  #fail(decoder: VideoDecoder): void {
    close(decoder);
    if (this.#decoder !== decoder) return;
    this.#decoder = null;
    this.#sets = "";
    this.#waitsForKey = true;
  }
}

export class ThumbFeed implements PictureFeed {
  readonly #unsubscribe: () => void;
  #isOver = false;

  constructor(session: Session, path: string, track: string, picture: (picture: ImageBitmap) => void) {
    this.#unsubscribe = session.bytes(path, track, (bytes) => {
      createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).then(
        (bitmap) => {
          if (this.#isOver) bitmap.close();
          else picture(bitmap);
        },
        () => undefined,
      );
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#unsubscribe();
  }
}

function close(decoder: VideoDecoder | null): void {
  if (decoder !== null && decoder.state !== "closed") decoder.close();
}

function drain(decoder: VideoDecoder | null): void {
  if (decoder?.state !== "configured") return;
  decoder
    .flush()
    .catch(() => undefined)
    .finally(() => close(decoder));
}
