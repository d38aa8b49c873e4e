// Where the pictures of the program stand, by the layout that the conference gave.
import type { Layout } from "../wire/types";
import type { Slot } from "./air";

export type Place = "full" | "inset" | "left" | "right" | "side" | "tile";

export interface Placed {
  readonly slot: Slot;
  readonly place: Place;
}

/** Which picture stands where; those that are not named stand nowhere. */
export type Composition = readonly Placed[];

export interface Given {
  readonly layout: Layout;
  /** Somebody else than the main site is on air. */
  readonly hasHolder: boolean;
  /** A page of a handout is there to be shown. */
  readonly hasPage: boolean;
  readonly gallery: readonly string[];
}

const MOST_TILES = 9;
const MAIN: Composition = [{ slot: "main", place: "full" }];
const HOLDER: Composition = [{ slot: "holder", place: "full" }];

/** A layout falls back to the picture that is there. */
export function compositionOf(given: Given): Composition {
  const alone = given.hasHolder ? HOLDER : MAIN;
  switch (given.layout) {
    case "main":
      return MAIN;
    case "holder":
      return alone;
    case "side_by_side":
      return given.hasHolder ? [{ slot: "main", place: "left" }, { slot: "holder", place: "right" }] : MAIN;
    case "holder_with_main":
      return given.hasHolder ? [...HOLDER, { slot: "main", place: "inset" }] : MAIN;
    case "gallery":
      return given.gallery.length === 0 ? alone : tilesOf(given.gallery);
    case "document":
      return given.hasPage ? [{ slot: given.hasHolder ? "holder" : "main", place: "side" }] : alone;
  }
}

/** How many columns a gallery has. */
export function columnsOf(tiles: number): number {
  return Math.ceil(Math.sqrt(tiles));
}

function tilesOf(gallery: readonly string[]): Composition {
  return gallery.slice(0, MOST_TILES).map((site) => ({ slot: `gallery:${site}`, place: "tile" }));
}

/**
 * What is shown now: a new composition comes when each of its pictures moves, or when that takes too long; until then
 * what was shown stays, so that nobody sees an empty place.
 */
export function settled(before: Composition | null, wanted: Composition, isReady: (slot: Slot) => boolean, isOverdue: boolean): Composition {
  if (before === null || isOverdue || isSame(before, wanted)) return wanted;
  return wanted.every((one) => isReady(one.slot)) ? wanted : before;
}

/** When no picture at all came of what is wanted, or none of what fills the screen, the main site stands in until one does. */
export function withoutMissing(wanted: Composition, isReady: (slot: Slot) => boolean): Composition {
  const full = wanted.filter((one) => one.place === "full");
  return (full.length > 0 ? full : wanted).some((one) => isReady(one.slot)) ? wanted : MAIN;
}

export function isSame(one: Composition, other: Composition): boolean {
  return one.length === other.length && one.every(({ slot, place }, at) => other[at]?.slot === slot && other[at].place === place);
}
