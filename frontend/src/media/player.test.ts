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

/** A player that shows the large picture, and waits for the first small one. */
function onItsWayDown(): { player: Player; read: { track: string; received: Received }[] } {
  const { session, read } = aLine();
  const player = new Player("program/c1/air/1", 150, { shown: () => undefined });
  player.isSeen = true;
  player.carry(session);
  read[0]?.received.frame({ timestamp: 1000, payload: KEY, isFirst: true });
  player.rung = "low";
  return { player, read };
}

test("a large picture that ends while the small one is on its way leaves only the small one", async () => {
  const { read } = onItsWayDown();
  expect(read.map((one) => one.track)).toEqual(["video", "video-low"]);

  read[0]?.received.ended();
  await vi.advanceTimersByTimeAsync(2000);

  expect(read.map((one) => one.track)).toEqual(["video-low"]);
});

test("a large picture that ended is asked for anew when it is wanted again", async () => {
  const { player, read } = onItsWayDown();
  read[0]?.received.ended();
  await vi.advanceTimersByTimeAsync(2000);

  player.rung = "high";

  expect(read.map((one) => one.track)).toEqual(["video"]);
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
