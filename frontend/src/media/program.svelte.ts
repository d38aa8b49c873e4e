// What every hall sees, as the pages know it: which sources are on air, and canvases to draw them on.
import type { MediaAddress } from "../wire/http";

export type AirRole = "main" | "holder";
export type WatchState = "idle" | "connecting" | "up" | "lost" | "refused" | "unsupported";

export interface AirEntry {
  readonly n: number;
  readonly role: AirRole;
  readonly site: string;
  readonly broadcast: string;
}

export class ProgramWatch {
  state = $state<WatchState>("idle");
  airs = $state.raw<readonly AirEntry[]>([]);
  sound = $state(false);
  readonly #address: () => Promise<MediaAddress>;

  constructor(address: () => Promise<MediaAddress>) {
    this.#address = address;
  }

  entry(role: AirRole): AirEntry | undefined {
    return this.airs.find((one) => one.role === role);
  }

  watch(): () => void {
    void this.#address;
    return () => undefined;
  }

  show(_role: AirRole, _canvas: HTMLCanvasElement): () => void {
    return () => undefined;
  }

  preview(_site: string, _canvas: HTMLCanvasElement): () => void {
    return () => undefined;
  }
}
