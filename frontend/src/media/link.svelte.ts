// The page's one line to sound and picture, shared by all who show or send something. It connects for ever; when the
// camera is turned on or off it connects anew and lets the line before go when the new one shows. What it can't reach
// here it seeks at another node of the conference.
import { isCookieLost, Unanswered, type MediaAddress } from "../wire/http";
import { Backoff } from "./backoff";
import { readLine, UNTOLD, type LineTold } from "./line";
import { AGAIN_MS, doorsOf, NoDoor, socketUrl, type Part, type Reach } from "./reach";
import type { Carrier, Session } from "./session";
import { everySecond, pause } from "./ticks";

export type LinkState = "idle" | "connecting" | "up" | "lost" | "refused";

/** Why the camera's line ended, other than by breaking. */
export type CameraEnd = "refused" | "occupied" | "replaced";

/** A line that is up, and what it was opened for. */
export interface Line {
  readonly session: Session;
  readonly address: MediaAddress;
  readonly part: Part;
  readonly conference: string;
}

/** Who uses the line. Of two lines for a while, the newer is taken up first, then the older one left. */
export interface Member {
  readonly take: (line: Line) => void;
  readonly leave: (line: Line) => void;
  /** Each second. */
  readonly tick: () => void;
  /** The server said something of this line. */
  readonly hear: (told: LineTold) => void;
  /** Whether everything that was shown over another line comes by this one. */
  readonly isCarriedBy: (line: Line) => boolean;
}

const BEAT_LOST_MS = 3000;
const HAND_OVER_MS = 5000;
const FREE_EVERY_MS = 5000;
const FLOODED_MS = 30_000;
const ALONE_AGAIN_MS = 60_000;
const ENDS: Readonly<Record<number, CameraEnd>> = { 401: "refused", 403: "refused", 409: "occupied", 410: "replaced" };

export class Link {
  state = $state<LinkState>("idle");
  kind = $state<Carrier | null>(null);
  told = $state.raw<LineTold>(UNTOLD);
  /** Why the camera is not on the line though it is asked for. */
  cameraEnd = $state<CameraEnd | null>(null);
  readonly #address: () => Promise<MediaAddress>;
  readonly #reach: Reach;
  readonly #members = new Set<Member>();
  readonly #backoff = new Backoff();
  #wish: Part = "screen";
  #holders = 0;
  #isRunning = false;
  #isRefused = false;
  #line: Line | null = null;
  readonly #heardOf = new WeakSet<Line>();
  readonly #toldOf = new WeakMap<Line, LineTold>();
  #door = 0;
  #doors = 1;
  #heardAt = 0;
  #leftAt = -Infinity;
  #roundSince = 0;
  #seeksBetter = false;
  #wake: () => void = () => undefined;

  constructor(address: () => Promise<MediaAddress>, reach: Reach) {
    this.#address = address;
    this.#reach = reach;
  }

  get line(): Line | null {
    return this.#line;
  }

  /** Somebody needs the line, until what is returned is called. */
  hold(): () => void {
    this.#holders += 1;
    if (!this.#isRunning) void this.#run();
    let isHeld = true;
    return () => {
      if (isHeld) this.#holders -= 1;
      isHeld = false;
      if (this.#holders === 0) this.#wake();
    };
  }

  join(member: Member): () => void {
    this.#members.add(member);
    if (this.#line !== null) member.take(this.#line);
    return () => this.#members.delete(member);
  }

  /** With a camera, or only to look. */
  open(part: Part): void {
    this.cameraEnd = null;
    this.#wish = part;
    this.#wake();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#isRefused = false;
    this.state = "connecting";
    const stopTicks = everySecond(() => this.#tick());
    while (this.#goesOn()) {
      const line = await this.#connect();
      if (line !== null) await this.#stay(line);
    }
    stopTicks();
    this.#isRunning = false;
    this.state = this.#holders > 0 ? "refused" : "idle";
  }

  #goesOn(): boolean {
    return this.#holders > 0 && !this.#isRefused;
  }

  /** Keep a line, and change it for a better one when the wish is another, until there is none. */
  async #stay(first: Line): Promise<void> {
    let line: Line | null = first;
    this.#begin(line);
    while (line !== null) {
      const woken = this.#whenWoken();
      const code: number | null = this.#isContent(line) ? await Promise.race([line.session.closed, woken]) : null;
      if (code !== null || this.#holders === 0) {
        this.#end(line);
        if (code !== null) await this.#ended(line.part, code);
        return;
      }
      if (line.part !== this.#wish) line = await this.#change(line);
      else if (this.#seeksBetter) line = await this.#improve(line);
    }
  }

  #isContent(line: Line): boolean {
    return this.#holders > 0 && line.part === this.#wish;
  }

  /** Another line beside the present one; the old one is let go when everything comes by the new one. */
  async #change(before: Line): Promise<Line | null> {
    const line = await this.#connect();
    if (line === null) return await isOver(before.session) ? (this.#end(before), null) : before;
    this.#begin(line);
    const code = await Promise.race([line.session.closed, this.#handedOver(line, before)]);
    if (code !== null) {
      this.#end(line, before);
      await this.#ended(line.part, code);
      return (await isOver(before.session)) ? (this.#end(before), null) : before;
    }
    this.#end(before, line);
    return line;
  }

  async #handedOver(line: Line, before: Line): Promise<null> {
    const until = performance.now() + HAND_OVER_MS;
    while (performance.now() < until && !(await isOver(before.session))) {
      await pause(50);
      if (this.#isCarriedBy(line)) break;
    }
    return null;
  }

  #isCarriedBy(line: Line): boolean {
    return this.#heardOf.has(line) && [...this.#members].every((one) => one.isCarriedBy(line));
  }

  /** The better way beside a line that goes round it: taken only if everything comes by it, else nothing has happened. */
  async #improve(before: Line): Promise<Line> {
    this.#seeksBetter = false;
    const line = await this.#connectBetter(before.part);
    if (line === null) return before;
    this.#begin(line);
    await Promise.race([line.session.closed, this.#handedOver(line, before)]);
    const isBetter = !(await isOver(line.session)) && (this.#isCarriedBy(line) || (await isOver(before.session)));
    const [kept, left] = isBetter ? [line, before] : [before, line];
    this.#end(left, kept);
    this.#roundSince = performance.now();
    return kept;
  }

  async #connectBetter(part: Part): Promise<Line | null> {
    try {
      const address = await this.#address();
      const session = await this.#reach.better(doorsOf(address)[this.#door] ?? address, part);
      return newLine(session, address, part);
    } catch {
      return null;
    }
  }

  /** One try; after one that failed, the pause before the next. */
  async #connect(): Promise<Line | null> {
    try {
      const address = await this.#address();
      const doors = doorsOf(address);
      this.#doors = doors.length;
      const part = this.#wish;
      const door = doors[this.#door] ?? address;
      const isLast = this.#door >= doors.length - 1;
      const named = isLast || !this.#reach.isProven ? address.socket[part] : null;
      const socket = named === null ? null : socketUrl(named, location.href);
      const session = await this.#reach.open(door, socket, part);
      return newLine(session, address, part);
    } catch (error) {
      await this.#failed(error);
      return null;
    }
  }

  #begin(line: Line): void {
    this.#turnTo(line);
    this.#roundSince = performance.now();
    this.#seeksBetter = false;
    const heard = (): void => {
      this.#heardOf.add(line);
      if (this.#line === line) this.#heardAt = performance.now();
    };
    line.session.texts(line.address.program, "beat", (text) => {
      heard();
      if (isAlone(text)) this.#leaveAlone(line);
    });
    line.session.texts(line.address.program, "air", () => {
      heard();
      if (this.#line !== line) return;
      this.state = "up";
      this.#backoff.reset();
    });
    line.session.texts(`line/${line.conference}`, "state", (text) => {
      const told = readLine(text, this.#toldOf.get(line) ?? this.told);
      this.#toldOf.set(line, told);
      if (this.#line === line) this.#hear(told);
    });
    for (const member of this.#members) member.take(line);
  }

  /** What was measured on another line says nothing of this one; the rungs stay until the server names others. */
  #turnTo(line: Line): void {
    this.#line = line;
    this.kind = line.session.kind;
    this.#heardAt = performance.now();
    const told = this.#toldOf.get(line) ?? { ...this.told, rtt_ms: null, loss: null };
    this.#toldOf.set(line, told);
    this.told = told;
  }

  #hear(told: LineTold): void {
    this.told = told;
    for (const member of this.#members) member.hear(told);
  }

  #end(line: Line, other: Line | null = null): void {
    const isPresent = this.#line === line;
    if (isPresent && other !== null) this.#turnTo(other);
    else if (isPresent) [this.#line, this.kind] = [null, null];
    for (const member of this.#members) {
      member.leave(line);
      if (other !== null && this.#line === other) member.take(other);
    }
    if (isPresent && other !== null) this.#hear(this.told);
    line.session.close();
    if (this.#line === null && this.state === "up") this.state = "lost";
  }

  /** The node has lost the centre: what is beyond it may still be reached another way, looked for now and then. */
  #leaveAlone(line: Line): void {
    const now = performance.now();
    if (this.#line !== line || this.#doors < 2 || now - this.#leftAt < ALONE_AGAIN_MS) return;
    this.#leftAt = now;
    line.session.close();
  }

  #tick(): void {
    for (const member of this.#members) member.tick();
    if (this.#line === null) return;
    const now = performance.now();
    if (now - this.#heardAt > BEAT_LOST_MS) this.#line.session.close();
    // A site has one camera: a second line for it would be refused.
    const goesRound = this.#line.session.kind === "websocket" && this.#line.part === "screen" && this.#reach.hasBetter;
    if (!goesRound || now - this.#roundSince < AGAIN_MS) return;
    this.#roundSince = now;
    this.#seeksBetter = true;
    this.#wake();
  }

  /** What a line's end means, and how long to wait before the next. */
  async #ended(part: Part, code: number): Promise<void> {
    const end = ENDS[code];
    if (part === "camera" && end !== undefined) {
      this.cameraEnd = end;
      this.#wish = "screen";
      if (end === "occupied") void this.#whenFree();
    } else if (end === "refused") {
      this.#isRefused = true;
    } else if (code === 429) {
      await pause(FLOODED_MS);
    } else {
      await this.#elsewhere();
    }
  }

  async #failed(error: unknown): Promise<void> {
    const isRefused = error instanceof Unanswered && (error.status === 401 || error.status === 403);
    if (isRefused && !isCookieLost(error)) this.#isRefused = true;
    else if (error instanceof NoDoor && this.#wish === "camera") {
      this.cameraEnd = "refused";
      this.#wish = "screen";
    } else await this.#elsewhere();
  }

  /** At once at another node if there is one, else a little later here. */
  async #elsewhere(): Promise<void> {
    this.#door = (this.#door + 1) % this.#doors;
    if (this.#door !== 0) return;
    await Promise.race([pause(this.#backoff.next()), this.#whenWoken()]);
  }

  /** Another camera of this site is there: ask now and then whether it went, and come in as soon as it did. */
  async #whenFree(): Promise<void> {
    const isWaiting = (): boolean => this.cameraEnd === "occupied" && this.#holders > 0;
    while (isWaiting()) {
      await pause(FREE_EVERY_MS);
      const isFree = await this.#address().then((address) => address.camera_free, () => false);
      if (isFree && isWaiting()) this.open("camera");
    }
  }

  #whenWoken(): Promise<null> {
    return new Promise((resolve) => (this.#wake = () => resolve(null)));
  }
}

function newLine(session: Session, address: MediaAddress, part: Part): Line {
  return { session, address, part, conference: address.program.split("/")[1] ?? "" };
}

/** Whether a session has ended already. */
async function isOver(session: Session): Promise<boolean> {
  return (await Promise.race([session.closed, Promise.resolve(null)])) !== null;
}

/** Whether a node tells in its beat that it hears nothing from the node above. */
function isAlone(beat: string): boolean {
  try {
    const told: unknown = JSON.parse(beat);
    return typeof told === "object" && told !== null && "alone_s" in told;
  } catch {
    return false;
  }
}
