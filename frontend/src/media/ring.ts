// The ring in which the sound of one source waits until it is due. The page writes what was decoded, the sound thread
// reads what is due; both count samples from the first and let the count run over at 2³². No lock: one writes, one reads.

export const RATE = 48_000;
/** A power of two, 2.7 seconds: more than any jitter buffer. */
export const ROOM = 2 ** 17;
export const MARKS = 5;

const WRITTEN = 0;
const OFFSET = 1;
const GAPS = 2;
const BEGUN = 3;
const READ = 4;

/** Beyond this far from its place, reading jumps instead of going a little faster or slower. */
const JUMP = RATE * 0.25;
/** So near to its place, reading goes at the source's own speed. */
const NEAR = RATE * 0.004;
const SECONDS_TO_CORRECT = 2;
const MOST_FASTER = 0.005;

/** Where the sound waits: shared between page and sound thread, or the sound thread's own. */
export interface Memory {
  readonly samples: Float32Array;
  readonly marks: Int32Array;
}

export function newMemory(isShared: boolean): Memory {
  const Kind = isShared ? SharedArrayBuffer : ArrayBuffer;
  return { samples: new Float32Array(new Kind(ROOM * 4)), marks: new Int32Array(new Kind(MARKS * 4)) };
}

export class RingWriter {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** How often sound was missing when it was due, since the beginning. */
  get gaps(): number {
    return Atomics.load(this.#memory.marks, GAPS);
  }

  /** Put samples at their place; what was left out before them is silence. */
  write(at: number, sound: Float32Array): void {
    const { samples, marks } = this.#memory;
    const isFirst = Atomics.load(marks, BEGUN) === 0;
    const missing = isFirst ? 0 : (at - Atomics.load(marks, WRITTEN)) | 0;
    for (let back = Math.min(missing, ROOM); back > 0; back -= 1) samples[(at - back) & (ROOM - 1)] = 0;
    if (missing > 0 && ((Atomics.load(marks, WRITTEN) - Atomics.load(marks, READ)) | 0) > 0) Atomics.add(marks, GAPS, 1);
    for (let place = 0; place < sound.length; place += 1) samples[(at + place) & (ROOM - 1)] = sound[place] ?? 0;
    Atomics.store(marks, WRITTEN, (at + sound.length) | 0);
    if (isFirst) Atomics.store(marks, BEGUN, 1);
  }

  /** Sample `at` is due at frame `at + offset` of the sound card. */
  aim(offset: number): void {
    Atomics.store(this.#memory.marks, OFFSET, offset | 0);
  }
}

export class RingReader {
  readonly #memory: Memory;
  #place = 0;
  #part = 0;
  #isSounding = false;
  #isPlaced = false;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Fill `out` with what is due from frame `now` of the sound card on. */
  read(out: Float32Array, now: number): void {
    const { marks } = this.#memory;
    if (Atomics.load(marks, BEGUN) === 0) {
      out.fill(0);
      return;
    }
    const due = (now - Atomics.load(marks, OFFSET)) | 0;
    const behind = (due - this.#place) | 0;
    if (!this.#isPlaced || Math.abs(behind) > JUMP) this.#jump(due);
    this.#fill(out, speedFor((due - this.#place) | 0));
  }

  #jump(due: number): void {
    this.#isPlaced = true;
    this.#place = due;
    this.#part = 0;
  }

  #fill(out: Float32Array, speed: number): void {
    const { samples, marks } = this.#memory;
    const written = Atomics.load(marks, WRITTEN);
    for (let index = 0; index < out.length; index += 1) {
      const ahead = (written - this.#place) | 0;
      const isThere = ahead > (speed === 1 ? 0 : 1) && ahead <= ROOM;
      out[index] = isThere ? this.#sample(samples) : 0;
      if (this.#isSounding && ahead <= 0) Atomics.add(marks, GAPS, 1);
      if (isThere || ahead <= 0) this.#isSounding = isThere;
      this.#step(speed);
    }
    Atomics.store(marks, READ, this.#place);
  }

  #sample(samples: Float32Array): number {
    const here = samples[this.#place & (ROOM - 1)] ?? 0;
    if (this.#part === 0) return here;
    const next = samples[(this.#place + 1) & (ROOM - 1)] ?? 0;
    return here + (next - here) * this.#part;
  }

  #step(speed: number): void {
    const moved = this.#part + speed;
    const whole = Math.floor(moved);
    this.#place = (this.#place + whole) | 0;
    this.#part = speed === 1 ? 0 : moved - whole;
  }
}

/** How fast to read when `behind` samples after what is due: never so fast or slow that anyone hears it. */
export function speedFor(behind: number): number {
  if (Math.abs(behind) <= NEAR) return 1;
  const faster = behind / (RATE * SECONDS_TO_CORRECT);
  return 1 + Math.max(-MOST_FASTER, Math.min(MOST_FASTER, faster));
}
