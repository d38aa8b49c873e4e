// Sound and picture over a WebSocket to the web server: for pages without WebTransport, and where UDP is blocked.
// The same session as `moq.ts` makes; everything comes in order, and what waits too long to be sent is left out here.
import { Backlog } from "./backlog";
import { codeOf, readFrame, readWords, writeFrame, type Words } from "./frames";
import type { Publication, Publishing, Received, Session } from "./session";

const OPEN_MS = 5000;
const PICTURES_WAIT_MS = 250;
const BYTES_WAIT_MS = 1000;
const SOUND = "audio";

/** Raises an error when there is no WebSocket to be had, or none in time. */
export async function connectSocket(url: string): Promise<Session> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const session = new SocketSession(socket);
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => socket.close(), OPEN_MS);
    socket.addEventListener("close", () => reject(new Error("the web server opens no socket for media")), { once: true });
    socket.addEventListener(
      "open",
      () => {
        clearTimeout(late);
        resolve();
      },
      { once: true },
    );
  });
  return session;
}

class SocketSession implements Session {
  readonly kind = "websocket";
  readonly closed: Promise<number>;
  readonly #line: Line;
  #ended: (code: number) => void = () => undefined;
  #isOver = false;
  readonly #reading = new Map<number, Received>();
  readonly #publications = new Map<string, SocketPublication>();
  #newest = 0;

  constructor(socket: WebSocket) {
    this.#line = new Line(socket);
    socket.addEventListener("message", (event: MessageEvent<string | ArrayBuffer>) => this.#hear(event.data));
    this.closed = new Promise((resolve) => (this.#ended = resolve));
    socket.addEventListener("close", (event) => this.#over(codeOf(event.code)));
  }

  texts(path: string, track: string, heard: (text: string) => void): () => void {
    const decoder = new TextDecoder();
    return this.bytes(path, track, (bytes) => heard(decoder.decode(bytes)));
  }

  bytes(path: string, track: string, heard: (bytes: Uint8Array<ArrayBuffer>) => void): () => void {
    const received: Received = {
      frame: (frame) => heard(frame.payload as Uint8Array<ArrayBuffer>),
      ended: () => undefined,
    };
    return this.#read(path, track, {}, received);
  }

  frames(path: string, track: string, latencyMs: number, received: Received): () => void {
    return this.#read(path, track, { latency_ms: Math.round(latencyMs) }, received);
  }

  publish(path: string): Publication {
    const publication = new SocketPublication(this.#line, () => {
      this.#publications.delete(path);
      this.#line.say({ do: "unpublish", broadcast: path });
    });
    this.#publications.set(path, publication);
    this.#line.say({ do: "publish", broadcast: path });
    return publication;
  }

  /** Over at once: a browser waits long for the goodbye of a server that is gone, or beyond a cut cable. */
  close(): void {
    this.#line.close();
    this.#over(0);
  }

  #read(broadcast: string, track: string, how: { latency_ms?: number }, received: Received): () => void {
    const id = (this.#newest += 1);
    if (this.#isOver || this.#line.isOver) {
      queueMicrotask(received.ended);
      return () => undefined;
    }
    this.#reading.set(id, received);
    this.#line.say({ do: "read", id, broadcast, track, ...how });
    return () => {
      if (this.#reading.delete(id)) this.#line.say({ do: "stop", id });
    };
  }

  #hear(message: string | ArrayBuffer): void {
    if (this.#isOver) return;
    if (typeof message === "string") {
      const words = readWords(message);
      if (words !== null) this.#listen(words);
      return;
    }
    const frame = readFrame(message);
    if (frame === null || (frame.payload.byteLength === 0 && frame.timestamp !== 0)) return;
    const { timestamp, payload, begins: isFirst } = frame;
    this.#reading.get(frame.id)?.frame({ timestamp, payload, isFirst });
  }

  #listen(words: Words): void {
    if (words.do === "read") {
      const track = this.#publications.get(words.broadcast)?.find(words.track);
      if (track === undefined) this.#line.say({ do: "ended", id: words.id });
      else track.begin(words.id);
    } else if (words.do === "stop") {
      for (const publication of this.#publications.values()) publication.stop(words.id);
    } else {
      const received = this.#reading.get(words.id);
      this.#reading.delete(words.id);
      received?.ended();
    }
  }

  #over(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const left = [...this.#reading.values()];
    this.#reading.clear();
    for (const received of left) received.ended();
    for (const publication of this.#publications.values()) publication.over();
    this.#ended(code);
  }
}

/** The socket on its way out: what is said when it is open, and for how long it has been waiting. */
class Line {
  readonly #socket: WebSocket;
  readonly #backlog = new Backlog();

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get isOver(): boolean {
    return this.#socket.readyState > WebSocket.OPEN;
  }

  get waits(): number {
    return this.#backlog.age(this.#socket.bufferedAmount, performance.now());
  }

  say(words: object): void {
    this.#send(JSON.stringify(words));
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#send(frame);
  }

  close(): void {
    this.#socket.close(1000);
  }

  #send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(message);
    const bytes = typeof message === "string" ? message.length : message.byteLength;
    this.#backlog.add(bytes, this.#socket.bufferedAmount, performance.now());
  }
}

class SocketPublication implements Publication {
  readonly #line: Line;
  readonly #closed: () => void;
  readonly #tracks = new Map<string, SocketPublishing>();

  constructor(line: Line, closed: () => void) {
    this.#line = line;
    this.#closed = closed;
  }

  track(name: string): Publishing {
    const track = new SocketPublishing(this.#line, name === SOUND, () => this.#tracks.delete(name));
    this.#tracks.set(name, track);
    return track;
  }

  find(name: string): SocketPublishing | undefined {
    return this.#tracks.get(name);
  }

  stop(id: number): void {
    for (const track of this.#tracks.values()) track.stop(id);
  }

  over(): void {
    for (const track of this.#tracks.values()) track.over();
  }

  close(): void {
    for (const track of this.#tracks.values()) track.close();
    this.#closed();
  }
}

class SocketPublishing implements Publishing {
  readonly #line: Line;
  readonly #isSound: boolean;
  readonly #closed: () => void;
  /** By the number under which it is read: whether a frame that begins was sent. */
  readonly #readers = new Map<number, boolean>();
  #newest: Uint8Array | null = null;

  constructor(line: Line, isSound: boolean, closed: () => void) {
    this.#line = line;
    this.#isSound = isSound;
    this.#closed = closed;
  }

  get isWanted(): boolean {
    return this.#readers.size > 0;
  }

  begin(id: number): void {
    this.#readers.set(id, false);
    if (this.#newest !== null) this.#line.send(writeFrame({ id, begins: true, timestamp: 0, payload: this.#newest }));
  }

  stop(id: number): void {
    if (this.#readers.delete(id)) this.#line.say({ do: "ended", id });
  }

  over(): void {
    this.#readers.clear();
  }

  writeText(text: string): void {
    this.#write(new TextEncoder().encode(text));
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.#line.waits <= BYTES_WAIT_MS) this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    this.#newest = bytes;
    for (const id of this.#readers.keys()) this.#line.send(writeFrame({ id, begins: true, timestamp: 0, payload: bytes }));
  }

  writeFrame(payload: Uint8Array, timestamp: number, begins: boolean): void {
    const isSpared = !this.#isSound && this.#readers.size > 0 && this.#line.waits > PICTURES_WAIT_MS;
    for (const [id, follows] of this.#readers) {
      const goes = !isSpared && (begins || follows);
      this.#readers.set(id, goes);
      if (goes) this.#line.send(writeFrame({ id, begins, timestamp, payload }));
    }
  }

  endGroup(): void {
    // Everything comes in order: the next that begins ends it.
  }

  close(): void {
    for (const id of [...this.#readers.keys()]) this.stop(id);
    this.#closed();
  }
}
