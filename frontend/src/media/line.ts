// What the server tells each session of its line, and which track of a source belongs to a rung.

export type Rung = "high" | "low" | "thumb" | "sound";

export interface LineTold {
  /** What the server takes of this site's camera. */
  readonly up: Rung;
  /** What of the program this page is to subscribe to. */
  readonly down: Rung;
  readonly rtt_ms: number | null;
  readonly loss: number | null;
  /** The operator is talking to this site. */
  readonly talk: boolean;
  /** Which voice that is; with another one it is to be read anew. */
  readonly voice: number | null;
}

export const UNTOLD: LineTold = { up: "high", down: "high", rtt_ms: null, loss: null, talk: false, voice: null };

const RUNGS: readonly unknown[] = ["high", "low", "thumb", "sound"];

/** What a text of the track `state` says; what it doesn't say is as it was. */
export function readLine(text: string, before: LineTold): LineTold {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return before;
  }
  if (typeof told !== "object" || told === null) return before;
  const { up, down, rtt_ms, loss, talk, voice } = told as Record<string, unknown>;
  return {
    up: isRung(up) ? up : before.up,
    down: isRung(down) ? down : before.down,
    rtt_ms: typeof rtt_ms === "number" ? rtt_ms : before.rtt_ms,
    loss: typeof loss === "number" ? loss : before.loss,
    talk: typeof talk === "boolean" ? talk : before.talk,
    voice: typeof voice === "number" ? voice : before.voice,
  };
}

/** The track of an air's moving picture at a rung; none at those without one. */
export function trackOf(rung: Rung): string | null {
  return rung === "high" ? "video" : rung === "low" ? "video-low" : null;
}

function isRung(value: unknown): value is Rung {
  return RUNGS.includes(value);
}
