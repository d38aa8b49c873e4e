// Lets through so many a second of what comes faster, evenly.

const EARLY_US = 10_000;

export class Pacer {
  readonly #every: number;
  #due = -Infinity;

  constructor(perSecond: number) {
    this.#every = 1_000_000 / perSecond;
  }

  /** Whether what comes at `at` (microseconds) goes through. */
  takes(at: number): boolean {
    if (at < this.#due - EARLY_US) return false;
    this.#due = Math.max(this.#due, at - this.#every) + this.#every;
    return true;
  }
}
