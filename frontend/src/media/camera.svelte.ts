// The site's camera and microphone as the desk sees them: on or off, and how the line stands. Another device, or one
// that was pulled out and put in again, is taken up without a new line. Without a device nothing beats.
import { newNonce } from "./arrival";
import { Capture, faultOf } from "./capture";
import { encodes } from "./encode";
import type { Line, Link, Member } from "./link.svelte";
import { Sending } from "./sending";

export type CameraState =
  | "off"
  | "starting"
  | "connecting"
  | "ready"
  | "sending"
  | "lost"
  | "denied"
  | "missing"
  | "unplugged"
  | "unsupported"
  | "occupied"
  | "replaced"
  | "refused";

const LEVEL_MS = 100;

export class CameraSender implements Member {
  state = $state<CameraState>("off");
  stream = $state.raw<MediaStream | null>(null);
  level = $state(0);
  /** What is not sent because there is no device for it. */
  lacks = $state<"picture" | "sound" | null>(null);
  cameras = $state.raw<readonly MediaDeviceInfo[]>([]);
  microphones = $state.raw<readonly MediaDeviceInfo[]>([]);
  cameraId = $state("");
  microphoneId = $state("");
  readonly #link: Link;
  /** The lines that carry a camera, the newest last. */
  readonly #lines = new Set<Line>();
  readonly #sendings = new Map<Line, Sending>();
  #capture: Capture | null = null;
  /** A device is gone, and no other was opened yet. */
  #isLost = false;
  #measure: ReturnType<typeof setInterval> | undefined;
  #turn = 0;
  #leave: (() => void) | null = null;

  constructor(link: Link) {
    this.#link = link;
  }

  get isOn(): boolean {
    return this.stream !== null;
  }

  async start(): Promise<void> {
    this.stop();
    if (!("VideoEncoder" in globalThis && "mediaDevices" in navigator)) {
      this.state = "unsupported";
      return;
    }
    this.state = "starting";
    if (!(await this.#open())) return;
    const unjoin = this.#link.join(this);
    const unhold = this.#link.hold();
    navigator.mediaDevices.addEventListener("devicechange", this.#plugged);
    this.#leave = () => {
      unjoin();
      unhold();
      navigator.mediaDevices.removeEventListener("devicechange", this.#plugged);
    };
    this.state = "connecting";
    this.#link.open("camera");
  }

  async choose(camera: string, microphone: string): Promise<void> {
    this.cameraId = camera;
    this.microphoneId = microphone;
    await this.#open();
  }

  stop(): void {
    this.#turn += 1;
    for (const sending of this.#sendings.values()) sending.close();
    this.#sendings.clear();
    this.#lines.clear();
    this.#leave?.();
    if (this.#leave !== null) this.#link.open("screen");
    this.#leave = null;
    this.#drop();
    this.state = "off";
  }

  take(line: Line): void {
    if (line.part !== "camera" || line.address.up === null || this.#lines.has(line)) return;
    this.#lines.add(line);
    this.#send(line);
  }

  leave(line: Line): void {
    this.#lines.delete(line);
    this.#sendings.get(line)?.close();
    this.#sendings.delete(line);
    this.#tell();
  }

  hear(): void {
    this.#tell();
  }

  tick(): void {
    // Without its devices a site does not beat: so the server takes its line for lost, and all its rules for that hold.
    if (this.#capture !== null && !this.#isLost) {
      const level = this.#capture.takeLoudest();
      for (const sending of this.#sendings.values()) sending.beat(level);
    }
    this.#tell();
  }

  isCarriedBy(): boolean {
    return true;
  }

  /** Open the devices; those that were open go on until the new ones are there. Whether they are, and still asked for. */
  async #open(): Promise<boolean> {
    const turn = ++this.#turn;
    let capture: Capture;
    let isAble: boolean;
    try {
      capture = await Capture.open(this.cameraId, this.microphoneId);
      isAble = capture.size === null || (await encodes(capture.size));
    } catch (error) {
      if (turn !== this.#turn) return false;
      this.#drop();
      this.state = faultOf(error);
      return false;
    }
    if (turn !== this.#turn) {
      capture.close();
      return false;
    }
    this.#drop();
    if (!isAble) {
      capture.close();
      this.state = "unsupported";
      return false;
    }
    this.#use(capture);
    this.#list().catch(() => undefined);
    return true;
  }

  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.cameras = devices.filter((one) => one.kind === "videoinput");
    this.microphones = devices.filter((one) => one.kind === "audioinput");
  }

  #use(capture: Capture): void {
    this.#capture = capture;
    this.#isLost = false;
    this.stream = capture.stream;
    this.lacks = lackOf(capture);
    this.cameraId = capture.deviceOf("video");
    this.microphoneId = capture.deviceOf("audio");
    this.#measure = setInterval(() => (this.level = capture.level), LEVEL_MS);
    capture.sinks.picture = (frame, at) => {
      for (const sending of this.#sendings.values()) sending.picture(frame, at);
    };
    capture.sinks.sound = (samples) => {
      for (const sending of this.#sendings.values()) sending.sound(samples);
    };
    capture.sinks.lost = () => void this.#lost();
    for (const line of this.#lines) this.#send(line);
  }

  /** What is captured goes over this line: as what went before, or beside it where its catalog would be another. */
  #send(line: Line): void {
    const { up } = line.address;
    const before = this.#sendings.get(line);
    if (up === null || this.#capture === null || before?.suits(this.#capture) === true) return;
    this.#sendings.set(line, new Sending(line, afresh(up), this.#capture));
    before?.close();
  }

  #drop(): void {
    clearInterval(this.#measure);
    this.#capture?.close();
    this.#capture = null;
    this.stream = null;
    this.lacks = null;
    this.level = 0;
  }

  /** A device is gone: go on with another if there is one, else wait until something is plugged in. */
  async #lost(): Promise<void> {
    this.#isLost = true;
    this.cameraId = "";
    this.microphoneId = "";
    await this.#open();
    if (this.state === "missing") this.state = "unplugged";
  }

  readonly #plugged = (): void => {
    if (this.#leave === null) return;
    if (this.#capture === null) void this.#lost();
    else if (this.lacks !== null) this.#complete(this.lacks, this.#capture).catch(() => undefined);
  };

  /** Something is plugged in while one device is missing: take it up if that is it. */
  async #complete(lacks: "picture" | "sound", capture: Capture): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const kind = lacks === "picture" ? "videoinput" : "audioinput";
    if (this.#capture === capture && devices.some((one) => one.kind === kind)) await this.#open();
  }

  #tell(): void {
    if (this.#leave === null || this.#capture === null) return;
    const sending = [...this.#sendings.values()].at(-1);
    if (this.#link.cameraEnd !== null) this.state = this.#link.cameraEnd;
    else if (sending !== undefined) this.state = stateOf(sending);
    else if (this.#link.state === "refused") this.state = "refused";
    else this.state = this.state === "connecting" ? "connecting" : "lost";
  }
}

function lackOf(capture: Capture): "picture" | "sound" | null {
  if (!capture.hasPicture) return "picture";
  return capture.hasSound ? null : "sound";
}

function stateOf(sending: Sending): CameraState {
  if (sending.isHopeless) return "unsupported";
  return sending.isWanted ? "sending" : "ready";
}

/** The same place under a name that nobody had before: a camera that begins anew on a line is another broadcast. */
function afresh(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) + newNonce();
}
