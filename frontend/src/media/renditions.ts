// The pictures that a camera offers: large, small, and small and slow for the gallery.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rendition extends Size {
  readonly track: string;
  readonly framerate: number;
  readonly bitrate: number;
  readonly keyEveryUs: number;
}

interface Box extends Size {
  readonly track: string;
  readonly framerate: number;
  readonly bitrate: number;
  readonly keyEveryUs: number;
}

const BOXES: readonly Box[] = [
  { track: "video", width: 1280, height: 720, framerate: 25, bitrate: 1_500_000, keyEveryUs: 1_000_000 },
  { track: "video-low", width: 640, height: 360, framerate: 25, bitrate: 400_000, keyEveryUs: 1_000_000 },
  { track: "video-tile", width: 640, height: 360, framerate: 5, bitrate: 150_000, keyEveryUs: 2_000_000 },
];

const LARGEST = 1280 * 720;
/** A smaller picture needs fewer bits, but more for each of its pixels. */
const FEWER_PIXELS = 0.75;

/** Constrained baseline, level 3.1: up to 1280×720. */
export const H264 = "avc1.42e01f";
export const SOUND_RATE = 48_000;

/** A camera so small that its picture fits the small box offers it once. */
export function renditionsOf(camera: Size): readonly Rendition[] {
  const [video, ...smaller] = BOXES.map((box) => ({ ...box, ...fitted(camera, box) }));
  if (video === undefined) return [];
  const rest = smaller.filter((one) => one.width < video.width || one.framerate < video.framerate);
  return [{ ...video, bitrate: Math.round(video.bitrate * (video.width * video.height / LARGEST) ** FEWER_PIXELS) }, ...rest];
}

/** As large as the box allows, never larger than the camera; H.264 counts in pairs of lines and columns. */
function fitted(camera: Size, box: Size): Size {
  const scale = Math.min(1, box.width / camera.width, box.height / camera.height);
  return { width: even(camera.width * scale), height: even(camera.height * scale) };
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2);
}

/** The `hang` catalog of what is offered. */
export function catalogOf(pictures: readonly Rendition[], withSound: boolean): string {
  const container = { kind: "legacy" };
  const video = pictures.map(({ track, width, height, framerate, bitrate }) => [
    track,
    { codec: H264, codedWidth: width, codedHeight: height, framerate, bitrate, container },
  ]);
  const audio = withSound ? { audio: { codec: "opus", sampleRate: SOUND_RATE, numberOfChannels: 1, container } } : {};
  return JSON.stringify({ video: { renditions: Object.fromEntries(video) as unknown }, audio: { renditions: audio } });
}
