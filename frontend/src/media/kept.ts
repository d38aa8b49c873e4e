// Whether a camera was on when its page was last open, so that the page turns it on again by itself. One page of
// a browser holds it at a time: a second page of the same desk doesn't take the camera away from the first.

export class KeptCamera {
  readonly #name: string;
  #release: (() => void) | null = null;

  constructor(desk: string) {
    this.#name = `diemcau.camera ${desk}`;
  }

  /** The person turned the camera on. */
  on(): void {
    try {
      localStorage.setItem(this.#name, "on");
    } catch {
      // A browser that keeps nothing waits for the press next time.
    }
    void this.#hold({}, () => undefined);
  }

  /** The person turned the camera off. */
  off(): void {
    this.leave();
    try {
      localStorage.removeItem(this.#name);
    } catch {
      // Nothing was kept either.
    }
  }

  /** The page goes; whether the camera was on is kept. */
  leave(): void {
    this.#release?.();
    this.#release = null;
  }

  /** Call `start` if the camera was on when the page was last open, and no other page has it now. */
  again(start: () => void): void {
    if (this.#wasOn()) void this.#hold({ ifAvailable: true }, start);
  }

  #wasOn(): boolean {
    try {
      return localStorage.getItem(this.#name) !== null;
    } catch {
      return false;
    }
  }

  async #hold(options: LockOptions, start: () => void): Promise<void> {
    if (!("locks" in navigator) || this.#release !== null) return;
    await navigator.locks.request(this.#name, options, async (lock) => {
      if (lock === null) return;
      start();
      await new Promise<void>((release) => (this.#release = release));
    });
  }
}
