// The line of a hall, measured over the very path that sound and picture take: see “The check of a line” in the
// media contract. First up, then down; the server counts what came up, this page what came down.
import type { Line } from "../media/link.svelte";

const PIECE_BYTES = 15_000;
const PIECES_PER_SECOND = 25;
const PING_MS = 200;
const GIVEN_UP_MS = 90_000;

export type Stage = "waiting" | "up" | "down" | "done";

export interface LineMeasures {
  readonly up_kbps: number;
  readonly down_kbps: number;
  readonly late_ms: number | null;
  readonly loss_permille: number | null;
  readonly rtt_ms: number | null;
  readonly clock_ms: number | null;
}

interface Result {
  readonly stage: Stage;
  readonly up_kbps?: number;
  readonly late_ms?: number;
  readonly loss_permille?: number | null;
  readonly rtt_ms?: number | null;
}

/** Round trips, and from the quickest of them how far this clock is off. */
export class Pings {
  readonly #sent = new Map<string, { readonly at: number; readonly wall: number }>();
  #count = 0;
  #quickest: { readonly rtt: number; readonly off: number } | null = null;

  send(at: number, wall: number): string {
    const name = String((this.#count += 1));
    this.#sent.set(name, { at, wall });
    return name;
  }

  /** `now`: the server's time in ms since 1970 when it answered. */
  answered(name: string, now: number, at: number): void {
    const sent = this.#sent.get(name);
    if (sent === undefined) return;
    this.#sent.delete(name);
    const rtt = at - sent.at;
    if (this.#quickest === null || rtt < this.#quickest.rtt) this.#quickest = { rtt, off: sent.wall + rtt / 2 - now };
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

export function pieceOf(number: number, at: number): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(PIECE_BYTES);
  const view = new DataView(piece.buffer);
  view.setUint32(0, number);
  view.setBigUint64(4, BigInt(Math.round(at * 1000)));
  return piece;
}

/** Measure once. Raises an error if the line ends before, or nothing comes for too long. */
export async function measureLine(line: Line, told: (stage: Stage) => void): Promise<LineMeasures> {
  const base = `check/${line.conference}`;
  const publication = line.session.publish(`${base}/${nonce()}`);
  const ping = publication.track("ping");
  const up = publication.track("up");
  const pings = new Pings();
  const down = new Arrivals();
  let number = 0;
  const timers = [
    setInterval(() => {
      ping.writeText(pings.send(performance.now(), Date.now()));
    }, PING_MS),
    setInterval(() => {
      if (up.isWanted) up.writeBytes(pieceOf((number += 1), performance.now()));
    }, 1000 / PIECES_PER_SECOND),
  ];
  const stops: (() => void)[] = [];
  try {
    const result = await new Promise<Result>((resolve, reject) => {
      stops.push(
        line.session.texts(base, "pong", (text) => {
          const pong = JSON.parse(text) as { ping: string; now: number };
          pings.answered(pong.ping, pong.now, performance.now());
        }),
        line.session.bytes(base, "down", (piece) => down.take(piece, performance.now())),
        line.session.texts(base, "result", (text) => {
          const found = JSON.parse(text) as Result;
          told(found.stage);
          if (found.stage === "done") resolve(found);
        }),
      );
      void line.session.closed.then(() => reject(new Error("the line ended")));
      timers.push(setInterval(() => reject(new Error("nothing came")), GIVEN_UP_MS));
    });
    const late = Math.max(result.late_ms ?? 0, down.lateMs ?? 0);
    return {
      up_kbps: result.up_kbps ?? 0,
      down_kbps: down.kbps,
      late_ms: late,
      loss_permille: result.loss_permille ?? null,
      rtt_ms: pings.rttMs ?? result.rtt_ms ?? null,
      clock_ms: pings.clockMs,
    };
  } finally {
    for (const timer of timers) clearInterval(timer);
    for (const stop of stops) stop();
    publication.close();
  }
}

function nonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
