// Shows and sounds one source, whatever line brings it: H.264 or JPEG onto canvases, Opus into the loudspeakers, both
// on one clock. Another line or another rung is taken up beside what runs, and takes over at its first picture.
import { Crowding, Room } from "./crowding";
import { ThumbFeed, VideoFeed, type PictureFeed } from "./decode";
import { Easel } from "./easel";
import { lowestOf } from "./ability";
import { trackOf, type Rung } from "./line";
import { Playout } from "./playout";
import { Reel } from "./reel";
import type { MediaFrame, Session } from "./session";
import type { Speaker, Voice } from "./speaker";

const AGAIN_MS = 1500;
const SOUND_AGAIN_MS = 3000;
const TAKE_OVER_MS = 1500;

export interface Sight {
  /** A picture was painted that belongs to this source. */
  readonly shown: () => void;
  /** Its sound shows that a queue stands on the line. */
  readonly crowded?: () => void;
}

export interface Report {
  /** How late the latest picture was, in ms. */
  readonly late: number;
  /** How often sound was missing. */
  readonly gaps: number;
  /** What its key frames came through with, in kbit/s; null if they did not tell. */
  readonly room: number | null;
}

/** One way by which the picture comes, or came, or is about to. */
interface Way {
  readonly session: Session;
  readonly rung: Rung;
  feed: PictureFeed | null;
  firstAt: number | null;
  readonly room: Room;
  /** It made room for a smaller one, and brings nothing any more. */
  isLetGo: boolean;
}

export class Player {
  readonly path: string;
  readonly easel = new Easel();
  readonly #playout: Playout;
  readonly #reel: Reel<VideoFrame>;
  readonly #sight: Sight;
  #session: Session | null = null;
  #rung: Rung = "high";
  #isSeen = false;
  #isOver = false;
  #now: Way | null = null;
  #next: Way | null = null;
  #voice: Voice | null = null;
  #stopSound: (() => void) | null = null;
  #soundFrom: Session | null = null;
  #drawing = 0;
  #latest = 0;
  #gapsTold = 0;

  constructor(path: string, latencyMs: number, sight: Sight) {
    this.path = path;
    this.#playout = new Playout(latencyMs);
    this.#reel = new Reel((timestamp) => this.#playout.due(timestamp));
    this.#sight = sight;
  }

  get shows(): Rung {
    return this.#now?.rung ?? this.#rung;
  }

  /** Whether what is wanted comes by this line. */
  isCarriedBy(session: Session): boolean {
    const picture = this.#wantsPicture ? this.#now?.session === session : true;
    return picture && (this.#voice === null || this.#soundFrom === session);
  }

  set latency(ms: number) {
    this.#playout.latency = ms;
  }

  /** Come by this line from now on; by none: what is painted stays. */
  carry(session: Session | null): void {
    if (session === this.#session) return;
    this.#session = session;
    if (session === null) {
      this.#stopPicture();
      this.#stopSound?.();
      this.#stopSound = null;
      this.#soundFrom = null;
      this.#playout.forget();
      return;
    }
    this.#seekPicture();
    this.#seekSound();
  }

  /** A smaller picture has no room beside the larger one, which goes at once; what is painted stays until it comes. */
  set rung(rung: Rung) {
    if (rung === this.#rung) return;
    const isLess = lowestOf(rung, this.#rung) === rung;
    this.#rung = rung;
    if (isLess) this.#letGo();
    this.#seekPicture();
  }

  /** Nobody sees it: no picture is asked for, the sound goes on. */
  set isSeen(isSeen: boolean) {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    if (isSeen) this.#seekPicture();
    else this.#stopPicture();
  }

  set speaker(speaker: Speaker | null) {
    this.#voice?.close();
    this.#stopSound?.();
    this.#stopSound = null;
    this.#gapsTold = 0;
    this.#voice = speaker?.voice(this.#playout) ?? null;
    this.#seekSound();
  }

  /** How it came since this was last asked. */
  report(): Report {
    const late = this.#latest;
    const gaps = this.#voice?.gaps ?? 0;
    const told = { late: Math.round(late), gaps: Math.max(0, gaps - this.#gapsTold), room: this.#now?.room.kbps ?? null };
    this.#latest = 0;
    this.#gapsTold = gaps;
    return told;
  }

  close(): void {
    this.#isOver = true;
    this.#session = null;
    this.#stopPicture();
    this.#stopSound?.();
    this.#voice?.close();
    this.#voice = null;
  }

  get #wantsPicture(): boolean {
    return this.#isSeen && this.#rung !== "sound";
  }

  /** The picture that runs ends; what came of it is still shown when it is due. */
  #letGo(): void {
    if (this.#now === null) return;
    this.#now.feed?.stop();
    this.#now.isLetGo = true;
  }

  #stopPicture(): void {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    this.#now?.feed?.stop();
    this.#next?.feed?.stop();
    this.#now = null;
    this.#next = null;
    this.#reel.clear();
  }

  /** Take up the wanted rung by the present line, beside what runs. */
  #seekPicture(): void {
    const session = this.#session;
    if (session === null || this.#isOver) return;
    if (!this.#wantsPicture) {
      this.#stopPicture();
      return;
    }
    const now = this.#now;
    if (now?.session === session && now.rung === this.#rung && now.feed !== null && !now.isLetGo) {
      this.#next?.feed?.stop();
      this.#next = null;
      return;
    }
    if (this.#next?.session === session && this.#next.rung === this.#rung) return;
    this.#next?.feed?.stop();
    this.#next = this.#open(session, this.#rung, trackOf(this.#rung));
    if (this.#drawing === 0) this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #open(session: Session, rung: Rung, track: string | null): Way {
    const way: Way = { session, rung, feed: null, firstAt: null, room: new Room(), isLetGo: false };
    way.feed =
      track === null
        ? new ThumbFeed(session, this.path, "thumb", (bitmap) => this.#thumb(way, bitmap))
        : new VideoFeed(session, this.path, track, this.#playout.latency, {
            arrived: (frame) => this.#arrived(way, frame),
            picture: (picture) => this.#picture(way, picture),
            ended: () => this.#ended(way, track),
          });
    return way;
  }

  #arrived(way: Way, { timestamp, payload, isFirst }: MediaFrame): void {
    const now = performance.now();
    this.#playout.arrived(timestamp, now);
    way.room.note(now - timestamp / 1000, payload.byteLength, isFirst);
    if (way === this.#now) this.#latest = Math.max(this.#latest, this.#playout.lateBy(timestamp, now));
  }

  #picture(way: Way, picture: VideoFrame): void {
    const now = performance.now();
    way.firstAt ??= now;
    if (way === this.#next) {
      const isInTime = this.#playout.due(picture.timestamp) >= now;
      const isOverdue = this.#now?.feed === undefined || this.#now.feed === null || now - way.firstAt > TAKE_OVER_MS;
      if (isInTime || isOverdue) this.#takeOver(way, picture.timestamp);
    }
    if (way === this.#now) this.#reel.put(picture, picture.timestamp);
    else picture.close();
  }

  #takeOver(way: Way, from: number): void {
    const before = this.#now;
    before?.feed?.stop();
    if (before !== null && before.session !== way.session) this.#playout.forget();
    this.#now = way;
    this.#next = null;
    this.#reel.dropFrom(from);
  }

  #thumb(way: Way, bitmap: ImageBitmap): void {
    if (way === this.#next) this.#takeOver(way, -Infinity);
    if (way === this.#now) {
      this.easel.paint(bitmap);
      this.#sight.shown();
    }
    bitmap.close();
  }

  /** A track ended that is still wanted: it is asked for once more a little later, the low one then as the high one. */
  #ended(way: Way, track: string): void {
    const isLacking = track === "video-low" && way.firstAt === null;
    setTimeout(
      () => {
        const isPresent = way === this.#now || way === this.#next;
        if (this.#isOver || !isPresent || this.#session !== way.session) return;
        way.feed?.stop();
        if (way === this.#now) {
          this.#now = { ...way, feed: null };
          if (this.#next !== null) return; // what is wanted now is on its way already
        }
        this.#next = this.#open(way.session, way.rung, isLacking ? "video" : track);
      },
      isLacking ? 0 : AGAIN_MS,
    );
  }

  #seekSound(): void {
    const [session, voice] = [this.#session, this.#voice];
    if (session === null || voice === null || this.#isOver) return;
    const stopBefore = this.#stopSound;
    const crowding = new Crowding();
    let isFirst = true;
    const stop = session.frames(this.path, "audio", this.#playout.latency, {
      frame: (frame) => {
        if (isFirst) stopBefore?.();
        isFirst = false;
        this.#soundFrom = session;
        this.#voice?.play(frame);
        if (crowding.note(frame.timestamp, performance.now())) this.#sight.crowded?.();
      },
      ended: () => {
        this.#soundFrom = session;
        this.#soundAgain(session, voice);
      },
    });
    this.#stopSound = () => {
      stopBefore?.();
      stop();
    };
  }

  /** There is no sound, or not yet. */
  #soundAgain(session: Session, voice: Voice): void {
    setTimeout(() => {
      if (this.#isOver || this.#session !== session || this.#voice !== voice) return;
      this.#stopSound?.();
      this.#seekSound();
    }, SOUND_AGAIN_MS);
  }

  #draw(): void {
    const due = this.#reel.takeDue(performance.now());
    if (due !== null) {
      this.easel.paint(due);
      due.close();
      this.#sight.shown();
    }
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }
}
