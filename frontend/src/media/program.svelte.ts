// What every hall sees, as the pages know it: follows the record of what is on air, and keeps one player for each
// source. The last picture of a source stays on its canvas when the line is lost.
import { bestRung, canHear, lowestOf, rungOf } from "./ability";
import { untrack } from "svelte";
import { entryFor, readAir, type AirEntry, type Slot } from "./air";
import { whileSeen } from "./easel";
import type { LineTold, Rung } from "./line";
import type { Line, Link, LinkState, Member } from "./link.svelte";
import { Player } from "./player";
import { FAR_MS, latencyAtFirst, latencyFor, NEAR_MS } from "./playout";
import { WatchBeat } from "./arrival";
import { Speaker } from "./speaker";

export type WatchState = LinkState;

/** For so long the large picture stays away if the server does not find the line crowded. */
const RELIEVED_MS = 3000;

/** A canvas on which a source is shown. */
export interface Showing {
  /** Whether the layout has a place for it now: else no picture is asked for. */
  want(isWanted: boolean): void;
  close(): void;
}

interface Spot {
  readonly slot: Slot | `preview:${string}`;
  readonly canvas: HTMLCanvasElement;
  isWanted: boolean;
  isSeen: boolean;
}

export class ProgramWatch implements Member {
  readonly link: Link;
  airs = $state.raw<readonly AirEntry[]>([]);
  /** The air whose picture stands on the canvas of each place, if only the last one. */
  pictures = $state.raw<Partial<Record<Slot, AirEntry>>>({});
  /** The number of the air whose moving picture each place shows since it is wanted. */
  moving = $state.raw<Partial<Record<Slot, number>>>({});
  isSounding = $state(false);
  /** The sites whose preview shows a picture. */
  previewed = $state<Record<string, boolean>>({});
  readonly #spots = new Set<Spot>();
  readonly #players = new Map<string, Player>();
  readonly #beats = new Map<Line, WatchBeat>();
  #line: Line | null = null;
  #speaker: Speaker | null = null;
  #latency = NEAR_MS;
  #best = $state<Rung>("high");
  #isRelieved = $state(false);
  #relieved: ReturnType<typeof setTimeout> | undefined;
  #isFrozen = false;
  #isHushed = false;
  #watchers = 0;

  constructor(link: Link) {
    this.link = link;
    link.join(this);
    void bestRung().then((best) => {
      this.#best = best;
      this.#follow();
    });
  }

  get state(): WatchState {
    return this.link.state;
  }

  /** The rung of the program that is asked for. */
  get rung(): Rung {
    return lowestOf(this.link.told.down, this.#best, this.#isRelieved ? "low" : "high");
  }

  entry(slot: Slot): AirEntry | undefined {
    return entryFor(this.airs, slot);
  }

  /** Whether the canvas of a place shows the source that is on air now. */
  isShown(slot: Slot): boolean {
    const entry = this.entry(slot);
    return entry !== undefined && this.pictures[slot]?.n === entry.n;
  }

  /** Whether it moves: a picture came since the place was wanted. */
  isMoving(slot: Slot): boolean {
    const entry = this.entry(slot);
    return entry !== undefined && this.moving[slot] === entry.n;
  }

  /** Show the program, until what is returned is called. */
  watch(): () => void {
    this.#watchers += 1;
    const letGo = this.link.hold();
    return () => {
      this.#watchers -= 1;
      letGo();
    };
  }

  show(slot: Slot, canvas: HTMLCanvasElement): Showing {
    return untrack(() => this.#put({ slot, canvas, isWanted: true, isSeen: true }));
  }

  /** A site's camera before it is on air; operators only. */
  preview(site: string, canvas: HTMLCanvasElement): () => void {
    const showing = untrack(() => this.#put({ slot: `preview:${site}`, canvas, isWanted: true, isSeen: true }));
    return () => {
      this.previewed[site] = false;
      showing.close();
    };
  }

  /** What is shown stays as it is, until it may move again. The sound goes on. */
  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    untrack(() => this.#follow());
  }

  /** Nothing is heard while a slate stands in place of picture and sound. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    this.#speaker?.hush(isHushed);
  }

  async sound(isOn: boolean): Promise<void> {
    if (!isOn) {
      const speaker = this.#speaker;
      this.#speaker = null;
      this.isSounding = false;
      this.#voices();
      await speaker?.close();
      return;
    }
    if (!canHear()) return;
    if (this.#speaker === null) {
      this.#speaker = new Speaker();
      this.#speaker.hush(this.#isHushed);
      this.#voices();
    }
    // Without a gesture a browser leaves this open until there is one.
    void this.#speaker.resume().then(() => (this.isSounding = this.#speaker?.isRunning ?? false));
    await Promise.resolve();
    this.isSounding = this.#speaker.isRunning;
  }

  take(line: Line): void {
    if (this.#line !== line) {
      this.#line = line;
      this.#adapt(this.link.told, latencyAtFirst(line.session.kind, line.address.latency_ms));
    }
    if (!this.#beats.has(line)) {
      this.#beats.set(line, new WatchBeat(line));
      line.session.texts(line.address.program, "air", (text) => {
        if (this.#line !== line) return;
        this.airs = readAir(text);
        this.#follow();
      });
    }
    for (const player of this.#players.values()) player.carry(line.session);
  }

  leave(line: Line): void {
    this.#beats.get(line)?.close();
    this.#beats.delete(line);
    if (this.#line !== line) return;
    this.#line = null;
    for (const player of this.#players.values()) player.carry(null);
  }

  hear(told: LineTold): void {
    if (told.down !== "high") this.#isRelieved = false;
    this.#adapt(told, this.#latency);
    this.#follow();
  }

  /** A screen counts as there whether or not anything is on air. */
  tick(): void {
    const beat = this.#line === null ? undefined : this.#beats.get(this.#line);
    const shown = this.airs.filter((one) => one.role !== "gallery").flatMap((one) => this.#players.get(keyOf(one)) ?? []);
    if (beat === undefined || (shown.length === 0 && this.#watchers === 0)) return;
    beat.write(shown.map((player) => player.report()), shown.at(-1)?.shows ?? this.rung);
  }

  isCarriedBy(line: Line): boolean {
    return [...this.#players.values()].every((player) => player.isCarriedBy(line.session));
  }

  #put(spot: Spot): Showing {
    this.#spots.add(spot);
    const unsee = whileSeen(spot.canvas, (isSeen) => {
      spot.isSeen = isSeen;
      this.#follow();
    });
    return {
      want: (isWanted) => {
        if (spot.isWanted === isWanted) return;
        spot.isWanted = isWanted;
        untrack(() => this.#follow());
      },
      close: () => {
        unsee();
        this.#spots.delete(spot);
        untrack(() => this.#follow());
      },
    };
  }

  #adapt(told: LineTold, latency: number): void {
    this.#latency = told.rtt_ms === null ? latency : latencyFor(told.rtt_ms, latency);
    for (const [key, { entry }] of this.#wanted()) {
      const player = this.#players.get(key);
      if (player !== undefined) player.latency = this.#latencyOf(entry);
    }
  }

  /** What is late on its way from its site is late on any line. */
  #latencyOf(entry: AirEntry | null): number {
    return entry?.far === true ? Math.max(this.#latency, FAR_MS) : this.#latency;
  }

  /** Sound wins over picture: the large one goes before the server can ask for less. */
  #relieve(): void {
    const beat = this.#line === null ? undefined : this.#beats.get(this.#line);
    if (beat === undefined || this.rung !== "high") return;
    beat.crowded();
    this.#isRelieved = true;
    clearTimeout(this.#relieved);
    this.#relieved = setTimeout(() => {
      this.#isRelieved = false;
      this.#follow();
    }, RELIEVED_MS);
    this.#follow();
  }

  /** One player for each source wanted, and no other; each paints on the canvases that are its own now. */
  #follow(): void {
    const wanted = this.#wanted();
    for (const [key, player] of this.#players) {
      if (wanted.has(key)) continue;
      player.close();
      this.#players.delete(key);
    }
    for (const [key, source] of wanted) {
      const player = this.#players.get(key) ?? this.#begin(key, source);
      player.rung = source.entry === null ? this.#best : rungFor(source.entry, this.rung);
      const spots = [...this.#spots].filter((spot) => this.#belongs(spot, source));
      player.easel.hang(spots.map((spot) => spot.canvas));
      player.isSeen = spots.some((spot) => spot.isWanted && spot.isSeen) && !(this.#isFrozen && source.entry !== null && this.#hasPicture(spots));
    }
    this.#forgetStill();
  }

  #wanted(): Map<string, Source> {
    const wanted = new Map<string, Source>();
    for (const entry of this.airs) wanted.set(keyOf(entry), { path: entry.broadcast, entry, site: entry.site });
    const conference = this.#line?.conference;
    for (const { slot } of this.#spots) {
      if (!slot.startsWith("preview:") || conference === undefined) continue;
      const site = slot.slice("preview:".length);
      const path = `preview/${conference}/${site}`;
      wanted.set(path, { path, entry: null, site });
    }
    return wanted;
  }

  #belongs(spot: Spot, source: Source): boolean {
    if (source.entry === null) return spot.slot === `preview:${source.site}`;
    return !spot.slot.startsWith("preview:") && this.entry(spot.slot as Slot)?.n === source.entry.n;
  }

  #hasPicture(spots: readonly Spot[]): boolean {
    return spots.every((spot) => this.pictures[spot.slot as Slot] !== undefined);
  }

  #begin(key: string, source: Source): Player {
    const sight = { shown: () => this.#painted(source), crowded: () => this.#relieve() };
    const player = new Player(source.path, this.#latencyOf(source.entry), sight);
    this.#players.set(key, player);
    if (source.entry !== null && source.entry.role !== "gallery") player.speaker = this.#speaker;
    player.carry(this.#line?.session ?? null);
    return player;
  }

  #painted(source: Source): void {
    const { entry } = source;
    if (entry === null) {
      if (this.previewed[source.site] !== true) this.previewed[source.site] = true;
      return;
    }
    for (const spot of this.#spots) {
      if (!this.#belongs(spot, source)) continue;
      const slot = spot.slot as Slot;
      if (this.pictures[slot]?.n !== entry.n) this.pictures = { ...this.pictures, [slot]: entry };
      if (this.moving[slot] !== entry.n) this.moving = { ...this.moving, [slot]: entry.n };
    }
  }

  /** A place that nobody wants stands still from now on. */
  #forgetStill(): void {
    const live = new Set([...this.#spots].filter((spot) => spot.isWanted && spot.isSeen).map((spot) => spot.slot));
    const kept = Object.entries(this.moving).filter(([slot]) => live.has(slot as Slot));
    if (kept.length !== Object.keys(this.moving).length) this.moving = Object.fromEntries(kept);
  }

  #voices(): void {
    for (const entry of this.airs) {
      const player = this.#players.get(keyOf(entry));
      if (player !== undefined && entry.role !== "gallery") player.speaker = this.#speaker;
    }
  }
}

interface Source {
  readonly path: string;
  /** None: a preview. */
  readonly entry: AirEntry | null;
  readonly site: string;
}

/** After a restart of the server the same name may stand for another site. */
function keyOf(entry: AirEntry): string {
  return `${entry.broadcast} ${entry.site}`;
}

/** What of a source is asked for; what moves in the gallery is small already. */
function rungFor(entry: AirEntry, asked: Rung): Rung {
  const rung = rungOf(asked, entry.rung ?? "high");
  return entry.role === "gallery" && rung === "low" ? "high" : rung;
}
