// Media over QUIC: the only file that knows the library. Names and frames come out, sessions go in.
import { Broadcast, Connection, Path, Time, Varint, type Group, type Track } from "@moq/net";
import type { Publication, Publishing, Received, Session } from "./session";

const PROTOCOLS = ["moq-lite-05", "moq-lite-04", "moq-lite-03", "moql"];
const TEXT_PRIORITY = 200;
const SOUND_PRIORITY = 150;
const PICTURE_PRIORITY = 100;
const SOUND = "audio";
const SOUND_GROUP_MS = 60;
/** What is left of the latency, when a group of sound is given up, to sound the next in time. */
const SPARE_MS = 40;

/** Whether this browser has WebTransport at all. */
export function hasTransport(): boolean {
  return "WebTransport" in globalThis;
}

/** Raises an error when the session is not up within `patienceMs`. */
export async function connectTransport(url: string, fingerprints: readonly string[], patienceMs: number): Promise<Session> {
  const transport = new WebTransport(url, optionsOf(fingerprints));
  // What closes it is read from `closed`; nobody waits for the rest.
  transport.ready.catch(() => undefined);
  transport.closed.catch(() => undefined);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    await Promise.race([transport.ready, aborted(signal)]);
    return new MoqSession(transport, await Connection.connect(new URL(url), { transport, signal }));
  } catch (error) {
    transport.close();
    throw error;
  }
}

class MoqSession implements Session {
  readonly kind = "webtransport";
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

  texts(path: string, track: string, heard: (text: string) => void): () => void {
    const decoder = new TextDecoder();
    return this.bytes(path, track, (bytes) => heard(decoder.decode(bytes)));
  }

  bytes(path: string, track: string, heard: (bytes: Uint8Array<ArrayBuffer>) => void): () => void {
    return this.#subscribe(path, track, { priority: TEXT_PRIORITY }, (subscribed) => void readBytes(subscribed, heard));
  }

  frames(path: string, track: string, latencyMs: number, received: Received): () => void {
    const isSound = track === SOUND;
    const asked = isSound
      ? { priority: SOUND_PRIORITY, latencyMax: latencyMs + SOUND_GROUP_MS }
      : { priority: PICTURE_PRIORITY, latencyMax: latencyMs };
    const patienceMs = isSound ? latencyMs - SPARE_MS : latencyMs;
    return this.#subscribe(path, track, asked, (subscribed) => void readFrames(subscribed, patienceMs, received));
  }

  publish(path: string): Publication {
    const broadcast = new Broadcast.Producer();
    this.#established.publish(Path.from(path), broadcast);
    return new MoqPublication(broadcast);
  }

  close(): void {
    this.#established.close();
  }

  #subscribe(path: string, track: string, asked: Track.Subscription, read: (from: Track.Subscriber) => void): () => void {
    const broadcast = this.#established.consume(Path.from(path));
    const subscribed = broadcast.track(track).subscribe(asked);
    read(subscribed);
    return () => {
      subscribed.close();
      broadcast.close();
    };
  }
}

class MoqPublication implements Publication {
  readonly #broadcast: Broadcast.Producer;

  constructor(broadcast: Broadcast.Producer) {
    this.#broadcast = broadcast;
  }

  track(name: string): Publishing {
    return new MoqPublishing(this.#broadcast.createTrack(name));
  }

  close(): void {
    this.#broadcast.close();
  }
}

class MoqPublishing implements Publishing {
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

  writeBytes(bytes: Uint8Array): void {
    this.#track.writeFrame({ payload: bytes, timestamp: Time.Timestamp.now() });
  }

  writeFrame(payload: Uint8Array, timestamp: number, begins: boolean): void {
    if (begins || this.#group === null) {
      this.#group?.close();
      this.#group = this.#track.appendGroup();
    }
    // The container `legacy`: the timestamp, then the payload.
    const head = Varint.encode(timestamp);
    const whole = new Uint8Array(head.byteLength + payload.byteLength);
    whole.set(head);
    whole.set(payload, head.byteLength);
    this.#group.writeFrame({ payload: whole, timestamp: Time.Timestamp.fromMicros(timestamp) });
  }

  endGroup(): void {
    this.#group?.close();
    this.#group = null;
  }

  close(): void {
    this.endGroup();
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

async function readBytes(track: Track.Subscriber, heard: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<void> {
  try {
    for (;;) {
      const frame = await track.readFrame();
      if (frame === undefined) return;
      heard(new Uint8Array(frame.payload));
    }
  } catch {
    // The track is not there, or the session ended; whoever holds it knows.
  }
}

/** Groups are read in order; one that hangs is left behind when the next has waited for so long. */
async function readFrames(track: Track.Subscriber, patienceMs: number, received: Received): Promise<void> {
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
      before = Promise.race([before, pause(patienceMs)])
        .then(() => read(group))
        .catch(() => undefined);
    }
    await Promise.race([before, pause(patienceMs)]);
  } catch {
    // The track is not there, or the session ended.
  }
  received.ended();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
