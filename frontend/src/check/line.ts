// The line of a hall, measured over the very path that sound and picture take: see “The check of a line” in the
// media contract. First up, then down; the server counts what came up, this page what came down.
import { newNonce } from "../media/arrival";
import type { Line } from "../media/link.svelte";

const PIECE_BYTES = 15_000;
const PIECES_PER_SECOND = 25;
const PING_MS = 200;
const STAGE_MS = 30_000;
const LOOK_MS = 500;

export type Stage = "waiting" | "up" | "down" | "done";

/** How a check goes; `place` only while it waits: the first one is measured next. */
export interface News {
  readonly stage: Stage;
  readonly place?: number;
}

export interface LineMeasures {
  readonly up_kbps: number;
  readonly down_kbps: number;
  readonly late_ms: number | null;
  readonly loss_permille: number | null;
  readonly rtt_ms: number | null;
  readonly clock_ms: number | null;
}

interface Result extends News {
  /** Which check is meant: the one before may still be read. */
  readonly check: string;
  readonly up_kbps?: number;
  readonly late_ms?: number;
  readonly loss_permille?: number | null;
  readonly rtt_ms?: number | null;
}

/** Round trips, and from the quickest of them how far this clock is off. */
export class Pings {
  readonly #sent = new Map<string, { readonly at: number; readonly wall: number }>();
  readonly #prefix: string;
  #count = 0;
  #quickest: { readonly rtt: number; readonly off: number } | null = null;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  send(at: number, wall: number): string {
    const name = `${this.#prefix}-${(this.#count += 1)}`;
    this.#sent.set(name, { at, wall });
    return name;
  }

  /** `now`: the server's time in ms since 1970 when it answered. Returns whether it answers one of these. */
  answered(name: string, now: number, at: number): boolean {
    const sent = this.#sent.get(name);
    if (sent === undefined) return false;
    this.#sent.delete(name);
    const rtt = at - sent.at;
    if (this.#quickest === null || rtt < this.#quickest.rtt) this.#quickest = { rtt, off: sent.wall + rtt / 2 - now };
    return true;
  }

  get rttMs(): number | null {
    return this.#quickest === null ? null : Math.round(this.#quickest.rtt);
  }

  get clockMs(): number | null {
    return this.#quickest === null ? null : Math.round(this.#quickest.off);
  }
}

/** What came of a stream of pieces. */
export class Arrivals {
  #bytes = 0;
  #first: number | null = null;
  #last = 0;
  readonly #leads: number[] = [];

  take(piece: Uint8Array, at: number): void {
    if (piece.byteLength < 12) return;
    if (this.#first === null) this.#first = at;
    else this.#bytes += piece.byteLength;
    this.#last = at;
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#leads.push(at - Number(view.getBigUint64(4)) / 1000);
  }

  get kbps(): number {
    const lasted = this.#first === null ? 0 : this.#last - this.#first;
    return lasted > 0 ? Math.round((this.#bytes * 8) / lasted) : 0;
  }

  get lateMs(): number | null {
    if (this.#leads.length === 0) return null;
    const ordered = [...this.#leads].sort((one, other) => one - other);
    const slow = ordered[Math.floor(((ordered.length - 1) * 19) / 20)] ?? 0;
    return Math.round(slow - (ordered[0] ?? 0));
  }
}

/** How long it is worth going on: each stage has a limit; the wait for a turn goes on while pings come back. */
export class Patience {
  #until: number;
  #isWaiting = true;

  constructor(at: number) {
    this.#until = at + STAGE_MS;
  }

  stage(stage: Stage, at: number): void {
    this.#isWaiting = stage === "waiting";
    this.#until = at + STAGE_MS;
  }

  ponged(at: number): void {
    if (this.#isWaiting) this.#until = at + STAGE_MS;
  }

  isOver(at: number): boolean {
    return at > this.#until;
  }
}

export function pieceOf(number: number, at: number): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(PIECE_BYTES);
  const view = new DataView(piece.buffer);
  view.setUint32(0, number);
  view.setBigUint64(4, BigInt(Math.round(at * 1000)));
  return piece;
}

/** Measure once. Raises an error if the line ends before, nothing comes for too long, or it is left. */
export async function measureLine(line: Line, left: AbortSignal, told: (news: News) => void): Promise<LineMeasures> {
  const nonce = newNonce();
  const publication = line.session.publish(`check/${line.conference}/${nonce}`);
  const ping = publication.track("ping");
  const up = publication.track("up");
  const pings = new Pings(nonce);
  let number = 0;
  const timers = [
    setInterval(() => {
      ping.writeText(pings.send(performance.now(), Date.now()));
    }, PING_MS),
    setInterval(() => {
      if (up.isWanted) up.writeBytes(pieceOf((number += 1), performance.now()));
    }, 1000 / PIECES_PER_SECOND),
  ];
  try {
    return await followed(line, nonce, pings, left, told);
  } finally {
    for (const timer of timers) clearInterval(timer);
    // One by one: only so does the server learn that the check is over.
    ping.close();
    up.close();
    publication.close();
  }
}

async function followed(
  line: Line,
  nonce: string,
  pings: Pings,
  left: AbortSignal,
  told: (news: News) => void,
): Promise<LineMeasures> {
  const base = `check/${line.conference}`;
  const down = new Arrivals();
  const patience = new Patience(performance.now());
  const stops: (() => void)[] = [];
  let isCounting = false;
  try {
    const result = await new Promise<Result>((resolve, reject) => {
      const hear = (found: Result): void => {
        if (found.check !== nonce) return;
        patience.stage(found.stage, performance.now());
        // Not before its turn: that would be the last piece of the check before.
        if (found.stage !== "waiting" && !isCounting) {
          isCounting = true;
          stops.push(line.session.bytes(base, "down", (piece) => down.take(piece, performance.now())));
        }
        told(found);
        if (found.stage === "done") resolve(found);
      };
      const looking = setInterval(() => {
        if (patience.isOver(performance.now())) reject(new Error("nothing came"));
      }, LOOK_MS);
      stops.push(
        () => clearInterval(looking),
        line.session.texts(base, "pong", (text) => {
          const pong = JSON.parse(text) as { ping: string; now: number };
          if (pings.answered(pong.ping, pong.now, performance.now())) patience.ponged(performance.now());
        }),
        line.session.texts(base, "result", (text) => hear(JSON.parse(text) as Result)),
      );
      if (left.aborted) reject(new Error("nobody waits for it"));
      left.addEventListener("abort", () => reject(new Error("nobody waits for it")), { once: true });
      void line.session.closed.then(() => reject(new Error("the line ended")));
    });
    return {
      up_kbps: result.up_kbps ?? 0,
      down_kbps: down.kbps,
      late_ms: Math.max(result.late_ms ?? 0, down.lateMs ?? 0),
      loss_permille: result.loss_permille ?? null,
      rtt_ms: pings.rttMs ?? result.rtt_ms ?? null,
      clock_ms: pings.clockMs,
    };
  } finally {
    for (const stop of stops) stop();
  }
}
