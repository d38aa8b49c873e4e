// What the sign of a desk's own line shows: the board's line, and that of sound and picture if the desk has one.
import type { Rung } from "../media/line";
import type { LinkState } from "../media/link.svelte";
import type { Carrier } from "../media/session";

export type Standing = "connecting" | "up" | "lost";

export interface Media {
  readonly state: LinkState;
  readonly kind: Carrier | null;
  readonly down: Rung;
}

const BARS = { high: 4, low: 3, thumb: 2, sound: 1 } as const;

/** A desk whose sound and picture broke off is no better than one whose board did; one that never had any lacks nothing. */
export function standingOf(board: Standing, media: Media): Standing {
  return board === "up" && media.state === "lost" ? "lost" : board;
}

/** Of four bars those that are full. */
export function barsOf(board: Standing, media: Media): number {
  const standing = standingOf(board, media);
  if (standing !== "up") return standing === "connecting" ? 1 : 0;
  return media.kind === null ? 4 : Math.min(BARS[media.down], media.kind === "websocket" ? 3 : 4);
}
