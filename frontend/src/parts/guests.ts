// Guests of a site by category, as they are being written down.
import type { Headcount } from "../wire/types";

export interface GuestLine {
  category: string;
  count: number;
}

/** The lines that say something. */
export function countedGuests(lines: readonly GuestLine[]): Headcount[] {
  return lines
    .filter((one) => one.category.trim() !== "" || one.count !== 0)
    .map((one) => ({ category: one.category.trim(), count: one.count }));
}
