// Shows and sounds one source: H.264 onto a canvas, Opus into the loudspeakers, both on one clock.
import { codecOf } from "./h264";
import type { MediaFrame, Session } from "./session";
import { Playout } from "./playout";
import type { Speaker } from "./speaker";

const MOST_FRAMES = 30;

interface Due {
  readonly frame: VideoFrame;
  readonly at: number;
}

export class Player {
  readonly #playout: Playout;
  readonly #canvas: () => HTMLCanvasElement | null;
  readonly #shown: () => void;
  readonly #frames: Due[] = [];
  readonly #stop: () => void;
  #decoder: VideoDecoder | null = null;
  #codec = "";
  #waitsForKey = true;
  #drawing: number;
  #voice: ReturnType<Speaker["voice"]> | null;

  constructor(
    session: Session,
    path: string,
    latency: number,
    given: { canvas: () => HTMLCanvasElement | null; speaker: Speaker | null; shown: () => void; ended: () => void },
  ) {
    this.#playout = new Playout(latency);
    this.#canvas = given.canvas;
    this.#shown = given.shown;
    this.#voice = given.speaker?.voice(this.#playout) ?? null;
    const voice = this.#voice;
    const stops = [session.frames(path, "video", latency, { frame: (frame) => this.#decode(frame), ended: given.ended })];
    if (voice !== null)
      stops.push(session.frames(path, "audio", latency, { frame: (frame) => voice.play(frame), ended: () => undefined }));
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  close(): void {
    cancelAnimationFrame(this.#drawing);
    this.#stop();
    this.#voice?.close();
    this.#voice = null;
    for (const due of this.#frames.splice(0)) due.frame.close();
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
  }

  #decode(frame: MediaFrame): void {
    if (frame.isFirst) this.#prepare(frame.payload);
    if (this.#decoder === null || (this.#waitsForKey && !frame.isFirst)) return;
    this.#waitsForKey = false;
    this.#playout.arrived(frame.timestamp, performance.now());
    const type = frame.isFirst ? "key" : "delta";
    this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: frame.timestamp, data: frame.payload }));
  }

  #prepare(key: Uint8Array): void {
    const codec = codecOf(key);
    if (codec === null || (codec === this.#codec && this.#decoder?.state === "configured")) return;
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#codec = codec;
    this.#waitsForKey = true;
    this.#decoder = new VideoDecoder({
      output: (picture) => this.#keep(picture),
      error: () => {
        this.#codec = "";
        this.#decoder = null;
      },
    });
    this.#decoder.configure({ codec, optimizeForLatency: true });
  }

  #keep(picture: VideoFrame): void {
    this.#frames.push({ frame: picture, at: this.#playout.due(picture.timestamp) });
    while (this.#frames.length > MOST_FRAMES) this.#frames.shift()?.frame.close();
  }

  #draw(): void {
    const now = performance.now();
    let due: VideoFrame | null = null;
    while (this.#frames[0] !== undefined && this.#frames[0].at <= now) {
      due?.close();
      due = this.#frames.shift()?.frame ?? null;
    }
    if (due !== null) this.#paint(due);
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #paint(picture: VideoFrame): void {
    const canvas = this.#canvas();
    if (canvas !== null) {
      if (canvas.width !== picture.displayWidth) canvas.width = picture.displayWidth;
      if (canvas.height !== picture.displayHeight) canvas.height = picture.displayHeight;
      canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
      this.#shown();
    }
    picture.close();
  }
}
