// One technical check from beginning to end: camera, speech, the test sound and its echo, the line. Asks the person
// two things only: to say a sentence, and whether the hall heard the sound. What it comes to is the server's to say.
import { Capture, faultOf, type CaptureFault } from "../media/capture";
import type { Link } from "../media/link.svelte";
import { pause } from "../media/ticks";
import type { Measures } from "../wire/types";
import { browserName, canEncode } from "./browser";
import { listenForEcho } from "./echo";
import { SpeechLevel } from "./level";
import { measureLine, type News } from "./line";

export type CheckStage = "ready" | "camera" | "speech" | "sound" | "question" | "line" | "reporting" | "done" | "unreported";

const CAMERA_MS = 3000;
const SPEECH_MS = 6000;
const LINE_WITHIN_MS = 15_000;
const WORKLET = "/static/microphone.js";

type Draft = { -readonly [Name in keyof Measures]: Measures[Name] };

export class CheckRun {
  stage = $state<CheckStage>("ready");
  /** How the measuring of the line goes, while it does. */
  line = $state.raw<News | null>(null);
  stream = $state.raw<MediaStream | null>(null);
  fault = $state<CaptureFault | null>(null);
  level = $state(0);
  /** Size and rate of the camera's picture, once known. */
  picture = $state.raw<{ width: number; height: number; fps: number } | null>(null);
  cameras = $state.raw<readonly MediaDeviceInfo[]>([]);
  microphones = $state.raw<readonly MediaDeviceInfo[]>([]);
  cameraId = $state("");
  microphoneId = $state("");
  readonly #link: Link;
  readonly #report: (measures: Measures) => Promise<boolean>;
  #capture: Capture | null = null;
  #context: AudioContext | null = null;
  #answer: (heard: boolean) => void = () => undefined;
  #turn = 0;
  #leaving = new AbortController();

  constructor(link: Link, report: (measures: Measures) => Promise<boolean>) {
    this.#link = link;
    this.#report = report;
  }

  get isRunning(): boolean {
    return !["ready", "done", "unreported"].includes(this.stage);
  }

  async start(): Promise<void> {
    this.stop();
    const turn = this.#turn;
    const isCurrent = (): boolean => turn === this.#turn;
    const measures: Draft = { ...NOTHING, browser: browserName(navigator.userAgent) };
    this.stage = "camera";
    await this.#film(measures, isCurrent);
    measures.encodes = await canEncode(this.picture);
    if (!isCurrent()) return;
    this.stage = "speech";
    await this.#hear(measures);
    if (!isCurrent()) return;
    this.stage = "sound";
    const isSounded = await this.#sound(measures);
    if (!isCurrent()) return;
    this.stage = isSounded ? "question" : "line";
    await Promise.all([this.#line(measures), isSounded ? this.#ask(measures) : null]);
    if (!isCurrent()) return;
    this.stage = "reporting";
    this.stage = (await this.#report(measures)) ? "done" : "unreported";
  }

  /** Whether people in the hall heard the test sound. */
  answer(heard: boolean): void {
    this.#answer(heard);
  }

  async soundAgain(): Promise<void> {
    if (this.#context === null || this.#capture === null) return;
    await listenForEcho(this.#capture.stream, this.#context).catch(() => null);
  }

  stop(): void {
    this.#turn += 1;
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#capture?.close();
    this.#capture = null;
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
    this.stream = null;
    this.fault = null;
    this.picture = null;
    this.line = null;
    this.level = 0;
    this.stage = "ready";
  }

  async #film(measures: Draft, isCurrent: () => boolean): Promise<void> {
    try {
      const capture = await Capture.open(this.cameraId, this.microphoneId);
      if (!isCurrent()) {
        capture.close();
        return;
      }
      this.#capture = capture;
    } catch (error) {
      if (isCurrent()) this.fault = faultOf(error);
      return;
    }
    const capture = this.#capture;
    this.stream = capture.stream;
    this.cameraId = capture.deviceOf("video");
    this.microphoneId = capture.deviceOf("audio");
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.cameras = devices.filter((one) => one.kind === "videoinput");
    this.microphones = devices.filter((one) => one.kind === "audioinput");
    let frames = 0;
    const begun = performance.now();
    capture.sinks.picture = () => (frames += 1);
    await pause(CAMERA_MS);
    capture.sinks.picture = null;
    const size = capture.size ?? { width: 0, height: 0 };
    const fps = Math.round((frames * 1000) / (performance.now() - begun));
    Object.assign(measures, { width: size.width, height: size.height, fps });
    this.picture = { ...size, fps };
  }

  async #hear(measures: Draft): Promise<void> {
    const capture = this.#capture;
    if (capture?.hasSound !== true) return;
    const speech = new SpeechLevel();
    capture.sinks.sound = (samples) => {
      speech.hear(samples);
      this.level = capture.level;
    };
    await pause(SPEECH_MS);
    capture.sinks.sound = null;
    this.level = 0;
    measures.microphone_db = speech.db;
  }

  /** Returns whether the hall may have heard it. */
  async #sound(measures: Draft): Promise<boolean> {
    const capture = this.#capture;
    if (capture?.hasSound !== true) return false;
    try {
      this.#context ??= new AudioContext();
      await this.#context.audioWorklet.addModule(WORKLET);
      const echo = await listenForEcho(capture.stream, this.#context);
      measures.echo_loss_db = echo?.lossDb ?? null;
      measures.echo_delay_ms = echo?.delayMs ?? null;
      return true;
    } catch {
      return false; // This machine can't sound anything: the loudspeaker was not tried.
    }
  }

  async #ask(measures: Draft): Promise<void> {
    measures.heard = await new Promise<boolean>((resolve) => (this.#answer = resolve));
    if (this.stage === "question") this.stage = "line";
  }

  async #line(measures: Draft): Promise<void> {
    const { signal } = this.#leaving;
    const line = await this.#lineUp();
    if (line === null || signal.aborted) return;
    measures.carrier = line.session.kind === "websocket" ? "fallback" : "udp";
    try {
      Object.assign(measures, await measureLine(line, signal, (news) => (this.line = news)));
    } catch {
      // The line broke in the middle, or its turn never came: it was not measured.
    }
    this.line = null;
  }

  async #lineUp(): Promise<Link["line"]> {
    const until = performance.now() + LINE_WITHIN_MS;
    while (this.#link.line === null && performance.now() < until) await pause(100);
    return this.#link.line;
  }
}

const NOTHING: Measures = {
  width: 0,
  height: 0,
  fps: 0,
  microphone_db: null,
  heard: null,
  echo_loss_db: null,
  echo_delay_ms: null,
  up_kbps: null,
  down_kbps: null,
  late_ms: null,
  loss_permille: null,
  rtt_ms: null,
  carrier: "udp",
  clock_ms: null,
  browser: "",
  encodes: null,
};
