import { expect, test } from "vitest";
import { newestOf } from "./recorded";

test("the newest segment ended its own length after it began", () => {
  const playlist = [
    "#EXTM3U",
    "#EXT-X-PROGRAM-DATE-TIME:2021-03-12T02:42:00.000Z",
    "#EXTINF:2.00000,",
    "1.mp4",
    "#EXTINF:1.50000,",
    "2.mp4",
  ].join("\n");

  expect(newestOf(playlist)).toBe(Date.parse("2021-03-12T02:42:03.500Z"));
});

test("a later time begins anew, and a playlist without times tells nothing", () => {
  const gap = "#EXT-X-PROGRAM-DATE-TIME:2021-03-12T02:42:00Z\n#EXTINF:2,\na\n#EXT-X-PROGRAM-DATE-TIME:2021-03-12T02:50:00Z\n#EXTINF:2,\nb";

  expect(newestOf(gap)).toBe(Date.parse("2021-03-12T02:50:02Z"));
  expect(newestOf("#EXTM3U\n#EXTINF:2,\na")).toBeNull();
  expect(newestOf("#EXT-X-PROGRAM-DATE-TIME:never\n#EXTINF:2,\na")).toBeNull();
});
