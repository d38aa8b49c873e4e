// Talkback: sound between the operator and one site's technician, never on air. Who presses is heard; who is spoken to
// hears without pressing anything.
import { newNonce } from "./arrival";
import { Capture, faultOf, type CaptureFault } from "./capture";
import { SoundEncoder } from "./encode";
import type { LineTold } from "./line";
import type { Line, Link, Member } from "./link.svelte";
import { Player } from "./player";
import { NEAR_MS } from "./playout";
import { catalogOf } from "./renditions";
import type { Publication, Publishing } from "./session";
import { Speaker } from "./speaker";

export class Talkback implements Member {
  /** The site that is talked to, or that talks, from this page just now. */
  talkingTo = $state<string | null>(null);
  /** The site with whose technician this page listens. */
  hearing = $state<string | null>(null);
  fault = $state<CaptureFault | null>(null);
  readonly #own: string | null;
  #line: Line | null = null;
  #capture: Capture | null = null;
  #publication: Publication | null = null;
  #tracks: readonly Publishing[] = [];
  #speaker: Speaker | null = null;
  #player: Player | null = null;
  #voice: number | null = null;
  #turn = 0;

  /** `own`: the site of this desk, if it is one; it hears the operator by itself. */
  constructor(link: Link, own: string | null) {
    this.#own = own;
    link.join(this);
  }

  /** Be heard by this site's technician (from a site: by the operators) until `release`. */
  async press(site: string): Promise<void> {
    const turn = ++this.#turn;
    this.fault = null;
    this.talkingTo = site;
    try {
      const capture = this.#capture ?? (await Capture.openSound());
      if (turn === this.#turn) this.#speak(site, capture);
      else capture.close();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.talkingTo = null;
      this.fault = faultOf(error);
    }
  }

  release(): void {
    this.#turn += 1;
    this.talkingTo = null;
    this.#silence();
    this.#capture?.close();
    this.#capture = null;
  }

  /** Hear a site's technician, or nobody. */
  async listenTo(site: string | null): Promise<void> {
    if (site === this.hearing) return;
    this.hearing = site;
    if (site === null) {
      this.#player?.close();
      this.#player = null;
      const speaker = this.#speaker;
      this.#speaker = null;
      await speaker?.close();
      return;
    }
    this.#speaker ??= new Speaker();
    this.#listen();
    await this.#speaker.resume();
  }

  /** Somebody touches the page: a browser that sounds only after that sounds from now on. */
  wake(): void {
    void this.#speaker?.resume().catch(() => undefined);
  }

  take(line: Line): void {
    this.#line = line;
    this.#listen();
    const site = this.talkingTo;
    if (site !== null && this.#capture !== null) this.#speak(site, this.#capture);
  }

  leave(line: Line): void {
    if (this.#line !== line) return;
    this.#line = null;
    this.#player?.carry(null);
    this.#publication = null;
  }

  hear(told: LineTold): void {
    if (this.#own === null) return;
    const isAnother = told.talk && told.voice !== this.#voice && this.hearing !== null;
    this.#voice = told.voice;
    if (isAnother) this.#listen();
    else void this.listenTo(told.talk ? this.#own : null).catch(() => undefined);
  }

  tick(): void {
    // Talking is pressed, hearing is told.
  }

  isCarriedBy(): boolean {
    return true;
  }

  /** Read anew who talks: whom the server lets be heard now. */
  #listen(): void {
    this.#player?.close();
    this.#player = null;
    if (this.#line === null || this.hearing === null || this.#speaker === null) return;
    const player = new Player(`talk/${this.#line.conference}/${this.hearing}`, NEAR_MS, { shown: () => undefined });
    player.speaker = this.#speaker;
    player.carry(this.#line.session);
    this.#player = player;
  }

  #speak(site: string, capture: Capture): void {
    this.#capture = capture;
    if (this.#line === null) return;
    this.#silence();
    this.#publication = this.#line.session.publish(`talk/${this.#line.conference}/${site}/${newNonce()}`);
    const catalog = this.#publication.track("catalog.json");
    const audio = this.#publication.track("audio");
    this.#tracks = [catalog, audio];
    const sound = new SoundEncoder(audio);
    catalog.writeText(catalogOf([], true));
    capture.sinks.sound = (samples) => sound.take(samples);
  }

  /** The tracks are ended one by one: only so does who reads them learn that nobody talks any more. */
  #silence(): void {
    for (const track of this.#tracks) track.close();
    this.#tracks = [];
    this.#publication?.close();
    this.#publication = null;
  }
}
