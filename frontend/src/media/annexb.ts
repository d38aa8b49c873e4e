// H.264 as this project sends it, from an encoder that frames it the other way (ISO/IEC 14496-15): WebKit's on Linux
// gives sizes in place of start codes whatever it is asked for, and the parameter sets beside the stream.

const START = Uint8Array.of(0, 0, 0, 1);
const SEQUENCE_PARAMETERS = 7;

export class AnnexB {
  #sets: readonly Uint8Array[] = [];

  /** What an encoder gave, with start codes; `avcc`: the record that came with it, if one did. */
  from(payload: Uint8Array<ArrayBuffer>, avcc: AllowSharedBufferSource | undefined, isKey: boolean): Uint8Array<ArrayBuffer> {
    if (!isSized(payload)) return payload;
    if (avcc !== undefined) this.#sets = setsOf(bytesOf(avcc));
    const units = [...unitsOf(payload)];
    const isWhole = units.some((unit) => ((unit[0] ?? 0) & 0x1f) === SEQUENCE_PARAMETERS);
    return joined(isKey && !isWhole ? [...this.#sets, ...units] : units);
  }
}

/** Sizes lead from unit to unit exactly to the end; start codes never do. */
function isSized(payload: Uint8Array<ArrayBuffer>): boolean {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  while (at + 4 <= payload.byteLength) at += 4 + view.getUint32(at);
  return at === payload.byteLength;
}

function* unitsOf(payload: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let at = 0; at + 4 <= payload.byteLength; ) {
    const size = view.getUint32(at);
    yield payload.subarray(at + 4, at + 4 + size);
    at += 4 + size;
  }
}

/** The parameter sets of an `avcC` record (5.3.3.1). */
function setsOf(record: Uint8Array): Uint8Array[] {
  const sets: Uint8Array[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = (record[at] ?? 0) & mask;
    at += 1;
    for (let one = 0; one < count; one += 1) {
      const size = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
      sets.push(record.slice(at + 2, at + 2 + size));
      at += 2 + size;
    }
  }
  return sets;
}

function joined(units: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(units.reduce((sum, unit) => sum + START.length + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    whole.set(START, at);
    whole.set(unit, at + START.length);
    at += START.length + unit.length;
  }
  return whole;
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
