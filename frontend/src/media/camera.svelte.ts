// The site's camera and microphone as the desk sees them: on or off, and how the line stands.
import type { MediaAddress } from "../wire/http";

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

export class CameraSender {
  state = $state<CameraState>("off");
  stream = $state.raw<MediaStream | null>(null);
  level = $state(0);
  cameras = $state.raw<readonly MediaDeviceInfo[]>([]);
  microphones = $state.raw<readonly MediaDeviceInfo[]>([]);
  cameraId = $state("");
  microphoneId = $state("");
  isOn = $state(false);
  readonly #address: () => Promise<MediaAddress>;

  constructor(address: () => Promise<MediaAddress>) {
    this.#address = address;
  }

  async start(): Promise<void> {
    await this.#address();
  }

  async choose(camera: string, microphone: string): Promise<void> {
    this.cameraId = camera;
    this.microphoneId = microphone;
    await this.start();
  }

  stop(): void {
    this.isOn = false;
  }
}
