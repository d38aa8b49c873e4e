// Opens the camera and the microphone, and hands out pictures and sound.
import { takePictures } from "./picture";

const RATE = 48_000;
const WORKLET = "/static/microphone.js";

export type CaptureFault = "denied" | "missing";

export interface Sinks {
  picture: ((frame: VideoFrame) => void) | null;
  sound: ((samples: Float32Array<ArrayBuffer>) => void) | null;
}

export class Capture {
  readonly stream: MediaStream;
  readonly sinks: Sinks = { picture: null, sound: null };
  readonly #context: AudioContext;
  readonly #stopPictures: () => void;
  #level = 0;

  private constructor(stream: MediaStream, context: AudioContext) {
    this.stream = stream;
    this.#context = context;
    const [picture] = stream.getVideoTracks();
    this.#stopPictures = picture === undefined ? () => undefined : takePictures(picture, (frame) => this.#picture(frame));
  }

  /** Raises the browser's own error when there is no device or no permission: see `faultOf`. */
  static async open(camera: string, microphone: string): Promise<Capture> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: {
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: 25, max: 30 },
        ...(camera === "" ? {} : { deviceId: { exact: camera } }),
      },
      audio: {
        echoCancellation: true,
        channelCount: 1,
        ...(microphone === "" ? {} : { deviceId: { exact: microphone } }),
      },
    });
    const context = new AudioContext({ sampleRate: RATE });
    const capture = new Capture(stream, context);
    await capture.#listen();
    return capture;
  }

  get size(): { width: number; height: number } | null {
    const settings = this.stream.getVideoTracks()[0]?.getSettings();
    if (settings?.width === undefined || settings.height === undefined) return null;
    // H.264 counts in pairs of lines and columns.
    return { width: settings.width & ~1, height: settings.height & ~1 };
  }

  get hasSound(): boolean {
    return this.stream.getAudioTracks().length > 0;
  }

  /** How loud it was just now, 0 to 1. */
  get level(): number {
    return this.#level;
  }

  deviceOf(kind: "video" | "audio"): string {
    return this.stream.getTracks().find((one) => one.kind === kind)?.getSettings().deviceId ?? "";
  }

  close(): void {
    this.sinks.picture = null;
    this.sinks.sound = null;
    this.#stopPictures();
    for (const track of this.stream.getTracks()) track.stop();
    this.#context.close().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    if (!this.hasSound) return;
    await this.#context.audioWorklet.addModule(WORKLET);
    await this.#context.resume();
    const node = new AudioWorkletNode(this.#context, "microphone", { numberOfOutputs: 0 });
    node.port.onmessage = (event: MessageEvent<Float32Array<ArrayBuffer>>) => this.#sound(event.data);
    this.#context.createMediaStreamSource(this.stream).connect(node);
  }

  #picture(frame: VideoFrame): void {
    if (this.sinks.picture === null) frame.close();
    else this.sinks.picture(frame);
  }

  #sound(samples: Float32Array<ArrayBuffer>): void {
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    const loudness = power <= 0 ? 0 : Math.max(0, Math.min(1, (10 * Math.log10(power) + 60) / 54));
    this.#level = Math.max(loudness, this.#level * 0.9);
    this.sinks.sound?.(samples);
  }
}

export function faultOf(error: unknown): CaptureFault {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "denied" : "missing";
}
