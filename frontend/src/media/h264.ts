// What a decoder must know of H.264 in Annex B, read from the stream itself.

const SEQUENCE_PARAMETERS = 7;
const PICTURE_PARAMETERS = 8;
const KEY_SLICE = 5;

export interface Parameters {
  /** The codec string (`avc1.42c01f`). */
  readonly codec: string;
  /** Both parameter sets, to be compared: another text, another decoder. */
  readonly sets: string;
}

/** What stands in front of a key frame; null without a sequence parameter set. */
export function parametersOf(annexB: Uint8Array): Parameters | null {
  let codec: string | null = null;
  let sets = "";
  for (const unit of unitsOf(annexB)) {
    const kind = (unit[0] ?? 0) & 0x1f;
    if (kind === KEY_SLICE) break;
    if (kind !== SEQUENCE_PARAMETERS && kind !== PICTURE_PARAMETERS) continue;
    if (kind === SEQUENCE_PARAMETERS && unit.length >= 4) codec ??= `avc1.${hex(unit.subarray(1, 4))}`;
    sets += `${hex(unit)} `;
  }
  return codec === null ? null : { codec, sets };
}

/** The units between the start codes; of the last, which is long, only the beginning. */
function* unitsOf(annexB: Uint8Array): Generator<Uint8Array> {
  let start = -1;
  for (let at = 0; at + 3 <= annexB.length; at += 1) {
    if (annexB[at] !== 0 || annexB[at + 1] !== 0 || annexB[at + 2] !== 1) continue;
    if (start >= 0) yield withoutZeros(annexB.subarray(start, at));
    start = at + 3;
    if (((annexB[start] ?? 0) & 0x1f) === KEY_SLICE) break;
  }
  if (start >= 0) yield annexB.subarray(start);
}

function withoutZeros(unit: Uint8Array): Uint8Array {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  return unit.subarray(0, end);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
