// Pictures that were decoded and wait to be shown, in the order of their time.

/** What takes memory until it is closed. */
export interface Held {
  close(): void;
}

const MOST = 30;

export class Reel<Picture extends Held> {
  readonly #due: (timestamp: number) => number;
  readonly #waiting: { readonly picture: Picture; readonly timestamp: number }[] = [];

  constructor(due: (timestamp: number) => number) {
    this.#due = due;
  }

  put(picture: Picture, timestamp: number): void {
    const before = this.#waiting.findLastIndex((one) => one.timestamp <= timestamp);
    this.#waiting.splice(before + 1, 0, { picture, timestamp });
    while (this.#waiting.length > MOST) this.#waiting.shift()?.picture.close();
  }

  /** The newest that is due, for whoever closes it; those before it are too late. */
  takeDue(now: number): Picture | null {
    let due: Picture | null = null;
    while (this.#waiting[0] !== undefined && this.#due(this.#waiting[0].timestamp) <= now) {
      due?.close();
      due = this.#waiting.shift()?.picture ?? null;
    }
    return due;
  }

  /** Others come in place of those from this time on. */
  dropFrom(timestamp: number): void {
    for (let place = this.#waiting.length - 1; place >= 0; place -= 1) {
      if ((this.#waiting[place]?.timestamp ?? 0) >= timestamp) this.#waiting.splice(place, 1)[0]?.picture.close();
    }
  }

  clear(): void {
    for (const one of this.#waiting.splice(0)) one.picture.close();
  }
}
