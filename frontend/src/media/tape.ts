// Lays the decoded sound of one source end to end, each piece at its place, and says when it is due. A step of the
// source's clock that nobody would hear is no gap; the loudspeaker follows it by going a little faster or slower.
import type { Playout } from "./playout";
import { RATE } from "./ring";

/** Where the sound goes. */
export interface Laid {
  write(at: number, sound: Float32Array<ArrayBuffer>): void;
  aim(offset: number): void;
}

const JOINED_US = 20_000;
const LOST_US = 2_000_000;
const SMOOTH = 0.05;
const FOLLOW_AT_ONCE = RATE * 0.1;

export class Tape {
  readonly #laid: Laid;
  readonly #playout: Playout;
  /** The frame of the sound card that is heard now. */
  readonly #heard: () => number;
  #at = 0;
  #next: number | null = null;
  #offset: number | null = null;

  constructor(laid: Laid, playout: Playout, heard: () => number) {
    this.#laid = laid;
    this.#playout = playout;
    this.#heard = heard;
  }

  /** `timestamp` in microseconds of the source. What lies before the end of what is there already is left out. */
  put(timestamp: number, sound: Float32Array<ArrayBuffer>): void {
    const skipped = this.#next === null ? 0 : timestamp - this.#next;
    if (skipped < -JOINED_US && skipped > -LOST_US) return;
    if (skipped > JOINED_US && skipped < LOST_US) this.#at += Math.round((skipped / 1_000_000) * RATE);
    this.#aim(timestamp);
    this.#laid.write(this.#at | 0, sound);
    this.#next = timestamp + (sound.length / RATE) * 1_000_000;
    this.#at += sound.length;
  }

  #aim(timestamp: number): void {
    const waits = ((this.#playout.due(timestamp) - performance.now()) / 1000) * RATE;
    const offset = this.#heard() + waits - this.#at;
    const before = this.#offset;
    const isNear = before !== null && Math.abs(offset - before) < FOLLOW_AT_ONCE;
    this.#offset = isNear ? before + (offset - before) * SMOOTH : offset;
    this.#laid.aim(Math.round(this.#offset));
  }
}
