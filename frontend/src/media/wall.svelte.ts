// The operator's wall: how each site stands, and a small still of each tile in sight.
import { ThumbFeed } from "./decode";
import { paint, whileSeen } from "./easel";
import type { Rung } from "./line";
import type { Line, Link, Member } from "./link.svelte";

/** How one site's line stands; what is not known is missing. */
export interface SiteStanding {
  readonly level?: number;
  readonly rtt_ms?: number;
  readonly loss?: number;
  readonly late_ms?: number;
  readonly up?: Rung;
  readonly down?: Rung;
  readonly by?: string;
  readonly screens?: number;
  readonly talk?: boolean;
}

interface Still {
  readonly site: string;
  readonly canvas: HTMLCanvasElement;
  isSeen: boolean;
  feed: ThumbFeed | null;
}

export class WallWatch implements Member {
  /** By site; only those whose camera or screen is there. */
  states = $state.raw<Readonly<Record<string, SiteStanding>>>({});
  /** The sites whose still stands on a canvas. */
  pictured = $state<Record<string, boolean>>({});
  readonly #link: Link;
  readonly #stills = new Set<Still>();
  #line: Line | null = null;
  #watchers = 0;
  #isRead = false;

  constructor(link: Link) {
    this.#link = link;
    link.join(this);
  }

  /** Follow how the sites stand, until what is returned is called. */
  watch(): () => void {
    this.#watchers += 1;
    this.#read();
    const letGo = this.#link.hold();
    return () => {
      this.#watchers -= 1;
      letGo();
    };
  }

  /** Draw a site's stills on a canvas while it is in sight, until what is returned is called. */
  thumb(site: string, canvas: HTMLCanvasElement): () => void {
    const still: Still = { site, canvas, isSeen: true, feed: null };
    this.#stills.add(still);
    const unsee = whileSeen(canvas, (isSeen) => {
      still.isSeen = isSeen;
      this.#follow(still);
    });
    return () => {
      unsee();
      this.#stills.delete(still);
      still.feed?.stop();
    };
  }

  take(line: Line): void {
    if (this.#line === line) return;
    this.#line = line;
    this.#isRead = false;
    this.#read();
    this.#restart();
  }

  leave(line: Line): void {
    if (this.#line !== line) return;
    this.#line = null;
    this.#restart();
  }

  hear(): void {
    // What is said of this desk's own line is no matter of the wall.
  }

  tick(): void {
    // The wall only looks.
  }

  isCarriedBy(): boolean {
    return true;
  }

  /** Only operators may read the wall; other desks never ask for it. */
  #read(): void {
    const line = this.#line;
    if (line === null || this.#watchers === 0 || this.#isRead) return;
    this.#isRead = true;
    line.session.texts(`wall/${line.conference}`, "states", (text) => {
      if (this.#line === line) this.states = readStates(text) ?? this.states;
    });
  }

  #restart(): void {
    for (const still of this.#stills) {
      still.feed?.stop();
      still.feed = null;
      this.#follow(still);
    }
  }

  #follow(still: Still): void {
    const line = this.#line;
    if (line === null || !still.isSeen) {
      still.feed?.stop();
      still.feed = null;
      return;
    }
    still.feed ??= new ThumbFeed(line.session, `wall/${line.conference}`, `thumb/${still.site}`, (picture) => {
      paint(still.canvas, picture);
      if (this.pictured[still.site] !== true) this.pictured[still.site] = true;
      picture.close();
    });
  }
}

/** The sites of a text of the track `states`; nothing from a text that is none. */
export function readStates(text: string): Readonly<Record<string, SiteStanding>> | null {
  try {
    const told: unknown = JSON.parse(text);
    if (typeof told !== "object" || told === null || !("sites" in told)) return null;
    const { sites } = told;
    return typeof sites === "object" && sites !== null ? (sites as Record<string, SiteStanding>) : null;
  } catch {
    return null;
  }
}
