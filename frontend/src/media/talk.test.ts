import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MediaAddress } from "../wire/http";
import { UNTOLD } from "./line";
import { Link, type Line } from "./link.svelte";
import { Reach } from "./reach";
import type { Session } from "./session";
import { Talkback } from "./talk.svelte";

/** The loudspeakers of a page; they are closed when the test says so. */
class Loudspeakers {
  static all: Loudspeakers[] = [];
  isClosed = false;
  readonly state = "running";
  readonly destination = {};
  readonly audioWorklet = { addModule: () => new Promise<void>(() => undefined) };
  finishClosing: () => void = () => undefined;

  constructor() {
    Loudspeakers.all.push(this);
  }

  createGain(): object {
    return { connect: () => undefined, gain: { value: 1 } };
  }

  resume(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return new Promise((resolve) => (this.finishClosing = resolve));
  }
}

class Decoder {
  state = "unconfigured";

  configure(): void {
    this.state = "configured";
  }

  close(): void {
    this.state = "closed";
  }
}

beforeEach(() => {
  Loudspeakers.all = [];
  vi.stubGlobal("AudioContext", Loudspeakers);
  vi.stubGlobal("AudioDecoder", Decoder);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => vi.unstubAllGlobals());

/** The desk of a site whose line is up, and how often it asked for sound. */
function desk(): { readonly talk: Talkback; readonly asked: string[]; readonly stopped: string[] } {
  const [asked, stopped]: [string[], string[]] = [[], []];
  const session: Session = {
    kind: "webtransport",
    closed: new Promise(() => undefined),
    texts: () => () => undefined,
    bytes: () => () => undefined,
    frames: (path, track) => {
      asked.push(`${path} ${track}`);
      return () => stopped.push(`${path} ${track}`);
    },
    publish: () => {
      throw new Error("nothing is published here");
    },
    close: () => undefined,
  };
  const nobody = (): Promise<never> => Promise.reject(new Error("nobody there"));
  const reach = new Reach({ hasTransport: () => true, transport: nobody, socket: nobody, now: () => 0 });
  const talk = new Talkback(new Link(nobody, reach), "hue");
  const line: Line = { session, address: {} as MediaAddress, part: "screen", conference: "c1" };
  talk.take(line);
  return { talk, asked, stopped };
}

test("a technician hears the operator who begins while another talks, and nothing is asked for twice", () => {
  const { talk, asked, stopped } = desk();
  talk.hear({ ...UNTOLD, talk: true, voice: 1 });
  talk.hear({ ...UNTOLD, talk: true, voice: 1, rtt_ms: 80 });
  expect(asked).toEqual(["talk/c1/hue audio"]);
  talk.hear({ ...UNTOLD, talk: true, voice: 2 });

  expect(asked).toHaveLength(2);
  expect(stopped).toHaveLength(1);
});

test("a technician to whom the operator talks again at once hears it", async () => {
  const { talk, asked } = desk();
  talk.hear({ ...UNTOLD, talk: true, voice: 1 });
  talk.hear({ ...UNTOLD, talk: false, voice: 1 });
  talk.hear({ ...UNTOLD, talk: true, voice: 2 });
  Loudspeakers.all[0]?.finishClosing();
  await Promise.resolve();
  talk.wake();

  expect(Loudspeakers.all.map((one) => one.isClosed)).toEqual([true, false]);
  expect(asked).toHaveLength(2);
  expect(talk.hearing).toBe("hue");
});
