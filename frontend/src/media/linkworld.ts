// What a page's line meets in tests: nodes that answer or not, sessions whose other end is in the test's hand.
import type { MediaAddress } from "../wire/http";
import type { LineTold } from "./line";
import { Link, type Line, type Member } from "./link.svelte";
import { Reach, type Part } from "./reach";
import type { Carrier, Session } from "./session";

/** A session whose other end is in the test's hand. */
export class Opened implements Session {
  readonly kind: Carrier;
  readonly part: Part;
  isClosed = false;
  end: (code: number) => void = () => undefined;
  readonly closed = new Promise<number>((resolve) => (this.end = resolve));
  readonly #readers = new Map<string, (text: string) => void>();

  constructor(part: Part, kind: Carrier = "webtransport") {
    this.part = part;
    this.kind = kind;
  }

  says(path: string, track: string, text: string): void {
    this.#readers.get(`${path} ${track}`)?.(text);
  }

  texts(path: string, track: string, heard: (text: string) => void): () => void {
    this.#readers.set(`${path} ${track}`, heard);
    return () => undefined;
  }

  bytes(): () => void {
    return () => undefined;
  }

  frames(): () => void {
    return () => undefined;
  }

  publish(): never {
    throw new Error("nothing is published here");
  }

  close(): void {
    this.isClosed = true;
    this.end(0);
  }
}

export const HERE = { camera: "https://here/camera", screen: "https://here/screen", fingerprints: [] };
export const THERE = { camera: "https://there/camera", screen: "https://there/screen", fingerprints: [] };
export const ADDRESS: MediaAddress = {
  ...HERE,
  socket: { camera: null, screen: "" },
  parents: [],
  camera_free: true,
  up: "up/c1/hue/abcdefgh",
  program: "program/c1",
  latency_ms: 150,
};

/** A member that notes what it is told; it is carried by a line as soon as the test says so. */
export function member(): Member & { readonly notes: string[]; carried: boolean } {
  const notes: string[] = [];
  return {
    notes,
    carried: false,
    take: (line: Line) => notes.push(`take ${line.part}`),
    leave: (line: Line) => notes.push(`leave ${line.part}`),
    tick: () => undefined,
    hear: (told: LineTold) => notes.push(`hear ${told.down}`),
    isCarriedBy(): boolean {
      return this.carried;
    },
  };
}

export interface World {
  readonly link: Link;
  readonly opened: Opened[];
  readonly urls: string[];
  address: () => Promise<MediaAddress>;
  isReachable: (url: string) => boolean;
  /** The server sends no beat. */
  isSilent: boolean;
  /** A way over a WebSocket was sought. */
  socket: () => void;
  hasSocket: boolean;
}

export function world(): World {
  const opened: Opened[] = [];
  const urls: string[] = [];
  const begun = (session: Opened): Opened => {
    opened.push(session);
    setInterval(() => {
      if (!made.isSilent) session.says("program/c1", "beat", "{}");
    }, 1000);
    return session;
  };
  const made: World = {
    opened,
    urls,
    address: () => Promise.resolve({ ...ADDRESS, socket: { camera: null, screen: null as unknown as string } }),
    isReachable: () => true,
    isSilent: false,
    socket: () => undefined,
    hasSocket: false,
    link: new Link(
      () => made.address(),
      new Reach({
        hasTransport: () => true,
        transport: (url) => {
          urls.push(url);
          if (!made.isReachable(url)) return Promise.reject(new Error("nobody there"));
          const session = new Opened(url.endsWith("camera") ? "camera" : "screen");
          return Promise.resolve(begun(session));
        },
        socket: () => {
          made.socket();
          return made.hasSocket ? Promise.resolve(begun(new Opened("screen", "websocket"))) : Promise.reject(new Error("no socket"));
        },
        now: () => Date.now(),
      }),
    ),
  };
  return made;
}

/** The page's clock, which a worker ticks. */
export class Ticking {
  onmessage: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  postMessage(ms: number): void {
    this.#timer = setInterval(() => this.onmessage?.(), ms);
  }

  terminate(): void {
    clearInterval(this.#timer);
  }
}
