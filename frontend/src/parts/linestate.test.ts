import { expect, test } from "vitest";
import { barsOf, standingOf, type Media } from "./linestate";

const UP: Media = { state: "up", kind: "webtransport", down: "high" };

test("a desk whose sound and picture broke off shows no bar, and that it connects again", () => {
  const lost: Media = { state: "lost", kind: null, down: "high" };

  expect(standingOf("up", lost)).toBe("lost");
  expect(barsOf("up", lost)).toBe(0);
  expect(barsOf("up", { ...UP, state: "lost" })).toBe(0);
});

test("a desk without sound and picture shows the line of its board", () => {
  const none: Media = { state: "idle", kind: null, down: "high" };

  expect((["up", "connecting", "lost"] as const).map((board) => [standingOf(board, none), barsOf(board, none)])).toEqual([
    ["up", 4],
    ["connecting", 1],
    ["lost", 0],
  ]);
});

test("a slower line has fewer bars", () => {
  expect(barsOf("up", UP)).toBe(4);
  expect(barsOf("up", { ...UP, kind: "websocket" })).toBe(3);
  expect(barsOf("up", { ...UP, down: "thumb" })).toBe(2);
  expect(standingOf("up", { ...UP, kind: "websocket" })).toBe("up");
});
