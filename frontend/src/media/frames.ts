// Frames and words as they go over a WebSocket; docs/media-contract.md says the same of both.

const HEAD = 13;
const BEGINS = 1;
const ENDED = 4000;
const CODES = 1000;

/** What the other side says in words. `latency_ms`: it reads sound or picture. */
export type Words =
  | { readonly do: "read"; readonly id: number; readonly broadcast: string; readonly track: string; readonly latency_ms?: number }
  | { readonly do: "stop" | "ended"; readonly id: number };

export interface Frame {
  readonly id: number;
  readonly begins: boolean;
  readonly timestamp: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

export function writeFrame(frame: Omit<Frame, "payload"> & { readonly payload: Uint8Array }): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(HEAD + frame.payload.byteLength);
  const head = new DataView(whole.buffer);
  head.setUint32(0, frame.id);
  head.setUint8(4, frame.begins ? BEGINS : 0);
  head.setBigUint64(5, BigInt(frame.timestamp));
  whole.set(frame.payload, HEAD);
  return whole;
}

/** A frame as it came, or null from bytes that are none. */
export function readFrame(whole: ArrayBuffer): Frame | null {
  if (whole.byteLength < HEAD) return null;
  const head = new DataView(whole);
  return {
    id: head.getUint32(0),
    begins: (head.getUint8(4) & BEGINS) !== 0,
    timestamp: Number(head.getBigUint64(5)),
    payload: new Uint8Array(whole, HEAD),
  };
}

/** Words as they came, or null from a text that says nothing known. */
export function readWords(text: string): Words | null {
  let said: Partial<Record<string, unknown>> | null;
  try {
    said = JSON.parse(text) as Partial<Record<string, unknown>> | null;
  } catch {
    return null;
  }
  if (typeof said?.id !== "number") return null;
  if (said.do === "stop" || said.do === "ended") return { do: said.do, id: said.id };
  if (said.do !== "read" || typeof said.broadcast !== "string" || typeof said.track !== "string") return null;
  return { do: "read", id: said.id, broadcast: said.broadcast, track: said.track };
}

/** The code of the media contract that a close code tells; 0 if it tells none. */
export function codeOf(close: number): number {
  return close > ENDED && close < ENDED + CODES ? close - ENDED : 0;
}
