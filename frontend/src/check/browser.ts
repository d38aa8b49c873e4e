// What a browser is called, and whether it can send a picture as this page would ask it to.
import { encodes } from "../media/encode";
import type { Size } from "../media/renditions";

const LONGEST_NAME = 100;
const UNSEEN: Size = { width: 1280, height: 720 };

/** “Chromium 156”, “Firefox 153”: the name and the version, no more. */
export function browserName(agent: string): string {
  const found = /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/u.exec(agent);
  const names: Readonly<Record<string, string>> = { Edg: "Edge", OPR: "Opera", Version: "Safari", Chrome: "Chromium" };
  const name = found === null ? "" : (names[found[1] ?? ""] ?? found[1] ?? "");
  return `${name} ${found?.[2] ?? ""}`.trim().slice(0, LONGEST_NAME);
}

/** Whether it can send the picture of a camera, or where none was seen of a usual one. */
export function canEncode(camera: Size | null): Promise<boolean> {
  return encodes(camera ?? UNSEEN);
}
