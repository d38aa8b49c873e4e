// A line whose sound comes late for a while has a queue standing on it: the large picture has to make room at once.
// And how much a line has room for, by how long its key frames take.
import { Playout } from "./playout";

const CROWDED_AT_MS = 80;
const CROWDED_FOR_MS = 170;
const TELLING_BYTES = 6000;
/** A key frame takes the encoder so much longer than the pictures around it. */
const ENCODING_MS = 10;
const AT_LEAST_MS = 1;
const KEY_FRAMES = 3;

/** Of the sound of one source over one line; pictures are stamped otherwise. */
export class Crowding {
  readonly #pace = new Playout(CROWDED_AT_MS);
  #since: number | null = null;

  /** Whether sound comes late for too long with this frame. What comes all at once after a pause is late for no time. */
  note(timestamp: number, now: number): boolean {
    this.#pace.arrived(timestamp, now);
    if (this.#pace.lateBy(timestamp, now) === 0) this.#since = null;
    else this.#since ??= now;
    return this.#since !== null && now - this.#since >= CROWDED_FOR_MS;
  }
}

/** Of one track, from when it was asked for. */
export class Room {
  #least: number | null = null;
  readonly #seen: number[] = [];

  /** In kbit/s; null as long as no key frame was large enough to tell. */
  get kbps(): number | null {
    const sorted = [...this.#seen].sort((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)];
    return median === undefined ? null : Math.round(median);
  }

  /** A picture came so many ms behind its timestamp. */
  note(behindMs: number, bytes: number, isKey: boolean): void {
    if (!isKey) {
      this.#least = this.#least === null ? behindMs : Math.min(this.#least, behindMs);
      return;
    }
    if (this.#least !== null && bytes >= TELLING_BYTES) {
      this.#seen.push((bytes * 8) / Math.max(behindMs - this.#least - ENCODING_MS, AT_LEAST_MS));
      if (this.#seen.length > KEY_FRAMES) this.#seen.shift();
    }
    this.#least = null;
  }
}
