// What a desk asks over HTTP: who it is, where sound and picture are, tasks and documents.
import type { Horizon, ItemKind, Role } from "./types";

export interface Me {
  readonly conference: string;
  readonly role: Role;
  readonly site: string | null;
  readonly language: string;
  readonly demonstration: boolean;
  /** Whether this server records picture and sound; if not, nobody looks back. */
  readonly recorded: boolean;
  readonly title: string;
  readonly main_site: string;
}

/** A node that lets pages in over WebTransport. */
export interface MediaDoor {
  readonly camera: string | null;
  readonly screen: string;
  readonly fingerprints: readonly string[];
}

export interface MediaAddress extends MediaDoor {
  /** The same over a WebSocket to the web server: paths below it, or whole URLs. */
  readonly socket: { readonly camera: string | null; readonly screen: string };
  /** Other nodes of the conference, for when this one does not answer. */
  readonly parents: readonly MediaDoor[];
  /** Whether a camera of this site would be let in now. */
  readonly camera_free: boolean;
  readonly up: string | null;
  readonly program: string;
  readonly latency_ms: number;
}

export interface TaskLine {
  readonly task: string;
  readonly number: string | number;
  readonly kind: ItemKind;
  readonly horizon: Horizon | null;
  readonly text: string;
  readonly unit: string;
  readonly unit_name: string;
  readonly due: string | null;
}

export interface TaskPage {
  readonly total: number;
  readonly tasks: readonly TaskLine[];
  readonly next: number | null;
}

export interface DocumentLine {
  readonly document: string;
  readonly title: string;
  readonly site: string | null;
  readonly docx: string;
  readonly pdf: string;
}

/** A speech in a recording; the paths of its stills, and which of them (from 1) is chosen for its article. */
export interface RecordingChapter {
  readonly title: string;
  readonly start: number;
  readonly end: number;
  readonly speech: string;
  readonly stills: readonly string[];
  readonly chosen: number | null;
}

export interface RecordingPart {
  readonly path: string | null;
  readonly seconds: number;
  readonly chapters: readonly RecordingChapter[];
}

/** The longest file, and all of them; `finishing`: how much of one that is being made is done, from 0 to 1. */
export interface Recording extends RecordingPart {
  readonly parts: readonly RecordingPart[];
  readonly finishing: number | null;
}

/** An answer that takes longer is none: a server that lost its power closes no connection. */
const PATIENCE_MS = 15_000;
const MEDIA_PATIENCE_MS = 5000;

/** An answer that is not what was asked for: problem details (RFC 9457), or no answer at all (status 0). */
export class Unanswered extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** The folder of the desk that this page stands in: `/d/<desk>/`. */
export function deskPath(path: string): string | null {
  return /^\/d\/[^/]+\//.exec(path.endsWith("/") ? path : `${path}/`)?.[0] ?? null;
}

export async function enter(token: string): Promise<{ desk: string; role: Role; pin: boolean }> {
  return (await ask("/enter", { token })) as { desk: string; role: Role; pin: boolean };
}

/** Whether the server made its certificate itself and offers its root at /ca.crt. */
export async function hasOwnAuthority(): Promise<boolean> {
  try {
    return (await fetch("/ca.crt")).ok;
  } catch {
    return false;
  }
}

/** Whether the browser sent no cookie: with the link it may be had again, so nobody has been turned away. */
export function isCookieLost(error: unknown): error is Unanswered {
  return error instanceof Unanswered && error.code === "pass.missing";
}

export class DeskDoor {
  readonly path: string;
  readonly #sisters: BroadcastChannel;
  #token: string | null;

  /**
   * `token`: the link's, while the page that it opened stands; a desk whose cookie the browser lost is entered with it
   * again. A page that was opened from another one of this desk is told the token by it.
   */
  constructor(path: string, token: string | null = null) {
    this.path = path;
    this.#token = token;
    this.#sisters = new BroadcastChannel(`token of ${path}`);
    this.#sisters.onmessage = ({ data }: MessageEvent<string | null>): void => {
      if (data !== null) this.#token ??= data;
      else if (this.#token !== null) this.#sisters.postMessage(this.#token);
    };
    this.#sisters.postMessage(token);
  }

  async me(): Promise<Me> {
    return (await this.#ask("me")) as Me;
  }

  async media(): Promise<MediaAddress> {
    return (await this.#ask("media", undefined, MEDIA_PATIENCE_MS)) as MediaAddress;
  }

  async tasks(after: number, unit: string): Promise<TaskPage> {
    const asked = new URLSearchParams({ after: String(after) });
    if (unit !== "") asked.set("unit", unit);
    return (await this.#ask(`tasks?${asked.toString()}`)) as TaskPage;
  }

  async documents(): Promise<readonly DocumentLine[]> {
    return ((await this.#ask("documents")) as { documents: DocumentLine[] }).documents;
  }

  async recording(): Promise<Recording> {
    return (await this.#ask("recording")) as Recording;
  }

  /** Choose a still of a speech (from 1) for its article, or none. */
  async chooseStill(speech: string, still: number | null): Promise<void> {
    await this.#ask("recording/stills", { speech, still });
  }

  /** The address for televisions, with a new pass in it; only the operator is told one. */
  async watching(): Promise<string | null> {
    const { path } = (await this.#ask("watching")) as { path: string | null };
    return path === null ? null : new URL(path, location.href).href;
  }

  /** Give the PDF of a handout; it takes the place of the one of that name. */
  async giveHandout(handout: string, title: string, file: Blob): Promise<void> {
    const headers = {
      "Accept-Language": document.documentElement.lang || "vi",
      "Content-Type": "application/pdf",
      "X-Title": encodeURIComponent(title),
    };
    const path = `${this.path}handouts/${encodeURIComponent(handout)}`;
    await answered(fetch(path, { method: "PUT", headers, body: file, credentials: "same-origin", cache: "no-store" }));
  }

  async givePin(pin: string): Promise<void> {
    await this.#ask("pin", { pin });
  }

  async runScript(running: boolean): Promise<void> {
    await this.#ask("script", { running });
  }

  live(): WebSocket {
    const url = new URL(`${this.path}live`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    // Why no line opens is told to no page: whether the cookie is lost is found out by asking.
    socket.addEventListener("error", () => void this.me().catch(() => undefined));
    return socket;
  }

  async #ask(what: string, body?: unknown, patienceMs = PATIENCE_MS): Promise<unknown> {
    const path = `${this.path}${what}`;
    try {
      return await ask(path, body, patienceMs);
    } catch (error) {
      if (this.#token === null || !isCookieLost(error)) throw error;
      const { pin } = await enter(this.#token);
      if (pin) location.reload();
      return await ask(path, body, patienceMs);
    }
  }
}

async function ask(path: string, body?: unknown, patienceMs = PATIENCE_MS): Promise<unknown> {
  const headers: Record<string, string> = { "Accept-Language": document.documentElement.lang || "vi" };
  const signal = AbortSignal.timeout(patienceMs);
  const request: RequestInit = { headers, credentials: "same-origin", cache: "no-store", signal };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    request.method = "POST";
    request.body = JSON.stringify(body);
  }
  return await answered(fetch(path, request));
}

async function answered(asked: Promise<Response>): Promise<unknown> {
  const answer = await asked.catch(() => {
    throw new Unanswered(0, "no_answer", "");
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? undefined : await answer.json();
}

async function problemOf(answer: Response): Promise<Unanswered> {
  const problem = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new Unanswered(answer.status, problem.code ?? String(answer.status), problem.detail ?? "");
}
