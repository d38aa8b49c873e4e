// What this desk was told of the conference: the sections as they came, the server's clock, the line.
import type { Listener } from "../wire/live";
import type { Sections } from "../wire/types";

const TICK_MS = 200;

export class Board implements Listener {
  sections = $state.raw<Partial<Sections>>({});
  position = $state(0);
  state = $state<"connecting" | "up" | "lost">("connecting");
  now = $state(Date.now());
  #ahead = 0;
  #tick: ReturnType<typeof setInterval> | undefined;

  startClock(): void {
    this.#tick = setInterval(() => this.#turn(), TICK_MS);
  }

  stopClock(): void {
    clearInterval(this.#tick);
  }

  board(sections: Partial<Sections>, position: number): void {
    this.sections = sections;
    this.position = position;
  }

  section(name: keyof Sections, value: unknown, position: number): void {
    this.sections = { ...this.sections, [name]: value };
    this.position = position;
  }

  line(state: "up" | "lost"): void {
    this.state = state;
  }

  clock(at: string): void {
    const told = Date.parse(at);
    if (!Number.isNaN(told)) this.#ahead = told - Date.now();
    this.#turn();
  }

  /** The server's clock now, without waiting for the next tick. */
  clockNow(): number {
    return Date.now() + this.#ahead;
  }

  #turn(): void {
    this.now = this.clockNow();
  }
}
