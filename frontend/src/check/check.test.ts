import { describe, expect, test } from "vitest";
import { browserName, canEncode } from "./browser";
import { begin, chirp, findEcho } from "./echo";
import { SpeechLevel } from "./level";
import type { Line } from "../media/link.svelte";
import { Arrivals, measureLine, Patience, pieceOf, Pings } from "./line";

const RATE = 48_000;

function heardAfter(ms: number, gain: number, noise: number): Float32Array {
  const heard = new Float32Array(RATE * 1.5);
  let seed = 1;
  for (let index = 0; index < heard.length; index += 1) {
    seed = (seed * 16_807) % 2_147_483_647;
    heard[index] = noise * ((seed / 2_147_483_647) * 2 - 1);
  }
  const played = chirp(RATE);
  const from = Math.round((ms / 1000) * RATE);
  for (let index = 0; index < played.length; index += 1) heard[from + index] = (heard[from + index] ?? 0) + gain * (played[index] ?? 0);
  return heard;
}

describe("the echo of a hall", () => {
  test("that comes back a tenth as loud after 120 ms is 20 dB down and 120 ms late", () => {
    const echo = findEcho(heardAfter(120, 0.1, 0.002), RATE);
    expect(echo?.lossDb).toBeGreaterThanOrEqual(19);
    expect(echo?.lossDb).toBeLessThanOrEqual(21);
    expect(Math.abs((echo?.delayMs ?? 0) - 120)).toBeLessThanOrEqual(2);
  });

  test("that drowns in noise is none", () => {
    expect(findEcho(heardAfter(120, 0.0001, 0.05), RATE)).toBeNull();
  });

  test("is none where nothing was heard", () => {
    expect(findEcho(new Float32Array(RATE), RATE)).toBeNull();
    expect(findEcho(new Float32Array(10), RATE)).toBeNull();
  });
});

describe("a browser", () => {
  test("is called by its name and version", () => {
    expect(browserName("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")).toBe("Chromium 156");
    expect(browserName("Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0")).toBe("Firefox 153");
    expect(browserName("something else")).toBe("");
  });

  test("without an encoder can't send a picture", async () => {
    expect(await canEncode(null)).toBe(false);
  });
});

describe("a machine", () => {
  test("without a sound card is not waited for", async () => {
    await expect(begin({ resume: () => new Promise(() => undefined) }, 1)).rejects.toThrow("nothing can be sounded here");
  });

  test("with one sounds at once", async () => {
    await expect(begin({ resume: () => Promise.resolve() })).resolves.toBeUndefined();
  });
});

describe("speech", () => {
  test("is as loud as what is said, whatever the pauses between", () => {
    const level = new SpeechLevel();
    for (let index = 0; index < 80; index += 1) level.hear(new Float32Array(960));
    for (let index = 0; index < 20; index += 1) level.hear(new Float32Array(960).fill(0.1));
    expect(level.db).toBe(-20);
  });

  test("that was never heard has no level", () => {
    expect(new SpeechLevel().db).toBeNull();
  });
});

describe("a line", () => {
  test("that brings 25 pieces a second carries 3 Mbit/s, and says how late the slow ones are", () => {
    const arrivals = new Arrivals();
    for (let number = 0; number < 100; number += 1)
      arrivals.take(pieceOf(number, number * 40), 1000 + number * 40 + (number % 10 === 9 ? 80 : 0));
    expect(arrivals.kbps).toBeGreaterThan(2900);
    expect(arrivals.kbps).toBeLessThan(3100);
    expect(arrivals.lateMs).toBe(80);
  });

  test("that brings nothing carries nothing", () => {
    const arrivals = new Arrivals();
    arrivals.take(new Uint8Array(3), 1);
    expect([arrivals.kbps, arrivals.lateMs]).toEqual([0, null]);
  });

  test("tells by its quickest round trip how far the clock is off", () => {
    const pings = new Pings("now");
    const slow = pings.send(0, 10_000);
    const quick = pings.send(100, 10_100);
    pings.answered(slow, 9_700, 80);
    pings.answered(quick, 9_610, 120);
    expect(pings.answered(new Pings("before").send(0, 0), 0, 130)).toBe(false);
    expect([pings.rttMs, pings.clockMs]).toEqual([20, 500]);
  });

  test("waits for its turn as long as pings come back", () => {
    const patience = new Patience(0);
    patience.stage("waiting", 1000);
    for (let at = 1000; at < 600_000; at += 20_000) patience.ponged(at);
    expect(patience.isOver(600_000)).toBe(false);
    expect(patience.isOver(700_000)).toBe(true);
  });

  test("is given up when a stage takes too long, though pings come back", () => {
    const patience = new Patience(0);
    patience.stage("up", 500_000);
    patience.ponged(520_000);
    expect(patience.isOver(529_000)).toBe(false);
    expect(patience.isOver(531_000)).toBe(true);
  });

  test("is not taken for measured by the check before, and its tracks end when nobody waits for it", async () => {
    const closed: string[] = [];
    const nothing = (): void => undefined;
    const track = (name: string): object => ({ isWanted: false, writeText: nothing, close: () => closed.push(name) });
    const session = {
      closed: new Promise(nothing),
      publish: () => ({ track, close: () => closed.push("check") }),
      texts: (_: string, name: string, heard: (text: string) => void) => {
        if (name === "result") heard(JSON.stringify({ check: "another", stage: "done", up_kbps: 7 }));
        return () => closed.push(`reading ${name}`);
      },
    };
    const left = new AbortController();
    const told: string[] = [];
    const measuring = measureLine({ session, conference: "spring" } as unknown as Line, left.signal, (news) => told.push(news.stage));

    left.abort();

    await expect(measuring).rejects.toThrow("nobody waits for it");
    expect(told).toEqual([]);
    expect(closed).toEqual(["reading pong", "reading result", "ping", "up", "check"]);
  });
});
