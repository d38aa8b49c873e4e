import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MediaAddress } from "../wire/http";
import { CameraSender } from "./camera.svelte";
import { Link } from "./link.svelte";
import { Reach } from "./reach";
import type { Publication, Publishing, Session } from "./session";

const SMALL = { width: 640, height: 480 };
const LARGE = { width: 1280, height: 720 };

interface Asked {
  readonly video?: unknown;
  readonly audio?: unknown;
}

class Track {
  onended: (() => void) | null = null;
  readonly kind: "video" | "audio";
  readonly #settings: object;

  constructor(kind: "video" | "audio", settings: object) {
    this.kind = kind;
    this.#settings = settings;
  }

  getSettings(): object {
    return this.#settings;
  }

  clone(): this {
    return this;
  }

  stop(): void {
    // Nothing is filmed here.
  }
}

class Stream {
  readonly #tracks: readonly Track[];

  constructor(tracks: readonly Track[]) {
    this.#tracks = tracks;
  }

  getTracks(): readonly Track[] {
    return this.#tracks;
  }

  getVideoTracks(): readonly Track[] {
    return this.#tracks.filter((one) => one.kind === "video");
  }

  getAudioTracks(): readonly Track[] {
    return this.#tracks.filter((one) => one.kind === "audio");
  }
}

/** The machine of a site: which devices are plugged in, and what its browser can do. */
class Machine {
  picture: { width: number; height: number } | null = LARGE;
  hasMicrophone = true;
  encodes = true;
  opened: Stream[] = [];
  /** Devices open only when the test says so. */
  waiting: (() => void)[] | null = null;
  plugged: () => void = () => undefined;

  async getUserMedia(asked: Asked): Promise<Stream> {
    if (this.waiting !== null) await new Promise<void>((resolve) => this.waiting?.push(resolve));
    const isThere = (asked.video === undefined || this.picture !== null) && (asked.audio === undefined || this.hasMicrophone);
    if (!isThere) throw new DOMException("", "NotFoundError");
    const tracks = [
      ...(asked.video === undefined ? [] : [new Track("video", { ...this.picture, deviceId: "camera" })]),
      ...(asked.audio === undefined ? [] : [new Track("audio", { deviceId: "microphone" })]),
    ];
    const stream = new Stream(tracks);
    this.opened.push(stream);
    return stream;
  }

  enumerateDevices(): Promise<object[]> {
    const camera = this.picture === null ? [] : [{ kind: "videoinput" }];
    return Promise.resolve([...camera, ...(this.hasMicrophone ? [{ kind: "audioinput" }] : [])]);
  }

  addEventListener(_: string, told: () => void): void {
    this.plugged = told;
  }

  removeEventListener(): void {
    this.plugged = () => undefined;
  }

  /** The devices that are open are pulled out. */
  pullOut(): void {
    for (const track of this.opened.at(-1)?.getTracks() ?? []) track.onended?.();
  }
}

class Written implements Publishing {
  isWanted = false;
  readonly texts: string[] = [];

  writeText(text: string): void {
    this.texts.push(text);
  }

  writeBytes(): void {
    // Stills are no matter here.
  }

  writeFrame(): void {
    // Nothing is filmed here.
  }

  endGroup(): void {
    // Nothing is filmed here.
  }

  close(): void {
    // It is known by its publication.
  }
}

class Published implements Publication {
  readonly path: string;
  readonly tracks = new Map<string, Written>();
  isClosed = false;

  constructor(path: string) {
    this.path = path;
  }

  track(name: string): Written {
    const track = new Written();
    this.tracks.set(name, track);
    return track;
  }

  close(): void {
    this.isClosed = true;
  }

  get beats(): number {
    return this.tracks.get("beat")?.texts.length ?? 0;
  }

  get catalog(): string {
    return this.tracks.get("catalog.json")?.texts.at(-1) ?? "";
  }
}

const ADDRESS: MediaAddress = {
  camera: "https://here/camera",
  screen: "https://here/screen",
  fingerprints: [],
  socket: { camera: null, screen: null as unknown as string },
  parents: [],
  camera_free: true,
  up: "up/c1/hue/abcdefgh",
  program: "program/c1",
  latency_ms: 150,
};

/** A site's desk at a server that sends its beat. */
function desk(machine: Machine): { readonly camera: CameraSender; readonly link: Link; readonly published: Published[] } {
  vi.stubGlobal("navigator", { mediaDevices: machine });
  const encoder = { isConfigSupported: () => Promise.resolve({ supported: machine.encodes }) };
  vi.stubGlobal("VideoEncoder", encoder);
  vi.stubGlobal("AudioEncoder", encoder);
  const published: Published[] = [];
  const open = (): Promise<Session> => {
    let end: (code: number) => void = () => undefined;
    const beats: ((text: string) => void)[] = [];
    const timer = setInterval(() => {
      for (const heard of beats) heard("{}");
    }, 1000);
    return Promise.resolve({
      kind: "webtransport",
      closed: new Promise<number>((resolve) => (end = resolve)),
      texts: (_: string, track: string, heard: (text: string) => void) => {
        if (track === "beat") beats.push(heard);
        return () => undefined;
      },
      bytes: () => () => undefined,
      frames: () => () => undefined,
      publish: (path: string) => {
        const publication = new Published(path);
        published.push(publication);
        return publication;
      },
      close: () => {
        clearInterval(timer);
        end(0);
      },
    });
  };
  const nobody = (): Promise<never> => Promise.reject(new Error("no socket"));
  const reach = new Reach({ hasTransport: () => true, transport: open, socket: nobody, now: () => Date.now() });
  const link = new Link(() => Promise.resolve(ADDRESS), reach);
  return { camera: new CameraSender(link), link, published };
}

/** The page's clock, which a worker ticks. */
class Ticking {
  onmessage: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  postMessage(ms: number): void {
    this.#timer = setInterval(() => this.onmessage?.(), ms);
  }

  terminate(): void {
    clearInterval(this.#timer);
  }
}

class Silence {
  readonly port = {};
  readonly audioWorklet = { addModule: () => Promise.resolve() };

  resume(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  createMediaStreamSource(): object {
    return { connect: () => undefined };
  }
}

class NoPictures {
  readonly readable = {
    getReader: () => ({ read: () => new Promise(() => undefined), cancel: () => Promise.resolve() }),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", Ticking);
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("location", { href: "https://here/d/x/" });
  vi.stubGlobal("AudioContext", Silence);
  vi.stubGlobal("AudioWorkletNode", Silence);
  vi.stubGlobal("MediaStreamTrackProcessor", NoPictures);
  vi.stubGlobal("OffscreenCanvas", Object);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function after(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test("a site whose camera was pulled out does not beat until it is plugged in again", async () => {
  const machine = new Machine();
  const { camera, published } = desk(machine);
  await camera.start();
  await after(3500);
  expect(published[0]?.beats).toBeGreaterThan(2);
  machine.picture = null;
  machine.hasMicrophone = false;
  machine.pullOut();
  await after(10);
  const beats = published[0]?.beats ?? 0;
  await after(5000);
  expect(camera.state).toBe("unplugged");
  expect(published[0]?.beats).toBe(beats);
  machine.picture = LARGE;
  machine.hasMicrophone = true;
  machine.plugged();
  await after(2500);

  expect(camera.state).toBe("ready");
  expect(published[0]?.beats).toBeGreaterThan(beats);
  expect(published).toHaveLength(1);
});

test("a site does not beat while the browser asks whether it may use another camera in place of one that is gone", async () => {
  const machine = new Machine();
  const { camera, published } = desk(machine);
  await camera.start();
  await after(1500);
  machine.waiting = [];
  machine.pullOut();
  const beats = published[0]?.beats;
  await after(5000);

  expect(published[0]?.beats).toBe(beats);
});

test("another camera of another shape is another broadcast, under a name that nobody had before", async () => {
  const machine = new Machine();
  machine.hasMicrophone = false;
  machine.picture = SMALL;
  const { camera, published } = desk(machine);
  await camera.start();
  await after(1500);
  machine.hasMicrophone = true;
  machine.picture = LARGE;
  await camera.choose("camera", "microphone");
  await after(1500);

  expect(published.map((one) => one.isClosed)).toEqual([true, false]);
  expect(new Set(published.map((one) => one.path)).size).toBe(2);
  expect(published.map((one) => /^up\/c1\/hue\/[0-9a-z]{8,32}$/u.test(one.path))).toEqual([true, true]);
  expect(published.map((one) => one.catalog.includes('"opus"'))).toEqual([false, true]);
  expect(published.map((one) => one.catalog.includes('"codedWidth":1280'))).toEqual([false, true]);
});

test("another camera of the same shape goes on in the same broadcast", async () => {
  const { camera, published } = desk(new Machine());
  await camera.start();
  await after(1500);
  await camera.choose("camera", "microphone");
  await after(1500);

  expect(published.map((one) => one.isClosed)).toEqual([false]);
});

test("a camera that was turned on, off and on while its devices opened lets its line go when it is off", async () => {
  const machine = new Machine();
  machine.waiting = [];
  const { camera, link } = desk(machine);
  const first = camera.start();
  camera.stop();
  const second = camera.start();
  // The later one is answered first.
  for (const answer of machine.waiting.toReversed()) answer();
  await Promise.all([first, second]);
  await after(1500);
  expect(link.line?.part).toBe("camera");
  camera.stop();
  await after(1500);

  expect(link.line).toBeNull();
  expect(link.state).toBe("idle");
});

test("a site without a microphone sends its picture, says so, and sends sound too when one is plugged in", async () => {
  const machine = new Machine();
  machine.hasMicrophone = false;
  const { camera, published } = desk(machine);
  await camera.start();
  await after(1500);
  expect([camera.state, camera.lacks]).toEqual(["ready", "sound"]);
  machine.hasMicrophone = true;
  machine.plugged();
  await after(1500);

  expect([camera.state, camera.lacks]).toEqual(["ready", null]);
  expect(published.map((one) => one.catalog.includes('"opus"'))).toEqual([false, true]);
});

test("a site without a camera sends its sound, and is receiving when that is taken", async () => {
  const machine = new Machine();
  machine.picture = null;
  const { camera, published } = desk(machine);
  await camera.start();
  await after(1500);
  expect([camera.state, camera.lacks]).toEqual(["ready", "picture"]);
  const sound = published[0]?.tracks.get("audio");
  if (sound !== undefined) sound.isWanted = true;
  await after(1500);

  expect(camera.state).toBe("sending");
});

test("a site with neither camera nor microphone is told that nothing was found", async () => {
  const machine = new Machine();
  machine.picture = null;
  machine.hasMicrophone = false;
  const { camera, link, published } = desk(machine);
  await camera.start();
  await after(1500);

  expect([camera.state, link.state, published.length]).toEqual(["missing", "idle", 0]);
});

test("a browser that makes no H.264 says so, and no line is opened for its camera", async () => {
  const machine = new Machine();
  machine.encodes = false;
  const { camera, link, published } = desk(machine);
  await camera.start();
  await after(1500);

  expect([camera.state, camera.isOn, link.state, published.length]).toEqual(["unsupported", false, "idle", 0]);
});
