// Numbers, times and lengths of time as people read them.
import type { Sections } from "../wire/types";

export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Two figures at least, as counts stand in official texts: 05. */
export function twoFigures(value: number): string {
  return String(value).padStart(2, "0");
}

/** Minutes and seconds: 03:47; with hours if there are any: 1:03:47. */
export function clockLength(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const rest = `${twoFigures(Math.floor(whole / 60) % 60)}:${twoFigures(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest;
}

export function timeOfDay(at: string | number | Date, zone: string, seconds = false): string {
  const wanted: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  if (seconds) wanted.second = "2-digit";
  return new Intl.DateTimeFormat("en-GB", wanted).format(new Date(at));
}

export function dayOf(day: string): string {
  const [year, month, date] = day.split("-");
  return `${Number(date)}/${Number(month)}/${year ?? ""}`;
}

export function zoneOf(sections: Partial<Sections>): string {
  return sections.conference?.time_zone ?? "Asia/Ho_Chi_Minh";
}

/** What a search finds whatever marks are typed: "hue" finds "Huế". */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/đ/gu, "d")
    .replace(/Đ/gu, "D")
    .toLowerCase();
}
