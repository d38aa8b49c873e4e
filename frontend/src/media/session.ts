// One line to sound and picture, whatever carries it: `moq.ts` over QUIC, `socket.ts` over a WebSocket.

export type Carrier = "webtransport" | "websocket";

export interface MediaFrame {
  /** Microseconds, by the source's clock. */
  readonly timestamp: number;
  /** What the codec made, without any container. */
  readonly payload: Uint8Array;
  /** The first frame of its group: a key frame, if it is video. */
  readonly isFirst: boolean;
}

export interface Received {
  readonly frame: (frame: MediaFrame) => void;
  /** The track ended, is not there, or the session is over; nothing follows. Not called after `stop`. */
  readonly ended: () => void;
}

export interface Session {
  readonly kind: Carrier;
  /** The code with which the session ended (401, 403, 409, 410, 429, 503); 0 if it just broke. Never rejected. */
  readonly closed: Promise<number>;

  /** Every newest text of a track without container, until `stop` (returned) or the end. */
  texts(path: string, track: string, heard: (text: string) => void): () => void;

  /** Every newest frame of a track without container (`thumb`), until `stop` (returned) or the end. */
  bytes(path: string, track: string, heard: (bytes: Uint8Array<ArrayBuffer>) => void): () => void;

  /** Every frame of one track of sound or picture, until `stop` (returned). A group late by more than `latencyMs` is left out. */
  frames(path: string, track: string, latencyMs: number, received: Received): () => void;

  publish(path: string): Publication;

  close(): void;
}

/** A broadcast that this page writes. */
export interface Publication {
  track(name: string): Publishing;
  close(): void;
}

/** A track that this page writes. */
export interface Publishing {
  /** Whether somebody subscribes just now. */
  readonly isWanted: boolean;
  /** One text, a group of its own, no container. */
  writeText(text: string): void;
  /** One frame, a group of its own, no container. */
  writeBytes(bytes: Uint8Array): void;
  /** One frame of sound or picture; `begins` opens a group with it. */
  writeFrame(payload: Uint8Array, timestamp: number, begins: boolean): void;
  /** Ends the group that is open: nothing more belongs to it. */
  endGroup(): void;
  close(): void;
}
