// Runs on the sound thread: plays one source from its ring. Where memory can't be shared, the page sends what it wrote.
import { newMemory, RingReader, RingWriter, type Memory } from "./ring";

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare const currentFrame: number;
declare function registerProcessor(name: string, kind: unknown): void;

export type ToLoudspeaker =
  | { readonly kind: "write"; readonly at: number; readonly sound: Float32Array<ArrayBuffer> }
  | { readonly kind: "aim"; readonly offset: number }
  | { readonly kind: "end" };

const TOLD_EVERY = 375;

class Loudspeaker extends AudioWorkletProcessor {
  readonly #reader: RingReader;
  readonly #writer: RingWriter;
  readonly #tells: boolean;
  #blocks = 0;
  #isOver = false;

  constructor(options: { processorOptions: { memory: Memory | null } }) {
    super();
    const shared = options.processorOptions.memory;
    const memory = shared ?? newMemory(false);
    this.#reader = new RingReader(memory);
    this.#writer = new RingWriter(memory);
    this.#tells = shared === null;
    this.port.onmessage = (event: MessageEvent<ToLoudspeaker>) => this.#hear(event.data);
  }

  process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (out !== undefined) this.#reader.read(out, currentFrame);
    this.#blocks += 1;
    if (this.#tells && this.#blocks % TOLD_EVERY === 0) this.port.postMessage(this.#writer.gaps);
    return !this.#isOver;
  }

  #hear(told: ToLoudspeaker): void {
    if (told.kind === "end") this.#isOver = true;
    else if (told.kind === "aim") this.#writer.aim(told.offset);
    else this.#writer.write(told.at, told.sound);
  }
}

registerProcessor("loudspeaker", Loudspeaker);
