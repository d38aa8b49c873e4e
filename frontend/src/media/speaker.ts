// The loudspeakers: decodes Opus and plays it without gaps, each source at its own time, on the sound thread.
import { Backoff } from "./backoff";
import loudspeaker from "./loudspeaker.worklet.ts?worker&url";
import type { ToLoudspeaker } from "./loudspeaker.worklet";
import type { Playout } from "./playout";
import { newMemory, RATE, RingWriter, type Memory } from "./ring";
import type { MediaFrame } from "./session";
import { SoundDecoder } from "./sounddecoder";
import { Tape } from "./tape";
import { pause } from "./ticks";

/** Of what was said to a loudspeaker that is not there yet the newest is kept: more than it has room for in any case. */
const MOST_WAITING = 200;

export interface Voice {
  play(frame: MediaFrame): void;
  /** How often sound was missing when it was due, since the beginning. */
  readonly gaps: number;
  close(): void;
}

export class Speaker {
  readonly #context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
  readonly #out = this.#context.createGain();
  #isLoaded = false;
  readonly #ready = this.#load();

  constructor() {
    this.#out.connect(this.#context.destination);
  }

  /** Whether what comes is heard. */
  get isRunning(): boolean {
    return this.#isLoaded && this.#context.state === "running";
  }

  /** Browsers begin to sound after a gesture; this is called at one. */
  async resume(): Promise<void> {
    await Promise.all([this.#context.resume(), this.#ready]);
  }

  /** Everything goes on, unheard. */
  hush(isHushed: boolean): void {
    this.#out.gain.value = isHushed ? 0 : 1;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  /** Tried until it is there or nobody wants it any more. A browser remembers what failed: it is asked for by another name. */
  async #load(): Promise<void> {
    const backoff = new Backoff();
    for (let again = 0; this.#context.state !== "closed"; again += 1) {
      try {
        await this.#context.audioWorklet.addModule(again === 0 ? loudspeaker : `${loudspeaker}?again=${again}`);
        this.#isLoaded = true;
        return;
      } catch {
        await pause(backoff.next());
      }
    }
  }

  voice(playout: Playout): Voice {
    const outlet = new Outlet(this.#context, this.#out, this.#ready);
    const tape = new Tape(outlet, playout, () => frameAt(this.#context));
    const decoder = new SoundDecoder((timestamp, sound) => tape.put(timestamp, sound));
    return {
      play: (frame) => {
        playout.arrived(frame.timestamp, performance.now());
        decoder.take(frame);
      },
      get gaps() {
        return outlet.gaps;
      },
      close: () => {
        decoder.close();
        outlet.close();
      },
    };
  }
}

/** The way into one loudspeaker: shared memory where the page may have it, else messages. */
class Outlet {
  // A WebKit says that it is isolated and has no shared memory nevertheless.
  readonly #memory: Memory | null = globalThis.crossOriginIsolated && "SharedArrayBuffer" in globalThis ? newMemory(true) : null;
  readonly #writer: RingWriter | null = this.#memory === null ? null : new RingWriter(this.#memory);
  readonly #waiting: ToLoudspeaker[] = [];
  #node: AudioWorkletNode | null = null;
  #isOver = false;
  #told = 0;

  constructor(context: AudioContext, out: AudioNode, ready: Promise<void>) {
    void ready.then(() => this.#begin(context, out));
  }

  get gaps(): number {
    return this.#writer?.gaps ?? this.#told;
  }

  write(at: number, sound: Float32Array<ArrayBuffer>): void {
    if (this.#writer !== null) this.#writer.write(at, sound);
    else this.#tell({ kind: "write", at, sound });
  }

  aim(offset: number): void {
    if (this.#writer !== null) this.#writer.aim(offset);
    else this.#tell({ kind: "aim", offset });
  }

  close(): void {
    this.#isOver = true;
    this.#tell({ kind: "end" });
    this.#node?.disconnect();
    this.#node = null;
  }

  #begin(context: AudioContext, out: AudioNode): void {
    if (this.#isOver || context.state === "closed") return;
    const node = new AudioWorkletNode(context, "loudspeaker", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { memory: this.#memory },
    });
    node.port.onmessage = (event: MessageEvent<number>) => (this.#told = event.data);
    node.connect(out);
    this.#node = node;
    for (const told of this.#waiting.splice(0)) node.port.postMessage(told);
  }

  #tell(told: ToLoudspeaker): void {
    if (this.#node === null) {
      if (this.#isOver) return;
      this.#waiting.push(told);
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    } else this.#node.port.postMessage(told, told.kind === "write" ? [told.sound.buffer] : []);
  }
}

/** Which frame of the sound card is heard now, in part. */
function frameAt(context: AudioContext): number {
  const now = performance.now();
  const heard = context.getOutputTimestamp();
  const isTold = (heard.performanceTime ?? 0) > 0 && (heard.contextTime ?? 0) > 0;
  const seconds = isTold ? (heard.contextTime ?? 0) + (now - (heard.performanceTime ?? 0)) / 1000 : context.currentTime;
  return seconds * context.sampleRate;
}
