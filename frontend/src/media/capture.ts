// Opens the camera and the microphone, hands out pictures and sound, and says when a device is gone.
import { takePictures } from "./picture";
import { SOUND_RATE, type Size } from "./renditions";

const WORKLET = "/static/microphone.js";

export type CaptureFault = "denied" | "missing";

export interface Sinks {
  /** `at` in microseconds of the page's clock; the frame is closed afterwards. */
  picture: ((frame: VideoFrame, at: number) => void) | null;
  sound: ((samples: Float32Array<ArrayBuffer>) => void) | null;
  /** A device was pulled out, or its permission taken back. */
  lost: (() => void) | null;
}

export class Capture {
  readonly stream: MediaStream;
  readonly sinks: Sinks = { picture: null, sound: null, lost: null };
  readonly #context: AudioContext;
  readonly #stopPictures: () => void;
  #level = 0;
  #loudest = 0;

  private constructor(stream: MediaStream, context: AudioContext) {
    this.stream = stream;
    this.#context = context;
    const [picture] = stream.getVideoTracks();
    this.#stopPictures = picture === undefined ? () => undefined : takePictures(picture, (frame) => this.#picture(frame));
    for (const track of stream.getTracks()) track.onended = () => this.sinks.lost?.();
  }

  /** With one device alone where the other is not there. Raises the browser's own error: see `faultOf`. */
  static async open(camera: string, microphone: string): Promise<Capture> {
    return Capture.#of(await streamOf(pictureAsked(camera), soundAsked(microphone)));
  }

  /** The microphone alone, to talk. */
  static async openSound(): Promise<Capture> {
    return Capture.#of(await navigator.mediaDevices.getUserMedia({ audio: soundAsked("") }));
  }

  static async #of(stream: MediaStream): Promise<Capture> {
    const capture = new Capture(stream, new AudioContext({ sampleRate: SOUND_RATE }));
    try {
      await capture.#listen();
    } catch (error) {
      capture.close();
      throw error;
    }
    return capture;
  }

  get size(): Size | null {
    const settings = this.stream.getVideoTracks()[0]?.getSettings();
    if (settings?.width === undefined || settings.height === undefined) return null;
    return { width: settings.width, height: settings.height };
  }

  get hasPicture(): boolean {
    return this.stream.getVideoTracks().length > 0;
  }

  get hasSound(): boolean {
    return this.stream.getAudioTracks().length > 0;
  }

  /** How loud it was just now, 0 to 1. */
  get level(): number {
    return this.#level;
  }

  /** The loudest since this was last asked, 0 to 1. */
  takeLoudest(): number {
    const loudest = this.#loudest;
    this.#loudest = 0;
    return loudest;
  }

  deviceOf(kind: "video" | "audio"): string {
    return this.stream.getTracks().find((one) => one.kind === kind)?.getSettings().deviceId ?? "";
  }

  close(): void {
    this.sinks.picture = null;
    this.sinks.sound = null;
    this.sinks.lost = null;
    this.#stopPictures();
    for (const track of this.stream.getTracks()) track.stop();
    this.#context.close().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    if (!this.hasSound) return;
    await this.#context.audioWorklet.addModule(WORKLET);
    // Where the machine has no sound card this never ends; the picture goes on without.
    this.#context.resume().catch(() => undefined);
    const node = new AudioWorkletNode(this.#context, "microphone", { numberOfOutputs: 0 });
    node.port.onmessage = (event: MessageEvent<Float32Array<ArrayBuffer>>) => this.#sound(event.data);
    this.#context.createMediaStreamSource(this.stream).connect(node);
  }

  #picture(frame: VideoFrame): void {
    this.sinks.picture?.(frame, Math.round(performance.now() * 1000));
    frame.close();
  }

  #sound(samples: Float32Array<ArrayBuffer>): void {
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    const loudness = loudnessOf(power);
    this.#level = Math.max(loudness, this.#level * 0.9);
    this.#loudest = Math.max(loudness, this.#loudest);
    this.sinks.sound?.(samples);
  }
}

/** 0 at -60 dB and below, 1 at -6 dB and above. */
export function loudnessOf(power: number): number {
  return power <= 0 ? 0 : Math.max(0, Math.min(1, (10 * Math.log10(power) + 60) / 54));
}

export function faultOf(error: unknown): CaptureFault {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "denied" : "missing";
}

async function streamOf(video: MediaTrackConstraints, audio: MediaTrackConstraints): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  try {
    return await devices.getUserMedia({ video, audio });
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  try {
    return await devices.getUserMedia({ video });
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  return devices.getUserMedia({ audio });
}

function isNotThere(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}

function pictureAsked(camera: string): MediaTrackConstraints {
  return {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 25, max: 30 },
    ...(camera === "" ? {} : { deviceId: { exact: camera } }),
  };
}

/** “all”: the echo of everything that this machine sounds; a browser that doesn't know it takes away the page's own. */
function soundAsked(microphone: string): MediaTrackConstraints {
  return {
    echoCancellation: "all",
    channelCount: 1,
    ...(microphone === "" ? {} : { deviceId: { exact: microphone } }),
  };
}
