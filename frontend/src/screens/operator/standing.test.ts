import { expect, test } from "vitest";
import type { SiteStanding } from "../../media/wall.svelte";
import type { SiteTile } from "../../wire/types";
import { isSlow, placeAfter, qualityOf, stepOf, troubleRank } from "./standing";

function tile(changed: Partial<SiteTile> = {}): SiteTile {
  return {
    site: "hue",
    unit: "hue",
    name: "Huế",
    short_name: "Huế",
    protocol: 1,
    main: false,
    row: null,
    column: null,
    line: "connected",
    since: null,
    air: "off",
    reported: true,
    absent: false,
    present: 3,
    invited: 3,
    queue: null,
    ...changed,
  };
}

const WELL: SiteStanding = { level: 0.4, rtt_ms: 12, loss: 0, late_ms: 0, up: "high", down: "high", by: "webtransport" };

test("a line is good when its figures are small and nothing was stepped down", () => {
  expect(qualityOf(tile(), WELL)).toBe("good");
  expect(qualityOf(tile(), {})).toBe("good");
});

test("a line is fair when something is lost or late, when 360p is carried, and over HTTPS", () => {
  for (const changed of [{ loss: 0.02 }, { rtt_ms: 250 }, { late_ms: 400 }, { up: "low" as const }, { down: "low" as const }, { by: "websocket" }])
    expect(qualityOf(tile(), { ...WELL, ...changed })).toBe("fair");
});

test("a line is weak when much is lost or late, and when only small pictures or sound are carried", () => {
  for (const changed of [{ loss: 0.05 }, { rtt_ms: 600 }, { late_ms: 1200 }, { up: "thumb" as const }, { down: "sound" as const }])
    expect(qualityOf(tile(), { ...WELL, ...changed })).toBe("weak");
});

test("a lost line is lost whatever was measured before, and nothing is known of who never came", () => {
  expect(qualityOf(tile({ line: "lost" }), WELL)).toBe("lost");
  expect(qualityOf(tile({ line: "expected" }), undefined)).toBe("unknown");
  expect(qualityOf(tile(), undefined)).toBe("unknown");
});

test("the lower step is told: of what is sent before what is received", () => {
  expect(stepOf(WELL)).toBeNull();
  expect(stepOf(undefined)).toBeNull();
  expect(stepOf({ up: "low", down: "high" })).toBe("low");
  expect(stepOf({ up: "high", down: "sound" })).toBe("sound");
  expect(stepOf({ up: "thumb", down: "sound" })).toBe("thumb");
  expect([isSlow({ by: "websocket" }), isSlow(WELL), isSlow(undefined)]).toEqual([true, false, false]);
});

test("lost lines come first, then who never came, weak lines, who is not fit, the rest, and who is excused", () => {
  const ranks = [
    troubleRank(tile({ line: "lost" }), "lost", false),
    troubleRank(tile({ line: "expected" }), "unknown", false),
    troubleRank(tile(), "weak", false),
    troubleRank(tile(), "good", true),
    troubleRank(tile(), "good", false),
    troubleRank(tile({ line: "expected", absent: true }), "unknown", false),
  ];

  expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  expect(new Set(ranks).size).toBe(ranks.length);
});

test("arrows walk over the wall and stay on it", () => {
  expect(placeAfter("ArrowRight", 3, 24, 12)).toBe(4);
  expect(placeAfter("ArrowDown", 3, 24, 12)).toBe(15);
  expect(placeAfter("ArrowUp", 3, 24, 12)).toBe(3);
  expect(placeAfter("ArrowLeft", 0, 24, 12)).toBe(0);
  expect(placeAfter("End", 3, 24, 12)).toBe(23);
  expect(placeAfter("Home", 3, 24, 12)).toBe(0);
  expect(placeAfter("x", 3, 24, 12)).toBeNull();
});
