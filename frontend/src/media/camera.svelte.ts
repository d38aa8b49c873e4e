// The site's camera and microphone as the desk sees them: on or off, and how the line stands. While it is on
// it connects for ever, unless the server says that another camera took over or that the pass is not good.
import { Unanswered, type MediaAddress } from "../wire/http";
import { Backoff } from "./backoff";
import { Capture, faultOf } from "./capture";
import { catalogOf, PictureEncoder, SoundEncoder } from "./encode";
import { connectTransport } from "./moq";
import type { Publishing, Session } from "./session";
import { everySecond } from "./ticks";

export type CameraState =
  | "off"
  | "starting"
  | "connecting"
  | "ready"
  | "sending"
  | "lost"
  | "denied"
  | "missing"
  | "unsupported"
  | "occupied"
  | "replaced"
  | "refused";

const OCCUPIED_MS = 5000;
const LEVEL_MS = 100;
const ENDED: Readonly<Record<number, CameraState>> = { 401: "refused", 403: "refused", 409: "occupied", 410: "replaced" };

export class CameraSender {
  state = $state<CameraState>("off");
  stream = $state.raw<MediaStream | null>(null);
  level = $state(0);
  cameras = $state.raw<readonly MediaDeviceInfo[]>([]);
  microphones = $state.raw<readonly MediaDeviceInfo[]>([]);
  cameraId = $state("");
  microphoneId = $state("");
  readonly #address: () => Promise<MediaAddress>;
  #capture: Capture | null = null;
  #session: Session | null = null;
  #measure: ReturnType<typeof setInterval> | undefined;
  #turn = 0;

  constructor(address: () => Promise<MediaAddress>) {
    this.#address = address;
  }

  get isOn(): boolean {
    return this.stream !== null;
  }

  async start(): Promise<void> {
    this.stop();
    if (!("WebTransport" in globalThis && "VideoEncoder" in globalThis && "mediaDevices" in navigator)) {
      this.state = "unsupported";
      return;
    }
    const turn = ++this.#turn;
    this.state = "starting";
    let capture: Capture;
    try {
      capture = await Capture.open(this.cameraId, this.microphoneId);
    } catch (error) {
      if (turn === this.#turn) this.state = faultOf(error);
      return;
    }
    if (turn !== this.#turn) {
      capture.close();
      return;
    }
    await this.#opened(capture);
    await this.#run(capture, turn);
  }

  async choose(camera: string, microphone: string): Promise<void> {
    this.cameraId = camera;
    this.microphoneId = microphone;
    await this.start();
  }

  stop(): void {
    this.#turn += 1;
    clearInterval(this.#measure);
    this.#session?.close();
    this.#session = null;
    this.#capture?.close();
    this.#capture = null;
    this.stream = null;
    this.level = 0;
    this.state = "off";
  }

  async #opened(capture: Capture): Promise<void> {
    this.#capture = capture;
    this.stream = capture.stream;
    this.cameraId = capture.deviceOf("video");
    this.microphoneId = capture.deviceOf("audio");
    this.#measure = setInterval(() => (this.level = capture.level), LEVEL_MS);
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.cameras = devices.filter((one) => one.kind === "videoinput");
    this.microphones = devices.filter((one) => one.kind === "audioinput");
  }

  async #run(capture: Capture, turn: number): Promise<void> {
    const backoff = new Backoff();
    this.state = "connecting";
    while (turn === this.#turn) {
      const ended = await this.#once(capture, turn, () => backoff.reset());
      if (turn !== this.#turn) return;
      this.state = ended;
      if (ended === "refused" || ended === "replaced") return;
      const wait = ended === "occupied" ? OCCUPIED_MS : backoff.next();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** One session from its beginning to its end; says in which state that leaves the camera. */
  async #once(capture: Capture, turn: number, connected: () => void): Promise<CameraState> {
    let session: Session;
    try {
      const address = await this.#address();
      if (address.camera === null || address.up === null) return "refused";
      session = await connectTransport(address.camera, address.fingerprints, 10_000);
      if (turn !== this.#turn) {
        session.close();
        return "off";
      }
      this.#session = session;
      connected();
      const stop = this.#send(session, address.up, capture);
      const code = await session.closed;
      stop();
      return ENDED[code] ?? "lost";
    } catch (error) {
      return error instanceof Unanswered && (error.status === 401 || error.status === 403) ? "refused" : "lost";
    }
  }

  #send(session: Session, path: string, capture: Capture): () => void {
    const publication = session.publish(path);
    const catalog = publication.track("catalog.json");
    const beat = publication.track("beat");
    const size = capture.size;
    const video: Publishing | null = size === null ? null : publication.track("video");
    const picture = video === null || size === null ? null : new PictureEncoder(video, size);
    const sound = capture.hasSound ? new SoundEncoder(publication.track("audio")) : null;
    catalog.writeText(catalogOf(size, sound !== null));
    capture.sinks.picture = picture === null ? null : (frame) => picture.take(frame);
    capture.sinks.sound = sound === null ? null : (samples) => sound.take(samples);
    let count = 0;
    const stopBeat = everySecond(() => {
      beat.writeText(JSON.stringify({ n: (count += 1) }));
      this.state = video?.isWanted === true ? "sending" : "ready";
    });
    return () => {
      stopBeat();
      capture.sinks.picture = null;
      capture.sinks.sound = null;
      picture?.close();
      sound?.close();
      publication.close();
    };
  }
}
