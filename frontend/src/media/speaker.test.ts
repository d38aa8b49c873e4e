import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Playout } from "./playout";
import { Speaker } from "./speaker";

/** How a page sounds in this test: the sound thread's file comes at the third try. */
const asked: string[] = [];
let comesAt = 3;
let nodes: { told: unknown[] }[] = [];

class Context {
  state = "suspended";
  readonly sampleRate = 48_000;
  readonly currentTime = 0;
  readonly destination = {};
  readonly audioWorklet = {
    addModule: (url: string): Promise<void> => {
      asked.push(url);
      return asked.length < comesAt ? Promise.reject(new Error("no answer")) : Promise.resolve();
    },
  };

  createGain(): object {
    return { connect: () => undefined, gain: { value: 1 } };
  }

  getOutputTimestamp(): object {
    return { contextTime: 0, performanceTime: 0 };
  }

  resume(): Promise<void> {
    this.state = "running";
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.state = "closed";
    return Promise.resolve();
  }
}

class Node {
  readonly told: unknown[] = [];
  readonly port = { postMessage: (told: unknown): number => this.told.push(told), onmessage: null };

  constructor() {
    nodes.push(this);
  }

  connect(): void {
    // Nobody listens.
  }

  disconnect(): void {
    // Nobody listened.
  }
}

/** A decoder to which each frame is a piece of sound. */
class Decoder {
  readonly state = "configured";
  readonly #output: (sound: unknown) => void;

  constructor(told: { output: (sound: unknown) => void }) {
    this.#output = told.output;
  }

  configure(): void {
    // It takes anything.
  }

  decode(chunk: { timestamp: number }): void {
    const { timestamp } = chunk;
    this.#output({ timestamp, numberOfFrames: 960, numberOfChannels: 1, copyTo: () => undefined, close: () => undefined });
  }

  close(): void {
    // Nothing is kept.
  }
}

class Chunk {
  readonly timestamp: number;

  constructor(told: { timestamp: number }) {
    this.timestamp = told.timestamp;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  nodes = [];
  comesAt = 3;
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("AudioContext", Context);
  vi.stubGlobal("AudioWorkletNode", Node);
  vi.stubGlobal("AudioDecoder", Decoder);
  vi.stubGlobal("EncodedAudioChunk", Chunk);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Ten minutes of sound come in. */
function speak(speaker: Speaker): void {
  const voice = speaker.voice(new Playout(150));
  for (let at = 0; at < 30_000; at += 1) voice.play({ timestamp: at * 20_000, payload: Uint8Array.of(1), isFirst: true });
}

test("a loudspeaker that can't be loaded is tried again, each time by another name, and is on only when it is there", async () => {
  const speaker = new Speaker();
  void speaker.resume();
  await vi.advanceTimersByTimeAsync(100);
  expect(speaker.isRunning).toBe(false);

  await vi.advanceTimersByTimeAsync(10_000);

  expect(speaker.isRunning).toBe(true);
  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(3);
});

test("of what is said before the loudspeaker is there little is kept, and the newest is heard", async () => {
  const speaker = new Speaker();
  speak(speaker);

  await vi.advanceTimersByTimeAsync(10_000);

  const [node] = nodes;
  expect(node?.told.length).toBeGreaterThan(50);
  expect(node?.told.length).toBeLessThan(500);
  expect(node?.told.at(-1)).toMatchObject({ kind: "write", at: 29_999 * 960 });
});

test("a loudspeaker that nobody wants any more is not tried again", async () => {
  comesAt = Infinity;
  const speaker = new Speaker();
  await vi.advanceTimersByTimeAsync(100);
  await speaker.close();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(asked.length).toBeLessThan(3);
});
