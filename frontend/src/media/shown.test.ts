import { expect, test } from "vitest";
import { Pacer } from "./pacer";
import { columnsOf, compositionOf, isSame, settled, withoutMissing, type Composition, type Given } from "./places";
import { catalogOf, renditionsOf } from "./renditions";

const BOTH: Given = { layout: "holder", hasHolder: true, hasPage: true, gallery: ["hue", "da-nang"] };
const MAIN: Composition = [{ slot: "main", place: "full" }];

function placesOf(given: Partial<Given>): Record<string, string> {
  return Object.fromEntries(compositionOf({ ...BOTH, ...given }).map(({ slot, place }) => [slot, place]));
}

test("pictures stand as the layout says", () => {
  expect(placesOf({ layout: "main" })).toEqual({ main: "full" });
  expect(placesOf({ layout: "holder" })).toEqual({ holder: "full" });
  expect(placesOf({ layout: "side_by_side" })).toEqual({ main: "left", holder: "right" });
  expect(placesOf({ layout: "holder_with_main" })).toEqual({ holder: "full", main: "inset" });
  expect(placesOf({ layout: "gallery" })).toEqual({ "gallery:hue": "tile", "gallery:da-nang": "tile" });
  expect(placesOf({ layout: "document" })).toEqual({ holder: "side" });
});

test("a layout falls back to the picture that is there", () => {
  expect(placesOf({ layout: "side_by_side", hasHolder: false })).toEqual({ main: "full" });
  expect(placesOf({ layout: "holder_with_main", hasHolder: false })).toEqual({ main: "full" });
  expect(placesOf({ layout: "document", hasHolder: false })).toEqual({ main: "side" });
  expect(placesOf({ layout: "document", hasPage: false })).toEqual({ holder: "full" });
  expect(placesOf({ layout: "gallery", gallery: [] })).toEqual({ holder: "full" });
});

test("a gallery has nine tiles at most, in a square as far as it goes", () => {
  const sites = Array.from({ length: 12 }, (_, at) => `s${at}`);

  expect(compositionOf({ ...BOTH, layout: "gallery", gallery: sites })).toHaveLength(9);
  expect([1, 2, 4, 5, 9].map(columnsOf)).toEqual([1, 2, 2, 3, 3]);
});

test("what is shown stays until each picture of what comes next moves, but not for ever", () => {
  const next = compositionOf({ ...BOTH, layout: "side_by_side" });

  expect(settled(null, next, () => false, false)).toBe(next);
  expect(settled(MAIN, next, (slot) => slot === "main", false)).toBe(MAIN);
  expect(settled(MAIN, next, () => true, false)).toBe(next);
  expect(settled(MAIN, next, () => false, true)).toBe(next);
  expect(withoutMissing(next, () => false)).toEqual(MAIN);
  expect(withoutMissing(next, (slot) => slot === "holder")).toBe(next);
  expect(withoutMissing(compositionOf({ ...BOTH, layout: "holder_with_main" }), (slot) => slot === "main")).toEqual(MAIN);
  const pair = compositionOf({ ...BOTH, layout: "side_by_side" });
  expect(withoutMissing(pair, (slot) => slot === "main")).toBe(pair);
  expect(isSame(MAIN, [{ slot: "main", place: "inset" }])).toBe(false);
});

test("a large camera offers three pictures, none larger than the box it belongs in", () => {
  expect(renditionsOf({ width: 1920, height: 1080 }).map(({ track, width, height }) => [track, width, height])).toEqual([
    ["video", 1280, 720],
    ["video-low", 640, 360],
    ["video-tile", 640, 360],
  ]);
});

test("a small camera's picture is not made larger, and its lines are counted in pairs", () => {
  expect(renditionsOf({ width: 321, height: 241 }).map(({ track, width, height }) => [track, width, height])).toEqual([
    ["video", 322, 242],
    ["video-tile", 322, 242],
  ]);
  expect(renditionsOf({ width: 640, height: 360 })[0]?.bitrate).toBe(530_330);
  expect(renditionsOf({ width: 1024, height: 768 })[0]).toMatchObject({ width: 960, height: 720 });
});

test("the catalog tells of each picture and of the sound, and only of what is there", () => {
  const [video] = renditionsOf({ width: 1280, height: 720 });
  if (video === undefined) throw new Error("a camera offers a picture");

  expect(JSON.parse(catalogOf([video], true))).toEqual({
    video: {
      renditions: {
        video: {
          codec: "avc1.42e01f",
          codedWidth: 1280,
          codedHeight: 720,
          framerate: 25,
          bitrate: 1_500_000,
          container: { kind: "legacy" },
        },
      },
    },
    audio: {
      renditions: { audio: { codec: "opus", sampleRate: 48000, numberOfChannels: 1, container: { kind: "legacy" } } },
    },
  });
  expect(JSON.parse(catalogOf([], false))).toEqual({ video: { renditions: {} }, audio: { renditions: {} } });
});

test("of thirty pictures a second twenty-five go through, of twenty-five all, for the gallery five", () => {
  const through = (perSecond: number, of: number): number => {
    const pacer = new Pacer(perSecond);
    return Array.from({ length: of * 10 }, (_, at) => pacer.takes((at * 1_000_000) / of)).filter(Boolean).length;
  };

  expect(through(25, 30)).toBeGreaterThanOrEqual(248);
  expect(through(25, 30)).toBeLessThanOrEqual(252);
  expect(through(25, 25)).toBe(250);
  expect(Math.abs(through(5, 25) - 50)).toBeLessThanOrEqual(1);
});
