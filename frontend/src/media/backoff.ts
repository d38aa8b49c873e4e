// How long to wait before the next try: doubling, each time plus or minus half.

export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #pause: number;

  constructor(first = 500, longest = 5000) {
    this.#first = first;
    this.#longest = longest;
    this.#pause = first;
  }

  next(): number {
    const pause = this.#pause * (0.5 + Math.random());
    this.#pause = Math.min(this.#pause * 2, this.#longest);
    return pause;
  }

  reset(): void {
    this.#pause = this.#first;
  }
}
