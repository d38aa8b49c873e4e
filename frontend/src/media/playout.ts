// When a frame is to be shown: a fixed latency after it would have come over the fastest way seen.

const FORGET_MS_PER_SECOND = 2;
const BROKEN_MS = 2000;

export class Playout {
  readonly #latency: number;
  #fastest: number | null = null;
  #seenAt = 0;

  constructor(latency: number) {
    this.#latency = latency;
  }

  /** A frame came: `timestamp` in microseconds of the source, `now` in milliseconds here. */
  arrived(timestamp: number, now: number): void {
    const behind = now - timestamp / 1000;
    const kept = this.#fastest === null ? behind : this.#fastest + ((now - this.#seenAt) / 1000) * FORGET_MS_PER_SECOND;
    this.#fastest = behind - kept > BROKEN_MS ? behind : Math.min(kept, behind);
    this.#seenAt = now;
  }

  /** When it is to be shown, in milliseconds here. */
  due(timestamp: number): number {
    return timestamp / 1000 + (this.#fastest ?? 0) + this.#latency;
  }
}
