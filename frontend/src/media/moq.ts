// Media over QUIC: the only file that knows the library. Names and frames come out, sessions go in.
import { Broadcast, Connection, Path, Time, Varint, type Group, type Track } from "@moq/net";

const PROTOCOLS = ["moq-lite-05", "moq-lite-04", "moq-lite-03", "moql"];
const HANDSHAKE_MS = 10_000;

export interface MediaFrame {
  readonly timestamp: number;
  readonly payload: Uint8Array;
  /** The first frame of its group: a key frame, if it is video. */
  readonly isFirst: boolean;
}

export interface Received {
  readonly frame: (frame: MediaFrame) => void;
  readonly ended: () => void;
}

/** Whether this browser can speak with the server at all. */
export function isSupported(): boolean {
  return "WebTransport" in globalThis && "VideoDecoder" in globalThis;
}

export async function connect(url: string, fingerprints: readonly string[]): Promise<Session> {
  const transport = new WebTransport(url, optionsOf(fingerprints));
  // What closes it is read from `closed`; nobody waits for the rest.
  transport.ready.catch(() => undefined);
  transport.closed.catch(() => undefined);
  try {
    const signal = AbortSignal.timeout(HANDSHAKE_MS);
    await Promise.race([transport.ready, aborted(signal)]);
    return new Session(transport, await Connection.connect(new URL(url), { transport, signal }));
  } catch (error) {
    transport.close();
    throw error;
  }
}

export class Session {
  /** The application code with which the session ended; 0 if it just broke. */
  readonly closed: Promise<number>;
  readonly #established: Connection.Established;

  constructor(transport: WebTransport, established: Connection.Established) {
    this.#established = established;
    this.closed = transport.closed.then(
      (how) => how.closeCode ?? 0,
      () => 0,
    );
    established.closed.catch(() => undefined);
  }

  /** Every newest text of a track, until `stop` or the end. */
  texts(path: string, name: string, heard: (text: string) => void): () => void {
    const broadcast = this.#established.consume(Path.from(path));
    const track = broadcast.track(name).subscribe({ priority: 200 });
    void readTexts(track, heard);
    return () => {
      track.close();
      broadcast.close();
    };
  }

  /** Every frame of the tracks of one source, until `stop` or the end. */
  frames(path: string, latency: number, tracks: Readonly<Record<string, Received>>): () => void {
    const broadcast = this.#established.consume(Path.from(path));
    const open = Object.entries(tracks).map(([name, received]) => {
      const track = broadcast.track(name).subscribe({ priority: 100, latencyMax: latency });
      void readFrames(track, latency, received);
      return track;
    });
    return () => {
      for (const track of open) track.close();
      broadcast.close();
    };
  }

  publish(path: string): Publication {
    const broadcast = new Broadcast.Producer();
    this.#established.publish(Path.from(path), broadcast);
    return new Publication(broadcast);
  }

  close(): void {
    this.#established.close();
  }
}

export class Publication {
  readonly #broadcast: Broadcast.Producer;

  constructor(broadcast: Broadcast.Producer) {
    this.#broadcast = broadcast;
  }

  track(name: string): Publishing {
    return new Publishing(this.#broadcast.createTrack(name));
  }

  close(): void {
    this.#broadcast.close();
  }
}

export class Publishing {
  readonly #track: Track.Producer;
  #group: Group.Producer | null = null;

  constructor(track: Track.Producer) {
    this.#track = track;
  }

  get isWanted(): boolean {
    return this.#track.used.peek();
  }

  writeText(text: string): void {
    this.#track.writeString(text);
  }

  /** One frame in the `legacy` container; `begins` opens a group with it. */
  writeFrame(payload: Uint8Array, timestamp: number, begins: boolean): void {
    if (begins || this.#group === null) {
      this.#group?.close();
      this.#group = this.#track.appendGroup();
    }
    const head = Varint.encode(timestamp);
    const whole = new Uint8Array(head.byteLength + payload.byteLength);
    whole.set(head);
    whole.set(payload, head.byteLength);
    this.#group.writeFrame({ payload: whole, timestamp: Time.Timestamp.fromMicros(timestamp) });
  }

  close(): void {
    this.#group?.close();
    this.#group = null;
    this.#track.close();
  }
}

function optionsOf(fingerprints: readonly string[]): WebTransportOptions & { protocols: string[] } {
  const hashes = fingerprints.map((hex) => ({ algorithm: "sha-256", value: bytesOf(hex) }));
  const options = { allowPooling: false, congestionControl: "low-latency" as const, protocols: PROTOCOLS };
  return hashes.length === 0 ? options : { ...options, serverCertificateHashes: hashes };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.replaceAll(":", "").match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the media server did not answer in time")), { once: true });
  });
}

async function readTexts(track: Track.Subscriber, heard: (text: string) => void): Promise<void> {
  try {
    for (;;) {
      const text = await track.readString();
      if (text === undefined) return;
      heard(text);
    }
  } catch {
    // The session ended; whoever holds it knows.
  }
}

/** Groups are read in order; one that hangs is left behind when the next has waited as long as the latency. */
async function readFrames(track: Track.Subscriber, latency: number, received: Received): Promise<void> {
  let newest = -1;
  let before: Promise<unknown> = Promise.resolve();
  const read = async (group: Group.Consumer): Promise<void> => {
    newest = group.sequence;
    for (;;) {
      const frame = await group.readFrameSequence();
      if (frame === undefined || group.sequence < newest) return;
      const [timestamp, payload] = Varint.decode(frame.payload);
      if (payload.byteLength > 0) received.frame({ timestamp, payload, isFirst: frame.sequence === 0 });
    }
  };
  try {
    for (;;) {
      const group = await track.nextGroup();
      if (group === undefined) break;
      before = Promise.race([before, pause(latency)])
        .then(() => read(group))
        .catch(() => undefined);
    }
    await Promise.race([before, pause(latency)]);
  } catch {
    // The track is not there, or the session ended.
  }
  received.ended();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
