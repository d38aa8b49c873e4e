import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PictureEncoder } from "./encode";
import type { Publishing } from "./session";

const RENDITION = { track: "video", width: 640, height: 360, framerate: 25, bitrate: 400_000, keyEveryUs: 1_000_000 };

/** An encoder of the browser: it breaks at its first picture, or gives one for each. */
class Encoder {
  static made = 0;
  static isBroken = true;
  state = "unconfigured";
  readonly encodeQueueSize = 0;
  readonly #given: VideoEncoderInit;

  constructor(given: VideoEncoderInit) {
    Encoder.made += 1;
    this.#given = given;
  }

  configure(): void {
    this.state = "configured";
  }

  encode(): void {
    if (Encoder.isBroken) {
      this.state = "closed";
      queueMicrotask(() => this.#given.error(new DOMException("", "EncodingError")));
    } else {
      const chunk = { type: "key", timestamp: 0, byteLength: 5, copyTo: () => undefined };
      this.#given.output(chunk as unknown as EncodedVideoChunk);
    }
  }

  close(): void {
    this.state = "closed";
  }
}

class Frame {
  close(): void {
    // Nothing is held here.
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("VideoEncoder", Encoder);
  vi.stubGlobal("VideoFrame", Frame);
  Encoder.made = 0;
  Encoder.isBroken = true;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function wanted(written: number[]): Publishing {
  return {
    isWanted: true,
    writeText: () => undefined,
    writeBytes: () => undefined,
    writeFrame: (_, timestamp) => written.push(timestamp),
    endGroup: () => undefined,
    close: () => undefined,
  };
}

async function film(encoder: PictureEncoder, seconds: number): Promise<void> {
  for (let frame = 0; frame < seconds * 25; frame += 1) {
    encoder.take(new Frame() as unknown as VideoFrame, performance.now() * 1000);
    await vi.advanceTimersByTimeAsync(40);
  }
}

test("an encoder that breaks again and again is not made anew at each picture, and is known to be hopeless", async () => {
  const written: number[] = [];
  const encoder = new PictureEncoder(wanted(written), RENDITION);
  await film(encoder, 30);

  expect(Encoder.made).toBeGreaterThan(2);
  expect(Encoder.made).toBeLessThan(16);
  expect([encoder.isHopeless, written.length]).toEqual([true, 0]);
});

test("an encoder that works again after it broke goes on", async () => {
  const written: number[] = [];
  const encoder = new PictureEncoder(wanted(written), RENDITION);
  await film(encoder, 30);
  Encoder.isBroken = false;
  await film(encoder, 30);

  expect(encoder.isHopeless).toBe(false);
  expect(written.length).toBeGreaterThan(100);
});
