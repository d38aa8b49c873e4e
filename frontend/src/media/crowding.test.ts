import { expect, test } from "vitest";
import { Crowding, Room } from "./crowding";

const FRAME_MS = 60;

/** Sound of these latenesses, one frame after the other; whether the line is crowded with each. */
function heard(latenesses: readonly number[]): boolean[] {
  const crowding = new Crowding();
  return latenesses.map((late, at) => crowding.note(at * FRAME_MS * 1000, 5000 + at * FRAME_MS + late));
}

test("sound that comes late for a while shows a queue, sooner than a quarter of a second", () => {
  expect(heard([0, 20, 90, 120, 150, 180, 180]).indexOf(true)).toBe(4);
});

test("sound that is lost now and then, or rough, shows none", () => {
  expect(heard([0, 100, 0, 0, 110, 100, 0, 60, 70, 75, 70, 60, 70])).not.toContain(true);
});

test("sound that comes all at once after a pause shows none", () => {
  const pause = Array.from({ length: 12 }, (_, at) => (12 - at) * FRAME_MS);

  expect(heard([0, 0, ...pause, 0, 0])).not.toContain(true);
});

test("a queue that has gone is forgotten", () => {
  expect(heard([0, 150, 150, 150, 150, 20, 150, 150]).slice(5)).toEqual([false, false, false]);
});

/** Groups of a second of such a line: each key frame comes as late as it and its encoder take beside the small pictures. */
function roomOf(kbps: number, keyBytes: number): number | null {
  const room = new Room();
  for (let at = 0; at < 4; at += 1) {
    room.note(50 + (keyBytes * 8) / kbps, keyBytes, true);
    for (const rough of [5, 0, 3]) room.note(40 + rough, 1000, false);
  }
  return room.kbps;
}

test.each([500, 1000, 1800, 20_000])("key frames tell of %i kbit/s", (kbps) => {
  expect(roomOf(kbps, 15_000)).toBe(kbps);
});

test("key frames that are too small, and the first of a track, tell nothing", () => {
  expect(roomOf(1000, 2000)).toBeNull();
  const room = new Room();
  room.note(5000, 15_000, true);
  expect(room.kbps).toBeNull();
});
