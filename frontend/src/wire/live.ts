// The line to the server: the board comes down it, questions go up and answers come back.
//
// It knows no Svelte and nothing of a conference. It connects again for ever, and asks again what was
// not answered: the same id asked twice does nothing twice.
import type { Commands, Sections } from "./types";

export type CommandName = keyof Commands;
export type Outcome =
  | { readonly kind: "done"; readonly position: number }
  | { readonly kind: "refused"; readonly code: string; readonly about: Readonly<Record<string, string>> }
  | { readonly kind: "unfit"; readonly problem: Problem }
  | { readonly kind: "lost" };

export interface Problem {
  readonly code: string;
  readonly field?: string;
  readonly found?: string;
  readonly mend?: string;
}

export interface Listener {
  board(sections: Partial<Sections>, position: number): void;
  section(name: keyof Sections, value: unknown, position: number): void;
  clock(at: string): void;
  line(state: "up" | "lost"): void;
}

export interface Socket {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

const OPEN = 1;
const BEAT_MS = 1000;
const LOST_MS = 3000;
const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

interface Question {
  readonly text: string;
  readonly answer: (outcome: Outcome) => void;
  readonly patience: ReturnType<typeof setTimeout>;
}

type Message = Readonly<Record<string, unknown>>;

export class Live {
  readonly #open: () => Socket;
  readonly #listener: Listener;
  readonly #questions = new Map<string, Question>();
  #socket: Socket | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;
  #up = false;
  #closed = false;

  constructor(open: () => Socket, listener: Listener) {
    this.#open = open;
    this.#listener = listener;
  }

  start(): void {
    const socket = this.#open();
    this.#socket = socket;
    socket.onmessage = (event) => this.#hear(socket, event.data);
    socket.onclose = () => this.#lose(socket);
    this.#expectBeat(socket);
    this.#beat = setInterval(() => {
      if (socket.readyState === OPEN) socket.send('{"kind":"beat"}');
    }, BEAT_MS);
  }

  ask<Name extends CommandName>(name: Name, body: Commands[Name]): Promise<Outcome> {
    const id = newId();
    const text = JSON.stringify({ kind: "ask", id, name, body });
    return new Promise((resolve) => {
      const patience = setTimeout(() => this.#answer(id, { kind: "lost" }), PATIENCE_MS);
      this.#questions.set(id, { text, answer: resolve, patience });
      if (this.#up) this.#socket?.send(text);
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    const socket = this.#socket;
    if (socket !== null) this.#lose(socket);
  }

  #hear(socket: Socket, text: unknown): void {
    if (socket !== this.#socket) return;
    this.#expectBeat(socket);
    const message = read(text);
    if (typeof message.now === "string") this.#listener.clock(message.now);
    switch (message.kind) {
      case "board":
        this.#listener.board(sectionsOf(message.sections), numberOf(message.position));
        this.#restored(socket);
        break;
      case "section":
        if (typeof message.name === "string")
          this.#listener.section(message.name as keyof Sections, message.value, numberOf(message.position));
        break;
      case "answer":
        if (typeof message.id === "string") this.#answer(message.id, outcomeOf(message));
        break;
    }
  }

  #restored(socket: Socket): void {
    this.#up = true;
    this.#pause = FIRST_PAUSE_MS;
    this.#listener.line("up");
    for (const question of this.#questions.values()) socket.send(question.text);
  }

  #answer(id: string, outcome: Outcome): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    clearTimeout(question.patience);
    question.answer(outcome);
  }

  #expectBeat(socket: Socket): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lose(socket), LOST_MS);
  }

  #lose(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#up = false;
    clearInterval(this.#beat);
    clearTimeout(this.#watch);
    socket.onclose = null;
    socket.close();
    if (this.#closed) return;
    this.#listener.line("lost");
    this.#again = setTimeout(() => this.start(), this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }
}

function read(text: unknown): Message {
  if (typeof text !== "string") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function outcomeOf(message: Message): Outcome {
  if (typeof message.refusal === "string")
    return { kind: "refused", code: message.refusal, about: textsOf(message.about) };
  if (isRecord(message.problem)) return { kind: "unfit", problem: { code: "unfit", ...textsOf(message.problem) } };
  return { kind: "done", position: numberOf(message.position) };
}

function sectionsOf(value: unknown): Partial<Sections> {
  return isRecord(value) ? (value) : {};
}

function textsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
