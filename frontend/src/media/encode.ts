// Encodes the site's picture and sound as the media contract asks: H.264 in Annex B with a key frame each
// second, Opus in frames of 20 ms; both only while the server wants them.
import type { Publishing } from "./session";

const KEY_EVERY_US = 1_000_000;
const FRAMES_IN_AUDIO_GROUP = 3;
const AUDIO_US = 20_000;
const RATE = 48_000;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What the catalog says of the two tracks. */
export function catalogOf(size: PictureSize | null, withSound: boolean): string {
  const container = { kind: "legacy" };
  const video = size === null ? {} : { video: { codec: codecFor(size), codedWidth: size.width, codedHeight: size.height, container } };
  const audio = withSound ? { audio: { codec: "opus", sampleRate: RATE, numberOfChannels: 1, container } } : {};
  return JSON.stringify({ video: { renditions: video }, audio: { renditions: audio } });
}

export class PictureEncoder {
  readonly #track: Publishing;
  readonly #size: PictureSize;
  #encoder: VideoEncoder | null = null;
  #keyAt = -Infinity;

  constructor(track: Publishing, size: PictureSize) {
    this.#track = track;
    this.#size = size;
  }

  /** Encode a picture, or drop it when nobody wants it or the encoder is behind; `frame` is closed. */
  take(frame: VideoFrame): void {
    const at = Math.round(performance.now() * 1000);
    if (!this.#track.isWanted) this.#rest();
    else if ((this.#encoder?.encodeQueueSize ?? 0) <= 2) {
      const encoder = (this.#encoder ??= this.#begin());
      const isKey = at - this.#keyAt >= KEY_EVERY_US;
      if (isKey) this.#keyAt = at;
      const stamped = new VideoFrame(frame, { timestamp: at });
      encoder.encode(stamped, { keyFrame: isKey });
      stamped.close();
    }
    frame.close();
  }

  close(): void {
    this.#rest();
    this.#track.close();
  }

  #begin(): VideoEncoder {
    this.#keyAt = -Infinity;
    const encoder = new VideoEncoder({
      output: (chunk) => this.#write(chunk),
      error: () => this.#rest(),
    });
    encoder.configure({
      codec: codecFor(this.#size),
      width: this.#size.width,
      height: this.#size.height,
      bitrate: this.#size.height > 480 ? 1_800_000 : 900_000,
      framerate: 25,
      latencyMode: "realtime",
      avc: { format: "annexb" },
    });
    return encoder;
  }

  #write(chunk: EncodedVideoChunk): void {
    const payload = new Uint8Array(chunk.byteLength);
    chunk.copyTo(payload);
    this.#track.writeFrame(payload, chunk.timestamp, chunk.type === "key");
  }

  #rest(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    if (encoder !== null && encoder.state !== "closed") encoder.close();
  }
}

export class SoundEncoder {
  readonly #track: Publishing;
  #encoder: AudioEncoder | null = null;
  #next = 0;
  #count = 0;

  constructor(track: Publishing) {
    this.#track = track;
  }

  /** Encode 20 ms of samples, or drop them when nobody wants them. */
  take(samples: Float32Array<ArrayBuffer>): void {
    if (!this.#track.isWanted) {
      this.#rest();
      return;
    }
    const encoder = (this.#encoder ??= this.#begin());
    const now = Math.round(performance.now() * 1000);
    // Samples are counted; the clock is followed only when it ran away.
    this.#next = Math.abs(now - this.#next) > 200_000 ? now : this.#next + AUDIO_US;
    const sound = new AudioData({
      format: "f32-planar",
      sampleRate: RATE,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: this.#next,
      data: samples,
    });
    encoder.encode(sound);
    sound.close();
  }

  close(): void {
    this.#rest();
    this.#track.close();
  }

  #begin(): AudioEncoder {
    const encoder = new AudioEncoder({
      output: (chunk) => {
        const payload = new Uint8Array(chunk.byteLength);
        chunk.copyTo(payload);
        this.#track.writeFrame(payload, chunk.timestamp, this.#count++ % FRAMES_IN_AUDIO_GROUP === 0);
      },
      error: () => this.#rest(),
    });
    encoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: 1, bitrate: 48_000 });
    return encoder;
  }

  #rest(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    if (encoder !== null && encoder.state !== "closed") encoder.close();
  }
}

/** Constrained baseline at the level that the size needs: 3.1 up to 720 lines, 4.0 above. */
function codecFor(size: PictureSize): string {
  return size.height <= 720 && size.width <= 1280 ? "avc1.42e01f" : "avc1.42e028";
}
