// Encodes the site's picture and sound as the media contract asks: H.264 in Annex B, Opus in frames of 60 ms where the
// browser can, a small JPEG now and then; each only while the server wants it.
import { AnnexB } from "./annexb";
import { Backoff } from "./backoff";
import { Pacer } from "./pacer";
import { H264, renditionsOf, SOUND_RATE, type Rendition, type Size } from "./renditions";
import type { Publishing } from "./session";
import { SoundClock } from "./soundclock";

const GROUP_US = 60_000;
const SLACK_US = 2_000;
const SOUND_BITRATE = 48_000;
const MOST_QUEUED = 2;
const HOPELESS = 3;
const LONGEST_REPAIR_MS = 10_000;
const THUMB = { width: 160, height: 90, everyUs: 2_000_000, quality: 0.6 };

/** Whether this browser encodes the large picture of a camera of this size; one that can't sends none. */
export async function encodes(camera: Size): Promise<boolean> {
  const [large] = renditionsOf(camera);
  if (large === undefined || !("VideoEncoder" in globalThis)) return false;
  const answer = await VideoEncoder.isConfigSupported(pictureConfig(large)).catch(() => null);
  return answer?.supported === true;
}

/** An encoder that broke is made anew a little later, each time later, until one gives something. */
class Repairs {
  readonly #backoff = new Backoff(500, LONGEST_REPAIR_MS);
  #broken = 0;
  #until = -Infinity;

  /** One after the other broke, and none gave anything. */
  get isHopeless(): boolean {
    return this.#broken >= HOPELESS;
  }

  get isUnderWay(): boolean {
    return performance.now() < this.#until;
  }

  begin(): void {
    this.#broken += 1;
    this.#until = performance.now() + this.#backoff.next();
  }

  end(): void {
    this.#broken = 0;
    this.#backoff.reset();
  }
}

export class PictureEncoder {
  readonly #track: Publishing;
  readonly #rendition: Rendition;
  readonly #pacer: Pacer;
  readonly #repairs = new Repairs();
  #encoder: VideoEncoder | null = null;
  #keyAt = -Infinity;

  constructor(track: Publishing, rendition: Rendition) {
    this.#track = track;
    this.#rendition = rendition;
    this.#pacer = new Pacer(rendition.framerate);
  }

  get isWanted(): boolean {
    return this.#track.isWanted;
  }

  /** Nothing comes of it: this browser can't encode after all. */
  get isHopeless(): boolean {
    return this.#repairs.isHopeless;
  }

  /** Encode a picture, or leave it out when nobody wants it or the encoder is behind. `frame` stays the caller's. */
  take(frame: VideoFrame, at: number): void {
    if (!this.#track.isWanted) {
      this.#rest();
      return;
    }
    if (!this.#pacer.takes(at) || (this.#encoder?.encodeQueueSize ?? 0) > MOST_QUEUED) return;
    if (this.#encoder === null && this.#repairs.isUnderWay) return;
    const encoder = (this.#encoder ??= this.#begin());
    if (encoder.state === "closed") return;
    const isKey = at - this.#keyAt >= this.#rendition.keyEveryUs;
    if (isKey) this.#keyAt = at;
    const stamped = new VideoFrame(frame, { timestamp: at });
    encoder.encode(stamped, { keyFrame: isKey });
    stamped.close();
  }

  close(): void {
    this.#rest();
    this.#track.close();
  }

  #begin(): VideoEncoder {
    this.#keyAt = -Infinity;
    const encoder: VideoEncoder = new VideoEncoder({
      output: (chunk, more) => {
        if (this.#encoder === encoder) this.#write(chunk, annexB, more?.decoderConfig?.description);
      },
      error: () => {
        if (this.#encoder === encoder) this.#broke();
      },
    });
    const annexB = new AnnexB();
    encoder.configure(pictureConfig(this.#rendition));
    return encoder;
  }

  #write(chunk: EncodedVideoChunk, annexB: AnnexB, avcc: AllowSharedBufferSource | undefined): void {
    const payload = new Uint8Array(chunk.byteLength);
    chunk.copyTo(payload);
    const isKey = chunk.type === "key";
    this.#repairs.end();
    this.#track.writeFrame(annexB.from(payload, avcc, isKey), chunk.timestamp, isKey);
  }

  #broke(): void {
    this.#repairs.begin();
    this.#rest();
  }

  #rest(): void {
    const encoder = this.#encoder;
    if (encoder === null) return;
    this.#encoder = null;
    if (encoder.state !== "closed") encoder.close();
    this.#track.endGroup();
  }
}

export class SoundEncoder {
  readonly #track: Publishing;
  readonly #clock = new SoundClock();
  readonly #config = soundConfig();
  readonly #repairs = new Repairs();
  #encoder: AudioEncoder | null = null;
  #asked: AudioEncoderConfig | null = null;
  #groupAt = -Infinity;

  constructor(track: Publishing) {
    this.#track = track;
    this.#config.then((config) => (this.#asked = config)).catch(() => undefined);
  }

  get isWanted(): boolean {
    return this.#track.isWanted;
  }

  /** Encode some samples of one channel, or leave them out when nobody wants them. */
  take(samples: Float32Array<ArrayBuffer>): void {
    const length = (samples.length / SOUND_RATE) * 1_000_000;
    const timestamp = Math.round(this.#clock.stamp(performance.now() * 1000, length));
    if (!this.#track.isWanted || this.#asked === null) {
      this.#rest();
      return;
    }
    if (this.#encoder === null && this.#repairs.isUnderWay) return;
    const encoder = (this.#encoder ??= this.#begin(this.#asked));
    if (encoder.state === "closed") return;
    const sound = new AudioData({
      format: "f32-planar",
      sampleRate: SOUND_RATE,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp,
      data: samples,
    });
    encoder.encode(sound);
    sound.close();
  }

  close(): void {
    this.#rest();
    this.#track.close();
  }

  #begin(config: AudioEncoderConfig): AudioEncoder {
    this.#groupAt = -Infinity;
    const encoder: AudioEncoder = new AudioEncoder({
      output: (chunk) => {
        if (this.#encoder === encoder) this.#write(chunk);
      },
      error: () => {
        if (this.#encoder === encoder) this.#broke();
      },
    });
    encoder.configure(config);
    return encoder;
  }

  #write(chunk: EncodedAudioChunk): void {
    const payload = new Uint8Array(chunk.byteLength);
    chunk.copyTo(payload);
    const begins = chunk.timestamp - this.#groupAt >= GROUP_US - SLACK_US;
    if (begins) this.#groupAt = chunk.timestamp;
    this.#repairs.end();
    this.#track.writeFrame(payload, Math.max(0, chunk.timestamp), begins);
  }

  #broke(): void {
    this.#repairs.begin();
    this.#rest();
  }

  #rest(): void {
    const encoder = this.#encoder;
    if (encoder === null) return;
    this.#encoder = null;
    if (encoder.state !== "closed") encoder.close();
    this.#track.endGroup();
  }
}

/** A small still picture every 2 s while somebody wants it. */
export class ThumbMaker {
  readonly #track: Publishing;
  readonly #canvas = new OffscreenCanvas(THUMB.width, THUMB.height);
  #madeAt = -Infinity;

  constructor(track: Publishing) {
    this.#track = track;
  }

  /** `frame` stays the caller's. */
  take(frame: VideoFrame, at: number): void {
    if (!this.#track.isWanted || at - this.#madeAt < THUMB.everyUs) return;
    this.#madeAt = at;
    const scale = Math.max(THUMB.width / frame.displayWidth, THUMB.height / frame.displayHeight);
    const [width, height] = [frame.displayWidth * scale, frame.displayHeight * scale];
    const context = this.#canvas.getContext("2d", { alpha: false });
    context?.drawImage(frame, (THUMB.width - width) / 2, (THUMB.height - height) / 2, width, height);
    void this.#write();
  }

  close(): void {
    this.#track.close();
  }

  async #write(): Promise<void> {
    try {
      const jpeg = await this.#canvas.convertToBlob({ type: "image/jpeg", quality: THUMB.quality });
      this.#track.writeBytes(new Uint8Array(await jpeg.arrayBuffer()));
    } catch {
      // The line ended meanwhile, or the browser gives no picture of a canvas: there is the next one.
    }
  }
}

function pictureConfig({ width, height, bitrate, framerate }: Rendition): VideoEncoderConfig {
  return { codec: H264, width, height, bitrate, framerate, latencyMode: "realtime", avc: { format: "annexb" } };
}

/** Opus in frames of 60 ms, where this browser makes them. */
async function soundConfig(): Promise<AudioEncoderConfig> {
  const plain: AudioEncoderConfig = { codec: "opus", sampleRate: SOUND_RATE, numberOfChannels: 1, bitrate: SOUND_BITRATE };
  const long = { ...plain, opus: { frameDuration: GROUP_US } };
  const answer = await AudioEncoder.isConfigSupported(long).catch(() => null);
  return answer?.supported === true ? long : plain;
}
