import { expect, test } from "vitest";
import { entryFor, readAir } from "./air";
import { Backoff } from "./backoff";
import { parametersOf } from "./h264";
import { readLine, trackOf, UNTOLD } from "./line";
import { FAR_MS, latencyAtFirst, latencyFor, NEAR_MS, Playout } from "./playout";
import { Reel } from "./reel";
import { readStates } from "./wall.svelte";

const HUE = { n: 7, role: "gallery", site: "hue", broadcast: "program/c1/air/7" } as const;
const TILE_OF_MAIN = { n: 9, role: "gallery", site: "trung-uong", broadcast: "program/c1/air/9" } as const;
const MAIN = { n: 1, role: "main", site: "trung-uong", broadcast: "program/c1/air/1" } as const;

test("the record of what is on air is read, and what is no record is nothing", () => {
  expect(readAir(JSON.stringify({ conference: "c1", n: 12, layout: "gallery", airs: [HUE, { n: "x" }] }))).toEqual([HUE]);
  expect(readAir("no record")).toEqual([]);
  expect(readAir("[]")).toEqual([]);
});

test("a site of the gallery that is the main one too is found by its small entry there", () => {
  expect(entryFor([MAIN, HUE, TILE_OF_MAIN], "gallery:trung-uong")).toEqual(TILE_OF_MAIN);
  expect(entryFor([MAIN, HUE, TILE_OF_MAIN], "main")).toEqual(MAIN);
  expect(entryFor([MAIN, HUE], "gallery:trung-uong")).toBeUndefined();
  expect(entryFor([MAIN, HUE], "gallery:hue")).toEqual(HUE);
  expect(entryFor([MAIN, HUE], "holder")).toBeUndefined();
});

test("codec and parameter sets are read from what stands in front of a key frame", () => {
  const key = Uint8Array.from([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 1, 2, 3]);

  expect(parametersOf(key)).toEqual({ codec: "avc1.42c01f", sets: "6742c01f8c 68ce " });
  expect(parametersOf(Uint8Array.from([0, 0, 0, 1, 0x41, 1, 2, 3, 4]))).toBeNull();
});

test("other parameter sets under the same codec are told apart", () => {
  const large = Uint8Array.from([0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0, 0, 1, 0x65, 1]);
  const small = Uint8Array.from([0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8d, 0, 0, 1, 0x65, 1]);

  expect(parametersOf(large)?.sets).not.toBe(parametersOf(small)?.sets);
});

test("a frame is shown a fixed time after it would have come over the fastest way", () => {
  const playout = new Playout(150);
  playout.arrived(1_000_000, 5000);
  playout.arrived(1_040_000, 5090);

  expect(playout.due(1_040_000)).toBeCloseTo(5190, 0);
  expect(playout.lateBy(1_040_000, 5100)).toBe(0);
  expect(playout.lateBy(1_040_000, 5290)).toBeCloseTo(100, 0);
});

test("a way that became much slower is followed at once", () => {
  const playout = new Playout(150);
  playout.arrived(1_000_000, 5000);
  playout.arrived(1_040_000, 9040);

  expect(playout.due(1_040_000)).toBe(9190);
});

test("another line is measured anew", () => {
  const playout = new Playout(150);
  playout.arrived(1_000_000, 5000);
  playout.forget();
  playout.arrived(1_040_000, 5540);

  expect(playout.due(1_040_000)).toBe(5690);
});

test("the latency is small on a near line, large on a far one, and does not swing between", () => {
  expect(latencyFor(3, NEAR_MS)).toBe(NEAR_MS);
  expect(latencyFor(60, NEAR_MS)).toBe(FAR_MS);
  expect(latencyFor(21, NEAR_MS)).toBe(NEAR_MS);
  expect(latencyFor(19, FAR_MS)).toBe(FAR_MS);
  expect(latencyFor(3, FAR_MS)).toBe(NEAR_MS);
});

test("a line over the web server is a far one until its round trip is known", () => {
  expect(latencyAtFirst("webtransport", NEAR_MS)).toBe(NEAR_MS);
  expect(latencyAtFirst("websocket", NEAR_MS)).toBe(FAR_MS);
  expect(latencyAtFirst("websocket", 400)).toBe(400);
});

test("what the server tells of a line is read, and what it leaves out stays", () => {
  const told = readLine('{"up":"low","down":"thumb","rtt_ms":12,"loss":0.5,"talk":true,"voice":3}', UNTOLD);

  expect(told).toEqual({ up: "low", down: "thumb", rtt_ms: 12, loss: 0.5, talk: true, voice: 3 });
  expect(readLine('{"down":"high"}', told)).toEqual({ ...told, down: "high" });
  expect(readLine('{"down":"sideways"}', told)).toEqual(told);
  expect(readLine("broken", told)).toEqual(told);
});

test("a rung of moving pictures has a track, a still and sound alone have none", () => {
  expect((["high", "low", "thumb", "sound"] as const).map(trackOf)).toEqual(["video", "video-low", null, null]);
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

class Picture {
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }
}

test("of the pictures that are due the newest is shown and every other is let go", () => {
  const reel = new Reel<Picture>((timestamp) => timestamp);
  const pictures = [10, 30, 20].map((timestamp) => {
    const picture = new Picture();
    reel.put(picture, timestamp);
    return picture;
  });

  expect(reel.takeDue(25)).toBe(pictures[2]);
  expect(pictures.map((one) => one.isClosed)).toEqual([true, false, false]);
  expect(reel.takeDue(25)).toBeNull();
});

test("pictures that others come in place of are let go, those before them are not", () => {
  const reel = new Reel<Picture>((timestamp) => timestamp);
  const pictures = [10, 20, 30].map((timestamp) => {
    const picture = new Picture();
    reel.put(picture, timestamp);
    return picture;
  });
  reel.dropFrom(20);

  expect(pictures.map((one) => one.isClosed)).toEqual([false, true, true]);
  reel.clear();
  expect(pictures[0]?.isClosed).toBe(true);
});

test("the wall's states are read by site, and what is none is nothing", () => {
  expect(readStates('{"sites":{"hue":{"level":0.4,"by":"websocket"}}}')).toEqual({ hue: { level: 0.4, by: "websocket" } });
  expect(readStates('{"sites":null}')).toBeNull();
  expect(readStates("broken")).toBeNull();
});
