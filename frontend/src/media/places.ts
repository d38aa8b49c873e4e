// Where the two pictures of the program stand, by the layout that the conference gave.
import type { Layout } from "../wire/types";

export type Place = "full" | "inset" | "left" | "right" | "side" | "none";

export interface Places {
  readonly main: Place;
  readonly holder: Place;
}

/** A layout of two pictures falls back to the one that is there. */
export function placesOf(layout: Layout, given: { readonly main: boolean; readonly holder: boolean }): Places {
  if (!given.holder) return { main: "full", holder: "none" };
  switch (layout) {
    case "main":
      return { main: "full", holder: "none" };
    case "holder":
      return { main: "none", holder: "full" };
    case "side_by_side":
      return given.main ? { main: "left", holder: "right" } : { main: "none", holder: "full" };
    case "holder_with_main":
    case "gallery":
      return { main: given.main ? "inset" : "none", holder: "full" };
    case "document":
      return { main: "none", holder: "side" };
  }
}
