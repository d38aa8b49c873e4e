import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SoundDecoder } from "./sounddecoder";

const BROKEN = Uint8Array.of(0);
const GOOD = Uint8Array.of(1);

/** A decoder that ends for good at what is broken, as a browser's does. */
class Decoder {
  static made = 0;
  state = "unconfigured";
  readonly #told: { output: (sound: unknown) => void; error: () => void };

  constructor(told: { output: (sound: unknown) => void; error: () => void }) {
    Decoder.made += 1;
    this.#told = told;
  }

  configure(): void {
    this.state = "configured";
  }

  decode(chunk: { timestamp: number; data: Uint8Array }): void {
    if (this.state !== "configured") throw new Error("closed");
    if (chunk.data === BROKEN) {
      this.state = "closed";
      this.#told.error();
      return;
    }
    const quiet = { numberOfFrames: 960, numberOfChannels: 1, copyTo: () => undefined, close: () => undefined };
    this.#told.output({ ...quiet, timestamp: chunk.timestamp });
  }

  close(): void {
    this.state = "closed";
  }
}

class Chunk {
  readonly timestamp: number;
  readonly data: Uint8Array;

  constructor(told: { timestamp: number; data: Uint8Array }) {
    this.timestamp = told.timestamp;
    this.data = told.data;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Decoder.made = 0;
  vi.stubGlobal("AudioDecoder", Decoder);
  vi.stubGlobal("EncodedAudioChunk", Chunk);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function aDecoder(): { heard: number[]; take: (timestamp: number, payload: Uint8Array) => void; close: () => void } {
  const heard: number[] = [];
  const decoder = new SoundDecoder((timestamp) => heard.push(timestamp));
  return {
    heard,
    take: (timestamp, payload) => decoder.take({ timestamp, payload, isFirst: true }),
    close: () => decoder.close(),
  };
}

test("a frame that can't be decoded costs itself, and what follows is heard", () => {
  const { heard, take } = aDecoder();

  for (const [at, payload] of [GOOD, BROKEN, GOOD, BROKEN, GOOD].entries()) take(at, payload);

  expect(heard).toEqual([0, 2, 4]);
});

test("for a source of which nothing can be decoded a decoder is made once a second at most, and it is heard when it can", async () => {
  const { heard, take } = aDecoder();
  for (let at = 0; at < 100; at += 1) {
    take(at, BROKEN);
    await vi.advanceTimersByTimeAsync(60);
  }
  expect(Decoder.made).toBeGreaterThan(3);
  expect(Decoder.made).toBeLessThan(8);

  await vi.advanceTimersByTimeAsync(1000);
  take(100, GOOD);
  expect(heard).toEqual([100]);
});

test("what is closed makes no other decoder", () => {
  const { heard, take, close } = aDecoder();
  take(0, GOOD);
  close();

  take(1, GOOD);

  expect(heard).toEqual([0]);
  expect(Decoder.made).toBe(1);
});
