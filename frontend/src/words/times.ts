// A time of day written into a moment: the day and the offset stay, the hour changes.

/** `at` is ISO 8601 with an offset, `time` is HH:MM or HH:MM:SS on the clock of that offset. */
export function withTime(at: string, time: string): string {
  const moment = /^(\d{4}-\d{2}-\d{2})T[\d:.]+(Z|[+-]\d{2}:\d{2})$/u.exec(at);
  if (moment === null) return at;
  const whole = time.length === 5 ? `${time}:00` : time;
  return `${moment[1] ?? ""}T${whole}${moment[2] ?? ""}`;
}
