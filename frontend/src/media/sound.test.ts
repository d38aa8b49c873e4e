import { expect, test } from "vitest";
import { Playout } from "./playout";
import { newMemory, RATE, RingReader, RingWriter, ROOM, speedFor } from "./ring";
import { SoundClock } from "./soundclock";
import { Tape } from "./tape";

const BLOCK = 128;

/** A ring with a tone of ever larger samples, so that each is known by its value. */
function ring(from = 0): { writer: RingWriter; read: (now: number) => Float32Array; write: (length: number, at?: number) => void } {
  const memory = newMemory(false);
  const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
  let at = from;
  return {
    writer,
    write: (length, where = at) => {
      writer.write(where | 0, Float32Array.from({ length }, (_, place) => where - from + place + 1));
      at = where + length;
    },
    read: (now) => {
      const out = new Float32Array(BLOCK);
      reader.read(out, now);
      return out;
    },
  };
}

test("each sample is sounded at the frame for which it was aimed", () => {
  const { writer, read, write } = ring();
  writer.aim(1000);
  write(960);

  expect(read(1000 - BLOCK).every((one) => one === 0)).toBe(true);
  expect(Array.from(read(1000).subarray(0, 3))).toEqual([1, 2, 3]);
  expect(read(1000 + BLOCK)[0]).toBe(BLOCK + 1);
  expect(writer.gaps).toBe(0);
});

test("sound that is not there when it is due is one gap, and what comes too late is left out", () => {
  const { writer, read, write } = ring();
  writer.aim(0);
  write(BLOCK);
  read(0);
  expect(read(BLOCK).every((one) => one === 0)).toBe(true);
  expect(read(2 * BLOCK).every((one) => one === 0)).toBe(true);
  write(4 * BLOCK);

  expect(read(3 * BLOCK)[0]).toBe(3 * BLOCK + 1);
  expect(writer.gaps).toBe(1);
});

test("sound that was lost on the way is silence and a gap, what follows is in its place", () => {
  const { writer, read, write } = ring();
  writer.aim(0);
  write(BLOCK);
  write(BLOCK, 2 * BLOCK);

  expect(read(0)[0]).toBe(1);
  expect(read(BLOCK).every((one) => one === 0)).toBe(true);
  expect(read(2 * BLOCK)[0]).toBe(2 * BLOCK + 1);
  expect(writer.gaps).toBe(1);
});

test("the count of samples may run over", () => {
  const start = 2 ** 31 - BLOCK;
  const { writer, read, write } = ring(start);
  writer.aim(-start | 0);
  write(4 * BLOCK);

  expect(read(0)[0]).toBe(1);
  expect(read(BLOCK)[0]).toBe(BLOCK + 1);
  expect(read(2 * BLOCK)[0]).toBe(2 * BLOCK + 1);
  expect(writer.gaps).toBe(0);
});

test("two clocks that run apart are brought together in steps that nobody hears, without a gap", () => {
  const { writer, read, write } = ring();
  const early = 0.02 * RATE;
  writer.aim(0);
  write(ROOM / 2);
  read(0);
  writer.aim(-early);
  let now = BLOCK;
  let last = 0;
  for (let block = 0; block < (ROOM / 2 - 4096) / BLOCK; block += 1, now += BLOCK) last = read(now)[BLOCK - 1] ?? 0;

  const behind = now + early - last;
  expect(behind).toBeGreaterThanOrEqual(0);
  expect(behind).toBeLessThan(early);
  expect(writer.gaps).toBe(0);
  expect(speedFor(0)).toBe(1);
  expect(speedFor(RATE)).toBe(1.005);
  expect(speedFor(-RATE)).toBe(0.995);
});

test("a long way from its place reading jumps there", () => {
  const { writer, read, write } = ring();
  writer.aim(0);
  write(RATE);
  read(0);
  writer.aim(-RATE / 2);

  expect(read(BLOCK)[0]).toBe(RATE / 2 + BLOCK + 1);
});

function laid(): { tape: Tape; places: number[] } {
  const places: number[] = [];
  const playout = new Playout(150);
  playout.arrived(0, 0);
  const tape = new Tape({ write: (at) => places.push(at), aim: () => undefined }, playout, () => 0);
  return { tape, places };
}

test("sound is laid end to end though its stamps are a little off", () => {
  const { tape, places } = laid();
  for (const stamp of [0, 20_000, 41_000, 60_500]) tape.put(stamp, new Float32Array(960));

  expect(places).toEqual([0, 960, 1920, 2880]);
});

test("lost sound keeps its room, and what came by two lines is laid once", () => {
  const { tape, places } = laid();
  for (const stamp of [0, 60_000, 60_000 - 40_000, 80_000]) tape.put(stamp, new Float32Array(960));

  expect(places).toEqual([0, 2880, 3840]);
});

test("a source that begins anew is followed", () => {
  const { tape, places } = laid();
  for (const stamp of [10_000_000, 0, 20_000]) tape.put(stamp, new Float32Array(960));

  expect(places).toEqual([0, 960, 1920]);
});

test("pieces of sound are stamped by their count though they come unevenly", () => {
  const clock = new SoundClock();
  const stamps = [20_000, 47_000, 60_000, 95_000].map((now) => clock.stamp(now, 20_000));

  expect(stamps).toEqual([0, 20_000, 40_000, 60_000]);
});

test("a microphone whose clock runs slow is followed in small steps, one that stood still soon", () => {
  const clock = new SoundClock();
  let now = 20_000;
  let stamp = clock.stamp(now, 20_000);
  let widest = 0;
  for (let piece = 0; piece < 20_000; piece += 1) {
    now += 20_010;
    const next = clock.stamp(now, 20_000);
    widest = Math.max(widest, next - stamp);
    stamp = next;
  }

  expect(widest).toBeLessThanOrEqual(21_000);
  expect(now - 20_000 - stamp).toBeLessThan(30_000);
  now += 5_000_000;
  for (let piece = 0; piece < 25; piece += 1) {
    now += 20_000;
    stamp = clock.stamp(now, 20_000);
  }
  expect(now - 20_000 - stamp).toBeLessThan(30_000);
});
