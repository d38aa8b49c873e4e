// What a decoder must know of H.264 in Annex B, read from the stream itself.

const SEQUENCE_PARAMETERS = 7;

/** The codec string of a key frame with SPS in front (`avc1.42c01f`), or null without one. */
export function codecOf(annexB: Uint8Array): string | null {
  for (let at = 0; at + 6 < annexB.length; at += 1) {
    if (annexB[at] !== 0 || annexB[at + 1] !== 0 || annexB[at + 2] !== 1) continue;
    if (((annexB[at + 3] ?? 0) & 0x1f) !== SEQUENCE_PARAMETERS) continue;
    const profile = annexB.subarray(at + 4, at + 7);
    return `avc1.${Array.from(profile, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  return null;
}
