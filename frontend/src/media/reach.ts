// How this page comes to sound and picture: by WebTransport, and where that is missing or not up in time by a
// WebSocket to the web server. What worked is kept for this page; every few minutes the better way is tried again: with
// the next connection, and by a page that only looks also beside the line that it has.
import type { MediaAddress, MediaDoor } from "../wire/http";
import type { Carrier, Session } from "./session";

export type Part = "camera" | "screen";

/** How each way is opened; each raises an error when it can't be. */
export interface Ways {
  readonly hasTransport: () => boolean;
  readonly transport: (url: string, fingerprints: readonly string[], patienceMs: number) => Promise<Session>;
  readonly socket: (url: string) => Promise<Session>;
  readonly now: () => number;
}

export const TRANSPORT_MS = 2500;
const HEAD_START_MS = 1500;
export const AGAIN_MS = 180_000;

/** The address names no door for this part. */
export class NoDoor extends Error {}

export class Reach {
  readonly #ways: Ways;
  #kept: Carrier = "webtransport";
  #keptAt = 0;
  #isProven = false;

  constructor(ways: Ways) {
    this.#ways = ways;
  }

  /** WebTransport has worked on this page: a node that can't be reached is gone itself. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** This browser could come another way than by a WebSocket. */
  get hasBetter(): boolean {
    return this.#ways.hasTransport();
  }

  /** A session at one node; `socket` is the web server's way round it, if there is one. */
  async open(door: MediaDoor, socket: string | null, as: Part): Promise<Session> {
    const url = door[as];
    if (url === null) throw new NoDoor(`no door for a ${as}`);
    const session = await this.#open(url, door.fingerprints, socket);
    if (session.kind !== this.#kept || session.kind === "websocket") this.#keptAt = this.#ways.now();
    this.#kept = session.kind;
    if (session.kind === "webtransport") this.#isProven = true;
    return session;
  }

  /** By WebTransport alone, for a page whose line goes round it. Raises an error when it can't be. */
  async better(door: MediaDoor, as: Part): Promise<Session> {
    const url = door[as];
    if (url === null) throw new NoDoor(`no better door for a ${as}`);
    const session = await this.#ways.transport(url, door.fingerprints, TRANSPORT_MS);
    this.#kept = session.kind;
    this.#isProven = true;
    return session;
  }

  #open(url: string, fingerprints: readonly string[], socket: string | null): Promise<Session> {
    const transport = (): Promise<Session> => this.#ways.transport(url, fingerprints, TRANSPORT_MS);
    if (socket === null) return transport();
    return this.#triesTransport() ? raced(transport(), () => this.#ways.socket(socket)) : this.#ways.socket(socket);
  }

  #triesTransport(): boolean {
    if (!this.#ways.hasTransport()) return false;
    return this.#kept === "webtransport" || this.#ways.now() - this.#keptAt >= AGAIN_MS;
  }
}

/** The better way if it is up in time, else the other, which is opened a little later so that nobody waits for both. */
async function raced(better: Promise<Session>, other: () => Promise<Session>): Promise<Session> {
  const late = Promise.race([better.then(() => true, () => false), pause(HEAD_START_MS).then(() => false)]);
  if (await late) return better;
  const second = other();
  second.catch(() => undefined);
  try {
    const session = await better;
    second.then((unused) => unused.close()).catch(() => undefined);
    return session;
  } catch {
    return second;
  }
}

/** The web server's own node first, then the others of the conference. */
export function doorsOf(address: MediaAddress): readonly MediaDoor[] {
  return [address, ...address.parents];
}

/** The whole URL of a way over a WebSocket that the web server named, seen from the page at `page`. */
export function socketUrl(named: string, page: string): string {
  const url = new URL(named, page);
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol === "http:") url.protocol = "ws:";
  return url.href;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
