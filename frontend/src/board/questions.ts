// Questions to the board that several screens ask. Pure: sections in, answers out.
import type { AgendaLine, AirState, RequestLine, Sections, SiteTile } from "../wire/types";

type Told = Partial<Sections>;

export interface Speaking {
  readonly site: string;
  readonly office: string;
  /** Seconds left; below zero when the time is over. */
  readonly left: number;
  readonly spent: number;
  readonly allotted: number;
}

export interface Progress {
  readonly at: number;
  readonly all: number;
  readonly item: AgendaLine | null;
}

export function tileOf(told: Told, site: string | null | undefined): SiteTile | undefined {
  return told.sites?.sites.find((one) => one.site === site);
}

export function nameOf(told: Told, site: string | null | undefined): string {
  return tileOf(told, site)?.name ?? site ?? "";
}

export function speakingNow(told: Told, now: number): Speaking | null {
  const floor = told.public_floor;
  if (floor?.holder == null || floor.granted_at === null || floor.until === null) return null;
  const granted = Date.parse(floor.granted_at);
  const until = Date.parse(floor.until);
  return {
    site: floor.holder,
    office: floor.office,
    left: (until - now) / 1000,
    spent: Math.max(0, (now - granted) / 1000),
    allotted: (until - granted) / 1000,
  };
}

/** Where the agenda stands: the item being dealt with, else the last one that was. Places count from 1. */
export function progressOf(told: Told): Progress {
  const items = told.agenda?.items ?? [];
  const current = items.findIndex((one) => one.current);
  const begun = items.findLastIndex((one) => one.started_at !== null);
  return { at: (current >= 0 ? current : begun) + 1, all: items.length, item: items[current] ?? null };
}

/** Whether the conference is over: nobody is next or on air any more. */
export function isOver(told: Told): boolean {
  return told.conference?.stage === "closed" || told.conference?.stage === "sealed";
}

/** The site that the chair would invite next. */
export function nextSite(told: Told): string | null {
  return isOver(told) ? null : (told.public_floor?.queue[0] ?? null);
}

/** The site whose picture comes next: who has the floor and waits for the take, else who would be invited. */
export function nextOnAir(told: Told): string | null {
  const holder = told.public_floor?.holder ?? null;
  const waits = holder !== null && holder !== told.air?.taken && holder !== told.air?.main;
  return waits && told.air !== undefined ? holder : nextSite(told);
}

/** The site whose picture is in every hall now: who was taken, else the main site while the conference is open. */
export function onAirNow(told: Told): string | null {
  if (told.air?.taken != null) return told.air.taken;
  return told.conference?.stage === "open" ? (told.air?.main ?? null) : null;
}

/** On air, next, or neither: what the frame around a site's picture says. */
export function tallyOf(told: Told, site: string, air: AirState): "onair" | "next" | null {
  if (air === "on_air" || air === "held") return "onair";
  if (air === "preview" || nextOnAir(told) === site) return "next";
  return null;
}

export function absentSites(told: Told): readonly SiteTile[] {
  return told.sites?.sites.filter((one) => one.absent) ?? [];
}

export function silentSites(told: Told): readonly SiteTile[] {
  return told.sites?.sites.filter((one) => !one.absent && !one.reported) ?? [];
}

/** How often a site has spoken before. */
export function turnsOf(spoken: readonly RequestLine[], site: string): number {
  return spoken.filter((one) => one.site === site && one.lane === "speech").length;
}

/** Seconds that a speech took. */
export function lengthOf(line: RequestLine): number {
  if (line.granted_at === null || line.ended_at === null) return 0;
  return (Date.parse(line.ended_at) - Date.parse(line.granted_at)) / 1000;
}

/** Minutes by which the agenda runs late (above zero) or early. */
export function delayOf(told: Told, now: number): number | null {
  const items = told.agenda?.items ?? [];
  const first = items.find((one) => one.started_at !== null);
  const current = items.findIndex((one) => one.current);
  if (first?.started_at == null || current < 0) return null;
  const planned = items.slice(items.indexOf(first), current + 1);
  const due = Date.parse(first.started_at) + minutesOf(planned) * 60_000;
  const begun = Date.parse(items[current]?.started_at ?? first.started_at);
  const expected = due - (items[current]?.minutes ?? 0) * 60_000;
  return Math.round((Math.max(begun - expected, now - due) / 60_000) * 1);
}

/** When each item of the agenda began or is expected to. */
export function plannedStarts(told: Told, now: number): readonly (number | null)[] {
  const items = told.agenda?.items ?? [];
  let next: number | null = null;
  return items.map((one) => {
    const begun: number | null = one.started_at === null ? next : Date.parse(one.started_at);
    if (begun === null) return null;
    const ended: number = one.finished_at === null ? begun + one.minutes * 60_000 : Date.parse(one.finished_at);
    next = one.current ? Math.max(ended, now) : ended;
    return begun;
  });
}

function minutesOf(items: readonly AgendaLine[]): number {
  return items.reduce((sum, one) => sum + one.minutes, 0);
}
