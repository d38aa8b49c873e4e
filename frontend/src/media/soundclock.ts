// What time each piece of the microphone's sound has: counted by its samples, so that no piece overlaps the next, and
// moved in steps that nobody hears towards the page's clock, by which the picture is stamped.

const STEP_US = 1000;
const NEAR_US = 20_000;
const BROKEN_US = 200_000;
const FORGET = 0.01;

export class SoundClock {
  #next: number | null = null;
  #least = Infinity;

  /** When the piece that has come at `now` began; `length` of it, all in microseconds. */
  stamp(now: number, length: number): number {
    const began = now - length;
    const planned = this.#next ?? began;
    const behind = began - planned;
    // Pieces come late when the page is busy, never early: the least of what was seen counts.
    this.#least = Math.min(behind, this.#least + Math.abs(behind - this.#least) * FORGET);
    if (!Number.isFinite(this.#least)) this.#least = behind;
    let at = planned;
    if (Math.abs(this.#least) > BROKEN_US) {
      at = began;
      this.#least = 0;
    } else if (Math.abs(this.#least) > NEAR_US) {
      const step = Math.sign(this.#least) * STEP_US;
      at += step;
      this.#least -= step;
    }
    this.#next = at + length;
    return at;
  }
}
