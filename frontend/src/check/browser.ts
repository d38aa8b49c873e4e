// What a browser is called, and whether it can send a picture as this page would ask it to.
import { pictureConfig } from "../media/encode";
import { renditionsOf, type Size } from "../media/renditions";

const LONGEST_NAME = 100;
const UNSEEN: Size = { width: 1280, height: 720 };

/** “Chromium 156”, “Firefox 153”: the name and the version, no more. */
export function browserName(agent: string): string {
  const found = /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/u.exec(agent);
  const names: Readonly<Record<string, string>> = { Edg: "Edge", OPR: "Opera", Version: "Safari", Chrome: "Chromium" };
  const name = found === null ? "" : (names[found[1] ?? ""] ?? found[1] ?? "");
  return `${name} ${found?.[2] ?? ""}`.trim().slice(0, LONGEST_NAME);
}

/** Whether it encodes the large picture of a camera; one that can't sends none. */
export async function canEncode(camera: Size | null): Promise<boolean> {
  const [picture] = renditionsOf(camera ?? UNSEEN);
  if (picture === undefined || !("VideoEncoder" in globalThis)) return false;
  try {
    return (await VideoEncoder.isConfigSupported(pictureConfig(picture))).supported === true;
  } catch {
    return false;
  }
}
