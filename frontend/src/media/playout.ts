// When a frame is to be shown: a fixed latency after it would have come over the fastest way seen.
import type { Carrier } from "./session";

const FORGET_MS_PER_SECOND = 2;
const BROKEN_MS = 2000;

export class Playout {
  latency: number;
  #fastest: number | null = null;
  #seenAt = 0;
  #isOther = false;

  constructor(latency: number) {
    this.latency = latency;
  }

  /** A frame came: `timestamp` in microseconds of the source, `now` in milliseconds here. */
  arrived(timestamp: number, now: number): void {
    const behind = now - timestamp / 1000;
    const kept = this.#fastest === null ? behind : this.#fastest + ((now - this.#seenAt) / 1000) * FORGET_MS_PER_SECOND;
    this.#fastest = this.#isOther || behind - kept > BROKEN_MS ? behind : Math.min(kept, behind);
    this.#isOther = false;
    this.#seenAt = now;
  }

  /** When it is to be shown, in milliseconds here. */
  due(timestamp: number): number {
    return timestamp / 1000 + (this.#fastest ?? 0) + this.latency;
  }

  /** By how much a frame that came just now missed its time. */
  lateBy(timestamp: number, now: number): number {
    return Math.max(0, now - this.due(timestamp));
  }

  /** Another line: what was seen of the one before says nothing of it. */
  forget(): void {
    this.#isOther = true;
  }
}

export const NEAR_MS = 150;
export const FAR_MS = 250;
const NEAR_RTT_MS = 20;
const SLACK_MS = 5;

/** The latency of a line of which no round trip is known yet; over a WebSocket none ever is, and what is lost comes again late. */
export function latencyAtFirst(carrier: Carrier, here: number): number {
  return carrier === "websocket" ? Math.max(here, FAR_MS) : here;
}

/** The latency for a measured round trip; it changes only when the measure is clearly on the other side. */
export function latencyFor(rtt: number, now: number): number {
  if (rtt < NEAR_RTT_MS - (now === NEAR_MS ? -SLACK_MS : SLACK_MS)) return NEAR_MS;
  return rtt >= NEAR_RTT_MS + (now === FAR_MS ? -SLACK_MS : SLACK_MS) ? FAR_MS : now;
}
