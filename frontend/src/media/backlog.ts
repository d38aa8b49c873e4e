// How long what is being sent has been waiting: a socket tells only how many bytes do.

interface Handed {
  /** Bytes handed over up to this message, this one too. */
  readonly upTo: number;
  readonly at: number;
}

export class Backlog {
  #handed: Handed[] = [];
  #bytes = 0;

  /** How many messages are remembered. */
  get size(): number {
    return this.#handed.length;
  }

  /** A message of so many bytes was handed to the socket at `now`, in milliseconds; it is among the `waiting` bytes. */
  add(bytes: number, waiting: number, now: number): void {
    this.#bytes += bytes;
    this.#handed.push({ upTo: this.#bytes, at: now });
    this.#forget(waiting);
  }

  /** For how long the oldest message has waited of which something is among the `waiting` bytes. */
  age(waiting: number, now: number): number {
    this.#forget(waiting);
    return now - (this.#handed[0]?.at ?? now);
  }

  #forget(waiting: number): void {
    const gone = this.#bytes - waiting;
    const first = this.#handed.findIndex((one) => one.upTo > gone);
    if (first !== 0) this.#handed = first < 0 ? [] : this.#handed.slice(first);
  }
}
