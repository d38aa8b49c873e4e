import { expect, test } from "vitest";
import type { AgendaLine, RequestLine, Sections, SiteTile } from "../wire/types";
import { countOf, foundOf, isAgreed, itemsOf, kindOf } from "./conclusion";
import * as ask from "./questions";

const NOW = Date.parse("2021-03-12T09:42:00+07:00");

function tile(site: string, changed: Partial<SiteTile> = {}): SiteTile {
  return {
    site,
    unit: site,
    name: `Điểm cầu ${site}`,
    short_name: site,
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

function item(name: string, changed: Partial<AgendaLine> = {}): AgendaLine {
  return { item: name, title: name, minutes: 10, kind: "other", started_at: null, finished_at: null, current: false, ...changed };
}

function speech(site: string, changed: Partial<RequestLine> = {}): RequestLine {
  return {
    request: `r-${site}`,
    site,
    speaker: null,
    office: "",
    topic: "",
    lane: "speech",
    state: "released",
    position: null,
    ready: false,
    requested_at: "2021-03-12T09:00:00+07:00",
    granted_at: "2021-03-12T09:10:00+07:00",
    until: null,
    ended_at: "2021-03-12T09:16:41+07:00",
    turn: 1,
    ...changed,
  };
}

const floor: Sections["public_floor"] = {
  holder: "hue",
  office: "Trưởng ban",
  granted_at: "2021-03-12T09:38:47+07:00",
  until: "2021-03-12T09:45:47+07:00",
  warned: false,
  time_up: false,
  queue: ["nghe-an", "lao-cai"],
};

test("who speaks has time left, time spent and time allotted", () => {
  expect(ask.speakingNow({ public_floor: floor }, NOW)).toEqual({
    site: "hue",
    office: "Trưởng ban",
    left: 227,
    spent: 193,
    allotted: 420,
  });
});

test("nobody speaks when nobody holds the floor or nothing was told", () => {
  expect(ask.speakingNow({}, NOW)).toBeNull();
  expect(ask.speakingNow({ public_floor: { ...floor, holder: null } }, NOW)).toBeNull();
});

test("time over is less than nothing left", () => {
  expect(ask.speakingNow({ public_floor: floor }, NOW + 300_000)?.left).toBe(-73);
});

test("the frame is closed for who is on air, has corners for who is next, and else is not there", () => {
  const told = { public_floor: floor };

  expect(ask.tallyOf(told, "hue", "on_air")).toBe("onair");
  expect(ask.tallyOf(told, "hue", "held")).toBe("onair");
  expect(ask.tallyOf(told, "nghe-an", "off")).toBe("next");
  expect(ask.tallyOf(told, "son-la", "preview")).toBe("next");
  expect(ask.tallyOf(told, "lao-cai", "standby")).toBeNull();
});

test("who has the floor and waits for the take is next; when the conference is over nobody is", () => {
  const conference = (stage: Sections["conference"]["stage"]): Sections["conference"] => ({
    conference: "c1",
    title: "",
    short_title: "",
    organiser: "",
    language: "vi",
    time_zone: "Asia/Ho_Chi_Minh",
    stage,
    rehearsal: false,
    opened_at: null,
    adjourned_at: null,
    closed_at: null,
    presiding: "chair",
  });
  const air: Sections["air"] = {
    main: "main",
    taken: null,
    held: false,
    cut_in: false,
    preview: null,
    conduct: "automatic",
    layout: "main",
    gallery: [],
    frozen: false,
    slate: null,
    lower_third: null,
    can_undo: false,
    handout: null,
    page: 0,
  };

  expect(ask.nextOnAir({ air, public_floor: floor })).toBe("hue");
  expect(ask.nextOnAir({ air: { ...air, taken: "hue" }, public_floor: floor })).toBe("nghe-an");
  expect(ask.nextSite({ public_floor: floor, conference: conference("closed") })).toBeNull();
  expect(ask.nextSite({ public_floor: floor, conference: conference("open") })).toBe("nghe-an");
  expect(ask.onAirNow({ air, conference: conference("open") })).toBe("main");
  expect(ask.onAirNow({ air: { ...air, taken: "hue" }, conference: conference("open") })).toBe("hue");
  expect(ask.onAirNow({ air, conference: conference("sealed") })).toBeNull();
  expect([ask.isOver({ conference: conference("closed") }), ask.isOver({})]).toEqual([true, false]);
});

test("a site is called by its name, and by its code if it is not known", () => {
  const told = { sites: { sites: [tile("hue")] } };

  expect(ask.nameOf(told, "hue")).toBe("Điểm cầu hue");
  expect(ask.nameOf(told, "x")).toBe("x");
  expect(ask.nameOf(told, null)).toBe("");
});

test("absent sites and sites that have not reported are told apart", () => {
  const sites = [tile("a"), tile("b", { reported: false }), tile("c", { reported: false, absent: true })];

  expect(ask.absentSites({ sites: { sites } }).map((one) => one.site)).toEqual(["c"]);
  expect(ask.silentSites({ sites: { sites } }).map((one) => one.site)).toEqual(["b"]);
});

test("the agenda stands at the item being dealt with, else after the last one begun", () => {
  const begun = "2021-03-12T08:00:00+07:00";
  const items = [item("a", { started_at: begun, finished_at: begun }), item("b", { started_at: begun, current: true }), item("c")];

  expect(ask.progressOf({ agenda: { items } })).toEqual({ at: 2, all: 3, item: items[1] });
  expect(ask.progressOf({ agenda: { items: items.map((one) => ({ ...one, current: false })) } }).at).toBe(2);
  expect(ask.progressOf({})).toEqual({ at: 0, all: 0, item: null });
});

test("items to come are expected after the present one, and not before now", () => {
  const items = [item("a", { started_at: "2021-03-12T09:30:00+07:00", current: true }), item("b"), item("c")];

  expect(ask.plannedStarts({ agenda: { items } }, NOW)).toEqual([
    Date.parse("2021-03-12T09:30:00+07:00"),
    NOW,
    NOW + 600_000,
  ]);
  expect(ask.plannedStarts({ agenda: { items: [item("a")] } }, NOW)).toEqual([null]);
});

test("the agenda is late by as much as the present item is over its end", () => {
  const items = [item("a", { started_at: "2021-03-12T09:30:00+07:00", current: true }), item("b")];

  expect(ask.delayOf({ agenda: { items } }, NOW)).toBe(2);
  expect(ask.delayOf({ agenda: { items } }, NOW - 600_000)).toBe(0);
  expect(ask.delayOf({ agenda: { items: [item("a")] } }, NOW)).toBeNull();
});

test("a speech has a length, and a site its turns without responses", () => {
  expect(ask.lengthOf(speech("hue"))).toBe(401);
  expect(ask.lengthOf(speech("hue", { ended_at: null }))).toBe(0);
  expect(ask.turnsOf([speech("hue"), speech("hue", { lane: "response" }), speech("a")], "hue")).toBe(1);
});

test("a conclusion agrees when each declared count is found", () => {
  const conclusion: Sections["conclusion"] = {
    items: [
      { item: "i1", kind: "task", horizon: "year", count_name: "year_task", text: "x", units: [], due: null },
      { item: "i2", kind: "lesson", horizon: null, count_name: "lesson", text: "y", units: [], due: null },
    ],
    counts: [{ count_name: "year_task", declared: 1, found: 1 }],
    read_out: false,
    adopted_at: null,
  };

  expect(isAgreed(conclusion)).toBe(true);
  expect(isAgreed({ ...conclusion, counts: [{ count_name: "year_task", declared: 3, found: 1 }] })).toBe(false);
  expect(isAgreed({ ...conclusion, items: [], counts: [] })).toBe(false);
  expect(isAgreed(undefined)).toBe(false);
  expect(itemsOf(conclusion, "lesson").map((one) => one.item)).toEqual(["i2"]);
  expect([countOf(conclusion, "year_task"), countOf(conclusion, "lesson"), foundOf(conclusion, "year_task")]).toEqual([1, null, 1]);
  expect(kindOf("year_task")).toEqual({ kind: "task", horizon: "year" });
});
