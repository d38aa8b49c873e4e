import { expect, test } from "vitest";
import { REFUSALS } from "../wire/types";
import { en } from "./en";
import { clockLength, dayOf, plain, timeOfDay, twoFigures } from "./figures";
import { outcomeWords, refusalWords } from "./outcome";
import { withTime } from "./times";
import { vi } from "./vi";

function pathsOf(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => pathsOf(one, `${at}.${name}`));
}

function sentencesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return [String((value as (...given: unknown[]) => unknown)(2, 3, "x"))];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(sentencesOf) : [];
}

test("both languages have the same sentences", () => {
  expect(pathsOf(en)).toEqual(expect.arrayContaining(pathsOf(vi)));
  expect(pathsOf(en)).toHaveLength(pathsOf(vi).length);
});

test("every refusal of the core has words in both languages, and no words are left over", () => {
  for (const words of [vi, en]) {
    expect(Object.keys(words.refusals).sort()).toEqual([...REFUSALS].sort());
    for (const code of REFUSALS) expect(refusalWords(code, words).length).toBeGreaterThan(5);
  }
});

test("no sentence is empty, and all are composed Unicode", () => {
  for (const sentence of [...sentencesOf(vi), ...sentencesOf(en)]) {
    expect(sentence.trim()).not.toBe("");
    expect(sentence).toBe(sentence.normalize("NFC"));
  }
});

test("the two languages do not share their sentences", () => {
  expect(vi.floor.queueTitle).not.toBe(en.floor.queueTitle);
  expect(vi.refusals["floor.not_next"]).not.toBe(en.refusals["floor.not_next"]);
});

test("an answer is said beside the button unless it was done", () => {
  expect(outcomeWords({ kind: "done", position: 1 }, vi)).toBe("");
  expect(outcomeWords({ kind: "refused", code: "floor.holds_floor", about: {} }, vi)).toBe("Điểm cầu đang phát biểu.");
  expect(outcomeWords({ kind: "refused", code: "new.code", about: {} }, en)).toContain("new.code");
  expect(outcomeWords({ kind: "lost" }, en)).toContain("line");
  expect(outcomeWords({ kind: "unfit", problem: { code: "unfit", field: "site", mend: "Name a site." } }, en)).toContain(
    "site",
  );
});

test("lengths, times and days are read as people write them", () => {
  expect(clockLength(227)).toBe("03:47");
  expect(clockLength(-1)).toBe("00:00");
  expect(clockLength(6123)).toBe("1:42:03");
  expect(twoFigures(5)).toBe("05");
  expect(dayOf("2021-03-12")).toBe("12/3/2021");
  expect(timeOfDay("2021-03-12T02:42:09Z", "Asia/Ho_Chi_Minh")).toBe("09:42");
  expect(timeOfDay("2021-03-12T02:42:09Z", "Asia/Ho_Chi_Minh", true)).toBe("09:42:09");
});

test("a name is found whatever marks are typed", () => {
  expect(plain("Thừa Thiên Huế")).toBe("thua thien hue");
  expect(plain("ĐẮK LẮK")).toBe("dak lak");
});

test("a corrected time keeps its day and is read on the clock of the conference", () => {
  const zone = "Asia/Ho_Chi_Minh";

  expect(withTime("2021-03-12T09:42:15.120+07:00", "09:43", zone)).toBe("2021-03-12T02:43:00.000Z");
  expect(withTime("2021-03-12T02:42:15Z", "09:43:10", zone)).toBe("2021-03-12T02:43:10.000Z");
  expect(withTime("2021-03-12T02:42:15.500Z", "09:42:15", zone)).toBe("2021-03-12T02:42:15.000Z");
  expect(withTime("", "02:43", zone)).toBe("");
});
