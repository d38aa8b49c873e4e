// What this browser can make of what comes: pages that can't decode the picture show the small ones, which every
// browser can; pages that can't decode sound are silent.
import type { Rung } from "./line";

const ORDER: readonly Rung[] = ["high", "low", "thumb", "sound"];
const CODEC = "avc1.42e01f";

/** The best rung that this browser can show. */
export async function bestRung(): Promise<Rung> {
  if (!("VideoDecoder" in globalThis)) return "thumb";
  try {
    return (await VideoDecoder.isConfigSupported({ codec: CODEC })).supported === true ? "high" : "thumb";
  } catch {
    return "thumb";
  }
}

export function canHear(): boolean {
  return "AudioDecoder" in globalThis;
}

/** The lowest of some rungs: each of them bounds what is shown. */
export function lowestOf(...rungs: readonly Rung[]): Rung {
  return ORDER[Math.max(...rungs.map((one) => ORDER.indexOf(one)))] ?? "sound";
}

/** What of a source is to be asked for: of one that sends its picture in another size the picture is what it sends. */
export function rungOf(asked: Rung, sent: Rung): Rung {
  return lowestOf(asked, sent === "low" ? "high" : sent);
}
