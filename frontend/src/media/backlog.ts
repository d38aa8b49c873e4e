// How long what is being sent has been waiting: a socket tells only how many bytes do.

interface Handed {
  /** Bytes handed over up to this message, this one too. */
  readonly upTo: number;
  readonly at: number;
}

export class Backlog {
  readonly #handed: Handed[] = [];
  #bytes = 0;

  /** A message of so many bytes was handed to the socket at `now`, in milliseconds. */
  add(bytes: number, now: number): void {
    this.#bytes += bytes;
    this.#handed.push({ upTo: this.#bytes, at: now });
  }

  /** For how long the oldest message has waited of which something is among the `waiting` bytes. */
  age(waiting: number, now: number): number {
    const gone = this.#bytes - waiting;
    const first = this.#handed.findIndex((one) => one.upTo > gone);
    this.#handed.splice(0, first < 0 ? this.#handed.length : first);
    return now - (this.#handed[0]?.at ?? now);
  }
}
