// Decodes the Opus of one source as it comes. A fault costs the frames that were in the decoder, never the sound after.
import { RATE } from "./ring";
import type { MediaFrame } from "./session";

const CHANNELS = 2;
/** A decoder that gives nothing at all is replaced only now and then. */
const AGAIN_MS = 1000;

export class SoundDecoder {
  readonly #heard: (timestamp: number, sound: Float32Array<ArrayBuffer>) => void;
  #decoder: AudioDecoder | null = null;
  #isProven = true;
  #failedAt = 0;
  #isOver = false;

  constructor(heard: (timestamp: number, sound: Float32Array<ArrayBuffer>) => void) {
    this.#heard = heard;
  }

  take(frame: MediaFrame): void {
    const decoder = this.#ready();
    if (decoder === null) return;
    try {
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: frame.timestamp, data: frame.payload }));
    } catch {
      this.#fail(decoder);
    }
  }

  close(): void {
    this.#isOver = true;
    close(this.#decoder);
    this.#decoder = null;
  }

  #ready(): AudioDecoder | null {
    if (this.#isOver || this.#decoder !== null) return this.#decoder;
    if (!this.#isProven && performance.now() - this.#failedAt < AGAIN_MS) return null;
    this.#isProven = false;
    const decoder: AudioDecoder = new AudioDecoder({
      output: (sound) => {
        const { timestamp } = sound;
        const mono = monoOf(sound);
        if (this.#decoder !== decoder) return;
        this.#isProven = true;
        this.#heard(timestamp, mono);
      },
      error: () => this.#fail(decoder),
    });
    this.#decoder = decoder;
    try {
      decoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: CHANNELS });
    } catch {
      this.#fail(decoder);
    }
    return this.#decoder;
  }

  #fail(decoder: AudioDecoder): void {
    close(decoder);
    if (this.#decoder !== decoder) return;
    this.#decoder = null;
    this.#failedAt = performance.now();
  }
}

function close(decoder: AudioDecoder | null): void {
  if (decoder !== null && decoder.state !== "closed") decoder.close();
}

function monoOf(sound: AudioData): Float32Array<ArrayBuffer> {
  const mono = new Float32Array(sound.numberOfFrames);
  sound.copyTo(mono, { planeIndex: 0, format: "f32-planar" });
  if (sound.numberOfChannels > 1) {
    const right = new Float32Array(sound.numberOfFrames);
    sound.copyTo(right, { planeIndex: 1, format: "f32-planar" });
    for (let place = 0; place < mono.length; place += 1) mono[place] = ((mono[place] ?? 0) + (right[place] ?? 0)) / 2;
  }
  sound.close();
  return mono;
}
