// The record of what is on air, as the server writes it on the track `air`.

import type { Rung } from "./line";

export type AirRole = "main" | "holder" | "gallery";

/** A place on a screen, by what belongs there. */
export type Slot = "main" | "holder" | `gallery:${string}`;

export interface AirEntry {
  readonly n: number;
  readonly role: AirRole;
  readonly site: string;
  readonly broadcast: string;
  /** What the site sends, where it is not all that it could. */
  readonly rung?: Rung;
  /** What is lost on its way to the server comes again late. */
  readonly far?: boolean;
}

const ROLES: readonly unknown[] = ["main", "holder", "gallery"];

/** The entries of a record; none from a text that is no record. */
export function readAir(text: string): readonly AirEntry[] {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return [];
  }
  const airs = typeof record === "object" && record !== null && "airs" in record ? record.airs : [];
  return Array.isArray(airs) ? airs.filter(isEntry) : [];
}

/** What belongs into a place; a site of the gallery that is main or holder too has a second entry, small and without sound. */
export function entryFor(airs: readonly AirEntry[], slot: Slot): AirEntry | undefined {
  if (slot === "main" || slot === "holder") return airs.find((one) => one.role === slot);
  return airs.find((one) => one.role === "gallery" && `gallery:${one.site}` === slot);
}

function isEntry(value: unknown): value is AirEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  return (
    typeof entry.n === "number" && ROLES.includes(entry.role) && typeof entry.site === "string" && typeof entry.broadcast === "string"
  );
}
