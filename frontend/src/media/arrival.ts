// Tells the server each second how well the program arrives here.
import type { Rung } from "./line";
import type { Line } from "./link.svelte";
import type { Report } from "./player";
import type { Publication, Publishing } from "./session";

export class WatchBeat {
  readonly #publication: Publication;
  readonly #track: Publishing;
  readonly #by: string;
  #count = 0;

  constructor(line: Line) {
    this.#publication = line.session.publish(`watch/${line.conference}/${newNonce()}`);
    this.#track = this.#publication.track("beat");
    this.#by = line.session.kind;
  }

  /** Of no arrivals nothing is known: the line is neither good nor bad then. */
  write(arrivals: readonly Report[], shows: Rung): void {
    this.#count += 1;
    const late_ms = Math.max(0, ...arrivals.map((one) => one.late));
    const gaps = arrivals.reduce((sum, one) => sum + one.gaps, 0);
    const rooms = arrivals.flatMap((one) => one.room ?? []);
    const room = rooms.length === 0 ? {} : { room_kbps: Math.min(...rooms) };
    const arrived = arrivals.length === 0 ? {} : { late_ms, gaps, ...room };
    this.#track.writeText(JSON.stringify({ n: this.#count, ...arrived, by: this.#by, shows }));
  }

  /** The large picture was let go, since a queue stands on the line. */
  crowded(): void {
    this.#count += 1;
    this.#track.writeText(JSON.stringify({ n: this.#count, crowded: true }));
  }

  close(): void {
    this.#track.close();
    this.#publication.close();
  }
}

/** A name that nobody had before: 16 characters of 0–9 and a–f. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
