// What every hall sees, as the pages know it: connects for ever, follows the record of what is on air, and
// keeps one player for each source. The last picture of a source stays on its canvas when the line is lost.
import type { MediaAddress } from "../wire/http";
import { readAir, type AirEntry, type AirRole } from "./air";
import { Backoff } from "./backoff";
import { connectTransport, hasTransport } from "./moq";
import { Player } from "./player";
import type { Session } from "./session";
import { Speaker } from "./speaker";

export type WatchState = "idle" | "connecting" | "up" | "lost" | "unsupported";

const BEAT_LOST_MS = 3000;
const AGAIN_MS = 1500;

export class ProgramWatch {
  state = $state<WatchState>("idle");
  airs = $state.raw<readonly AirEntry[]>([]);
  /** The air whose picture stands on each canvas. */
  pictures = $state.raw<Partial<Record<AirRole, AirEntry>>>({});
  isSounding = $state(false);
  /** The sites whose preview shows a picture. */
  previewed = $state<Record<string, boolean>>({});
  readonly #address: () => Promise<MediaAddress>;
  readonly #canvases = new Map<AirRole, HTMLCanvasElement>();
  readonly #previews = new Map<string, HTMLCanvasElement>();
  readonly #players = new Map<string, Player>();
  readonly #backoff = new Backoff();
  #session: Session | null = null;
  #speaker: Speaker | null = null;
  #latency = 150;
  #watchers = 0;
  #conference = "";
  #beat: ReturnType<typeof setTimeout> | undefined;

  constructor(address: () => Promise<MediaAddress>) {
    this.#address = address;
  }

  entry(role: AirRole): AirEntry | undefined {
    return this.airs.find((one) => one.role === role);
  }

  /** Whether the canvas of a role shows the source that is on air now. */
  isShown(role: AirRole): boolean {
    const entry = this.entry(role);
    return entry !== undefined && this.pictures[role]?.n === entry.n;
  }

  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) void this.#run();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#session?.close();
    };
  }

  show(role: AirRole, canvas: HTMLCanvasElement): () => void {
    this.#canvases.set(role, canvas);
    return () => {
      if (this.#canvases.get(role) === canvas) this.#canvases.delete(role);
    };
  }

  /** A site's camera before it is on air; operators only. */
  preview(site: string, canvas: HTMLCanvasElement): () => void {
    this.#previews.set(site, canvas);
    this.#follow();
    return () => {
      this.#previews.delete(site);
      this.previewed[site] = false;
      this.#follow();
    };
  }

  async sound(isOn: boolean): Promise<void> {
    if (!isOn) {
      const speaker = this.#speaker;
      this.#speaker = null;
      this.isSounding = false;
      this.#restart();
      await speaker?.close();
      return;
    }
    if (this.#speaker === null) {
      this.#speaker = new Speaker();
      this.#restart();
    }
    // Without a gesture a browser leaves this open until there is one.
    void this.#speaker.resume().then(() => (this.isSounding = this.#speaker?.isRunning ?? false));
    await Promise.resolve();
    this.isSounding = this.#speaker.isRunning;
  }

  async #run(): Promise<void> {
    if (!hasTransport() || !("VideoDecoder" in globalThis)) {
      this.state = "unsupported";
      return;
    }
    this.state = "connecting";
    while (this.#watchers > 0) {
      await this.#once().catch(() => undefined);
      this.#drop();
      if (this.#watchers === 0) break;
      this.#lose();
      await new Promise((resolve) => setTimeout(resolve, this.#backoff.next()));
    }
    this.state = "idle";
  }

  #lose(): void {
    if (this.state === "up") this.state = "lost";
  }

  async #once(): Promise<void> {
    const address = await this.#address();
    this.#latency = address.latency_ms;
    this.#conference = address.program.split("/")[1] ?? "";
    const session = await connectTransport(address.screen, address.fingerprints, 10_000);
    this.#session = session;
    this.#heard(session);
    session.texts(address.program, "beat", () => this.#heard(session));
    session.texts(address.program, "air", (text) => {
      this.#heard(session);
      this.state = "up";
      this.#backoff.reset();
      this.airs = readAir(text);
      this.#follow();
    });
    await session.closed;
  }

  #heard(session: Session): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => session.close(), BEAT_LOST_MS);
  }

  #drop(): void {
    clearTimeout(this.#beat);
    this.#session = null;
    this.#restart();
  }

  #restart(): void {
    for (const player of this.#players.values()) player.close();
    this.#players.clear();
    this.#follow();
  }

  /** One player for each source wanted, and no other. */
  #follow(): void {
    const session = this.#session;
    const wanted = new Map<string, () => Player>();
    if (session !== null) {
      for (const entry of this.airs) wanted.set(entry.broadcast, () => this.#airPlayer(session, entry));
      for (const site of this.#previews.keys())
        wanted.set(`preview/${this.#conference}/${site}`, () => this.#previewPlayer(session, site));
    }
    for (const [path, player] of this.#players) {
      if (wanted.has(path)) continue;
      player.close();
      this.#players.delete(path);
    }
    for (const [path, make] of wanted) if (!this.#players.has(path)) this.#players.set(path, make());
  }

  #airPlayer(session: Session, entry: AirEntry): Player {
    return new Player(session, entry.broadcast, this.#latency, {
      canvas: () => this.#canvases.get(entry.role) ?? null,
      speaker: this.#speaker,
      shown: () => {
        if (this.pictures[entry.role]?.n !== entry.n) this.pictures = { ...this.pictures, [entry.role]: entry };
      },
      ended: () => this.#tryAgain(entry.broadcast),
    });
  }

  #previewPlayer(session: Session, site: string): Player {
    const path = `preview/${this.#conference}/${site}`;
    return new Player(session, path, this.#latency, {
      canvas: () => this.#previews.get(site) ?? null,
      speaker: null,
      shown: () => {
        if (this.previewed[site] !== true) this.previewed[site] = true;
      },
      ended: () => this.#tryAgain(path),
    });
  }

  /** A source ended that is still wanted: it is asked for once more a little later. */
  #tryAgain(path: string): void {
    const ended = this.#players.get(path);
    setTimeout(() => {
      if (ended === undefined || this.#players.get(path) !== ended) return;
      ended.close();
      this.#players.delete(path);
      this.#follow();
    }, AGAIN_MS);
  }
}
