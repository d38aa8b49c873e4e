// A time of day written into a moment: the day stays, the hour changes, on the clock of the conference.
import { timeOfDay } from "./figures";

/** `at` is ISO 8601; `time` is HH:MM or HH:MM:SS as clocks in `zone` show it. Returns ISO 8601 in UTC. */
export function withTime(at: string, time: string, zone: string): string {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return at;
  const whole = Math.floor(moment / 1000);
  return new Date((whole + secondsOf(time) - secondsOf(timeOfDay(at, zone, true))) * 1000).toISOString();
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}
