// How a site's line stands, read from what the server measures: bars, steps of the ladders, what is out of order.
// Pure: tiles and figures in, answers out.
import type { Rung } from "../../media/line";
import type { SiteStanding } from "../../media/wall.svelte";
import type { SiteTile } from "../../wire/types";

export type Quality = "good" | "fair" | "weak" | "lost" | "unknown";

/** Of four: how many bars are full at each quality. */
export const BARS: Readonly<Record<Quality, number>> = { good: 4, fair: 3, weak: 1, lost: 0, unknown: 0 };

const FAIR = { loss: 0.01, rtt_ms: 200, late_ms: 300 };
const WEAK = { loss: 0.04, rtt_ms: 500, late_ms: 1000 };

/** The quality of a line; a step down of what is sent or shown tells as much as the figures. */
export function qualityOf(tile: SiteTile, standing: SiteStanding | undefined): Quality {
  if (tile.line === "lost") return "lost";
  if (tile.line === "expected" || standing === undefined) return "unknown";
  if (reaches(standing, WEAK) || isLow(standing.up) || isLow(standing.down)) return "weak";
  return reaches(standing, FAIR) || standing.up === "low" || standing.down === "low" || isSlow(standing) ? "fair" : "good";
}

/** Carried over HTTPS, where everything waits for what was lost before it. */
export function isSlow(standing: SiteStanding | undefined): boolean {
  return standing?.by === "websocket";
}

/** What was stepped down: what the site sends, else what its screens receive; nothing if both are whole. */
export function stepOf(standing: SiteStanding | undefined): Exclude<Rung, "high"> | null {
  const steps: readonly Rung[] = ["sound", "thumb", "low"];
  const step = steps.find((one) => standing?.up === one) ?? steps.find((one) => standing?.down === one);
  return step === undefined || step === "high" ? null : step;
}

/** In which order of trouble a site stands: lost, never here, weak, not fit, then the rest. */
export function troubleRank(tile: SiteTile, quality: Quality, isUnfit: boolean): number {
  if (quality === "lost") return 0;
  if (tile.line === "expected" && !tile.absent) return 1;
  if (quality === "weak") return 2;
  if (isUnfit) return 3;
  return tile.absent ? 5 : 4;
}

/** Which tile an arrow key leads to, of so many in rows of so many; null if the key is none. */
export function placeAfter(key: string, at: number, count: number, columns: number): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const to = at + step;
  return to < 0 || to >= count ? at : to;
}

function reaches(standing: SiteStanding, limit: typeof FAIR): boolean {
  return (
    (standing.loss ?? 0) >= limit.loss || (standing.rtt_ms ?? 0) >= limit.rtt_ms || (standing.late_ms ?? 0) >= limit.late_ms
  );
}

function isLow(rung: Rung | undefined): boolean {
  return rung === "thumb" || rung === "sound";
}
