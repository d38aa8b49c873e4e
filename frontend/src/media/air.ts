// The record of what is on air, as the server writes it on the track `air`.

export type AirRole = "main" | "holder";

export interface AirEntry {
  readonly n: number;
  readonly role: AirRole;
  readonly site: string;
  readonly broadcast: string;
}

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

function isEntry(value: unknown): value is AirEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  return (
    typeof entry.n === "number" &&
    (entry.role === "main" || entry.role === "holder") &&
    typeof entry.site === "string" &&
    typeof entry.broadcast === "string"
  );
}
