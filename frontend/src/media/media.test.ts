import { expect, test } from "vitest";
import { readAir } from "./air";
import { Backoff } from "./backoff";
import { catalogOf } from "./encode";
import { codecOf } from "./h264";
import { placesOf } from "./places";
import { Playout } from "./playout";

test("the record of what is on air is read, and what is no record is nothing", () => {
  const entry = { n: 7, role: "holder", site: "hue", broadcast: "program/c1/air/7" };

  expect(readAir(JSON.stringify({ conference: "c1", n: 12, layout: "holder", airs: [entry, { n: "x" }] }))).toEqual([entry]);
  expect(readAir("no record")).toEqual([]);
  expect(readAir("[]")).toEqual([]);
});

test("the codec is read from the parameters in front of a key frame", () => {
  const key = Uint8Array.from([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0, 0, 0, 1, 0x65, 1]);

  expect(codecOf(key)).toBe("avc1.42c01f");
  expect(codecOf(Uint8Array.from([0, 0, 0, 1, 0x41, 1, 2, 3, 4]))).toBeNull();
});

test("two pictures stand as the layout says, one stands alone", () => {
  const both = { main: true, holder: true };

  expect(placesOf("holder_with_main", both)).toEqual({ main: "inset", holder: "full" });
  expect(placesOf("side_by_side", both)).toEqual({ main: "left", holder: "right" });
  expect(placesOf("holder", both)).toEqual({ main: "none", holder: "full" });
  expect(placesOf("main", both)).toEqual({ main: "full", holder: "none" });
  expect(placesOf("document", both)).toEqual({ main: "none", holder: "side" });
  expect(placesOf("side_by_side", { main: true, holder: false })).toEqual({ main: "full", holder: "none" });
});

test("a frame is shown a fixed time after it would have come over the fastest way", () => {
  const playout = new Playout(150);
  playout.arrived(1_000_000, 5000);
  playout.arrived(1_040_000, 5090);

  expect(playout.due(1_040_000)).toBeCloseTo(5190, 0);
});

test("a way that became much slower is followed at once", () => {
  const playout = new Playout(150);
  playout.arrived(1_000_000, 5000);
  playout.arrived(1_040_000, 9040);

  expect(playout.due(1_040_000)).toBe(9190);
});

test("pauses double up to the longest, plus or minus half", () => {
  const backoff = new Backoff(500, 2000);
  const pauses = [backoff.next(), backoff.next(), backoff.next(), backoff.next()];

  for (const [place, whole] of [500, 1000, 2000, 2000].entries()) {
    expect(pauses[place]).toBeGreaterThanOrEqual(whole / 2);
    expect(pauses[place]).toBeLessThanOrEqual(whole * 1.5);
  }
  backoff.reset();
  expect(backoff.next()).toBeLessThanOrEqual(750);
});

test("the catalog names only the tracks that are there", () => {
  expect(JSON.parse(catalogOf({ width: 1280, height: 720 }, true))).toEqual({
    video: {
      renditions: { video: { codec: "avc1.42e01f", codedWidth: 1280, codedHeight: 720, container: { kind: "legacy" } } },
    },
    audio: {
      renditions: { audio: { codec: "opus", sampleRate: 48000, numberOfChannels: 1, container: { kind: "legacy" } } },
    },
  });
  expect(JSON.parse(catalogOf(null, false))).toEqual({ video: { renditions: {} }, audio: { renditions: {} } });
});
