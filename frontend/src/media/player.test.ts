import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Player } from "./player";
import type { Received, Session } from "./session";

const KEY = Uint8Array.of(0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0, 0, 0, 1, 0x65, 1);

/** A decoder that makes a picture of each frame at once. */
class Decoder {
  state = "unconfigured";
  readonly decodeQueueSize = 0;
  readonly #output: (picture: unknown) => void;

  constructor(told: { output: (picture: unknown) => void }) {
    this.#output = told.output;
  }

  configure(): void {
    this.state = "configured";
  }

  decode(chunk: { timestamp: number }): void {
    this.#output({ timestamp: chunk.timestamp, close: () => undefined });
  }

  close(): void {
    this.state = "closed";
  }
}

class Chunk {
  readonly timestamp: number;

  constructor(told: { timestamp: number }) {
    this.timestamp = told.timestamp;
  }
}

/** A line whose tracks are in the test's hand; `read` are those that are subscribed to, in turn. */
function aLine(): { session: Session; read: { track: string; received: Received }[] } {
  const read: { track: string; received: Received }[] = [];
  const session: Session = {
    kind: "webtransport",
    closed: new Promise(() => undefined),
    texts: () => () => undefined,
    bytes: () => () => undefined,
    frames: (_path, track, _latencyMs, received) => {
      const one = { track, received };
      read.push(one);
      return () => {
        if (read.includes(one)) read.splice(read.indexOf(one), 1);
      };
    },
    publish: () => {
      throw new Error("nothing is published here");
    },
    close: () => undefined,
  };
  return { session, read };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("VideoDecoder", Decoder);
  vi.stubGlobal("EncodedVideoChunk", Chunk);
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A player that shows a picture of this size. */
function showing(rung: "high" | "low"): { player: Player; read: { track: string; received: Received }[] } {
  const { session, read } = aLine();
  const player = new Player("program/c1/air/1", 150, { shown: () => undefined });
  player.rung = rung;
  player.isSeen = true;
  player.carry(session);
  read[0]?.received.frame({ timestamp: 1000, payload: KEY, isFirst: true });
  return { player, read };
}

test("the large picture makes room at once for a small one, and is asked for anew when it is wanted again", () => {
  const { player, read } = showing("high");

  player.rung = "low";
  expect(read.map((one) => one.track)).toEqual(["video-low"]);
  player.rung = "high";

  expect(read.map((one) => one.track)).toEqual(["video"]);
});

test("the small picture goes on until the large one comes", async () => {
  const { player, read } = showing("low");

  player.rung = "high";
  expect(read.map((one) => one.track)).toEqual(["video-low", "video"]);
  read[1]?.received.frame({ timestamp: 2000, payload: KEY, isFirst: true });
  await vi.advanceTimersByTimeAsync(0);

  expect(read.map((one) => one.track)).toEqual(["video"]);
});

test("a small picture that ends while the large one is on its way leaves only the large one", async () => {
  const { player, read } = showing("low");
  player.rung = "high";

  read[0]?.received.ended();
  await vi.advanceTimersByTimeAsync(2000);
  expect(read.map((one) => one.track)).toEqual(["video"]);
  player.rung = "low";

  expect(read.map((one) => one.track)).toEqual(["video-low"]);
});

test("a picture that ended is asked for once more by itself", async () => {
  const { session, read } = aLine();
  const player = new Player("program/c1/air/1", 150, { shown: () => undefined });
  player.isSeen = true;
  player.carry(session);
  const before = read[0];
  before?.received.frame({ timestamp: 1000, payload: KEY, isFirst: true });

  before?.received.ended();
  await vi.advanceTimersByTimeAsync(2000);

  expect(read.map((one) => one.track)).toEqual(["video"]);
  expect(read[0]).not.toBe(before);
});
