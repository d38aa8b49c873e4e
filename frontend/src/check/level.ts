// How loud somebody speaks: the loudness of what was said, not of the pauses between.

const LOUD_SHARE = 0.9;

export class SpeechLevel {
  readonly #levels: number[] = [];

  /** Samples of some 20 ms, between -1 and 1. */
  hear(samples: Float32Array): void {
    const power = samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length);
    this.#levels.push(power <= 0 ? -100 : 10 * Math.log10(power));
  }

  /** In dB below full scale, or nothing if nothing was heard at all. */
  get db(): number | null {
    if (this.#levels.length === 0) return null;
    const ordered = [...this.#levels].sort((one, other) => one - other);
    return Math.round(ordered[Math.floor((ordered.length - 1) * LOUD_SHARE)] ?? -100);
  }
}
