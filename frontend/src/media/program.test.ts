import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MediaAddress } from "../wire/http";
import { UNTOLD } from "./line";
import { Link, type Line } from "./link.svelte";
import { FAR_MS, NEAR_MS } from "./playout";
import { ProgramWatch } from "./program.svelte";
import { Reach } from "./reach";
import type { Carrier, Publishing, Received, Session } from "./session";

const ADDRESS: MediaAddress = {
  camera: null,
  screen: "https://here/screen",
  fingerprints: [],
  socket: { camera: null, screen: "" },
  parents: [],
  camera_free: true,
  up: "up/c1/hue/abcdefgh",
  program: "program/c1",
  latency_ms: NEAR_MS,
};

const HUE = { n: 1, role: "main", site: "hue", broadcast: "program/c1/air/1" };

/** A line that keeps what is written on it, what is read, and with which patience sound and pictures are asked for. */
class Lines {
  readonly written: unknown[] = [];
  readonly asked: Record<string, number> = {};
  readonly read: string[] = [];
  readonly line: Line;
  #air: (text: string) => void = () => undefined;
  #sound: Received | null = null;

  constructor(kind: Carrier) {
    const track: Publishing = {
      isWanted: true,
      writeText: (text) => this.written.push(JSON.parse(text)),
      writeBytes: () => undefined,
      writeFrame: () => undefined,
      endGroup: () => undefined,
      close: () => undefined,
    };
    const session: Session = {
      kind,
      closed: new Promise(() => undefined),
      texts: (_path, name, heard) => {
        if (name === "air") this.#air = heard;
        return () => undefined;
      },
      bytes: () => () => undefined,
      frames: (_path, name, latencyMs, received) => {
        this.asked[name] = latencyMs;
        this.read.push(name);
        if (name === "audio") this.#sound = received;
        return () => this.read.splice(this.read.indexOf(name), 1);
      },
      publish: () => ({ track: () => track, close: () => undefined }),
      close: () => undefined,
    };
    this.line = { session, address: ADDRESS, part: "screen", conference: "c1" };
  }

  /** Half a second of sound comes so late. */
  async sounds(lateMs: number): Promise<void> {
    for (let at = 0; at < 8; at += 1) {
      await vi.advanceTimersByTimeAsync(60);
      const timestamp = (performance.now() - lateMs) * 1000;
      this.#sound?.frame({ timestamp, payload: new Uint8Array(), isFirst: true });
    }
  }

  puts(...airs: readonly object[]): void {
    this.#air(JSON.stringify({ conference: "c1", n: 1, layout: "main", airs }));
  }
}

/** A program on a page that has no line of its own. */
function aProgram(): ProgramWatch {
  const ways = { hasTransport: () => false, transport: never, socket: never, now: () => 0 };
  return new ProgramWatch(new Link(never, new Reach(ways)));
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** The page's clock, which never ticks here, and what it watches, which never moves. */
class Still {
  onmessage: (() => void) | null = null;
  readonly postMessage = (): void => undefined;
  readonly terminate = (): void => undefined;
  readonly observe = (): void => undefined;
  readonly disconnect = (): void => undefined;
}

/** Loudspeakers that are heard by nobody. */
class Loudspeakers {
  readonly state = "running";
  readonly destination = {};
  readonly audioWorklet = { addModule: never };
  readonly createGain = (): object => ({ connect: () => undefined, gain: { value: 1 } });
  readonly resume = (): Promise<void> => Promise.resolve();
}

class Decoder {
  static readonly isConfigSupported = (): Promise<object> => Promise.resolve({ supported: true });
  state = "unconfigured";
  readonly configure = (): string => (this.state = "configured");
  readonly close = (): string => (this.state = "closed");
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("AudioContext", Loudspeakers);
  vi.stubGlobal("AudioDecoder", Decoder);
  vi.stubGlobal("VideoDecoder", Decoder);
  vi.stubGlobal("Worker", Still);
  vi.stubGlobal("IntersectionObserver", Still);
  vi.stubGlobal("document", { hidden: false, addEventListener: () => undefined });
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a screen tells that it is there while nothing is on air, and that of the line it knows nothing", () => {
  const [program, lines] = [aProgram(), new Lines("websocket")];
  program.watch();
  program.take(lines.line);

  program.tick();
  program.tick();

  expect(lines.written).toEqual([
    { n: 1, by: "websocket", shows: "high" },
    { n: 2, by: "websocket", shows: "high" },
  ]);
});

test("a screen tells how the program arrives while something is on air", () => {
  const [program, lines] = [aProgram(), new Lines("webtransport")];
  program.watch();
  program.take(lines.line);
  lines.puts(HUE);

  program.tick();

  expect(lines.written).toEqual([{ n: 1, late_ms: 0, gaps: 0, by: "webtransport", shows: "high" }]);
});

test("a page that does not show the program is no screen", () => {
  const [program, lines] = [aProgram(), new Lines("webtransport")];
  const letGo = program.watch();
  program.take(lines.line);
  letGo();

  program.tick();

  expect(lines.written).toEqual([]);
});

test.each([
  ["webtransport", NEAR_MS],
  ["websocket", FAR_MS],
] as const)("what comes by %s is shown after %i ms until the round trip is told", (carrier, latencyMs) => {
  const [program, lines] = [aProgram(), new Lines(carrier)];
  program.show("main", {} as HTMLCanvasElement);
  program.take(lines.line);

  lines.puts(HUE);

  expect(lines.asked).toEqual({ video: latencyMs });
});

test("what comes late already from its site is shown later on any line", () => {
  const [program, lines] = [aProgram(), new Lines("webtransport")];
  program.show("main", {} as HTMLCanvasElement);
  program.take(lines.line);

  lines.puts({ ...HUE, far: true });

  expect(lines.asked).toEqual({ video: FAR_MS });
});

/** A screen with sound that shows the large picture. */
async function hearing(): Promise<{ program: ProgramWatch; lines: Lines }> {
  const [program, lines] = [aProgram(), new Lines("webtransport")];
  program.watch();
  program.show("main", {} as HTMLCanvasElement);
  program.take(lines.line);
  lines.puts(HUE);
  await program.sound(true);
  await lines.sounds(0);
  return { program, lines };
}

test("a screen whose sound comes through a queue lets the large picture go at once, and says so", async () => {
  const { program, lines } = await hearing();
  expect(lines.read).toEqual(["video", "audio"]);

  await lines.sounds(120);

  expect(lines.read).toEqual(["audio", "video-low"]);
  expect(lines.written).toEqual([{ n: 1, crowded: true }]);
  program.link.told = { ...UNTOLD, down: "low" };
  program.hear(program.link.told);
  await vi.advanceTimersByTimeAsync(5000);
  expect(program.rung).toBe("low");
});

test("a screen that the server does not find crowded shows the large picture again", async () => {
  const { program, lines } = await hearing();
  await lines.sounds(120);
  expect(program.rung).toBe("low");

  await lines.sounds(0);
  await vi.advanceTimersByTimeAsync(3000);

  expect([program.rung, lines.read.at(-1)]).toEqual(["high", "video"]);
});
