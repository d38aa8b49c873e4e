// What a camera sends over one line: catalog, beat, pictures, sound and stills, from whatever is captured just now.
import type { Capture } from "./capture";
import { PictureEncoder, SoundEncoder, ThumbMaker } from "./encode";
import type { Line } from "./link.svelte";
import { catalogOf, renditionsOf, type Size } from "./renditions";
import type { Publication, Publishing } from "./session";

export class Sending {
  readonly #publication: Publication;
  readonly #beat: Publishing;
  readonly #by: string;
  readonly #size: Size | null;
  readonly #pictures: readonly PictureEncoder[];
  readonly #sound: SoundEncoder | null;
  readonly #thumb: ThumbMaker | null;
  #count = 0;

  constructor(line: Line, path: string, capture: Capture) {
    this.#publication = line.session.publish(path);
    this.#by = line.session.kind;
    const { size } = capture;
    this.#size = size;
    const renditions = size === null ? [] : renditionsOf(size);
    const catalog = this.#publication.track("catalog.json");
    this.#beat = this.#publication.track("beat");
    this.#pictures = renditions.map((one) => new PictureEncoder(this.#publication.track(one.track), one));
    this.#sound = capture.hasSound ? new SoundEncoder(this.#publication.track("audio")) : null;
    this.#thumb = size === null ? null : new ThumbMaker(this.#publication.track("thumb"));
    catalog.writeText(catalogOf(renditions, this.#sound !== null));
    this.beat(0);
  }

  /** Whether the catalog of this is that of what is captured now: the size of the pictures, and if there is sound. */
  suits(capture: Capture): boolean {
    const { size } = capture;
    const isAsLarge = size?.width === this.#size?.width && size?.height === this.#size?.height;
    return isAsLarge && capture.hasSound === (this.#sound !== null);
  }

  /** Whether the server takes a moving picture; of a site without a camera, the sound. */
  get isWanted(): boolean {
    return this.#pictures.length > 0 ? this.#pictures.some((one) => one.isWanted) : this.#sound?.isWanted === true;
  }

  /** Whether what the server takes of the pictures can't be made here. */
  get isHopeless(): boolean {
    const wanted = this.#pictures.filter((one) => one.isWanted);
    return wanted.length > 0 && wanted.every((one) => one.isHopeless);
  }

  picture(frame: VideoFrame, at: number): void {
    for (const encoder of this.#pictures) encoder.take(frame, at);
    this.#thumb?.take(frame, at);
  }

  sound(samples: Float32Array<ArrayBuffer>): void {
    this.#sound?.take(samples);
  }

  beat(level: number): void {
    this.#count += 1;
    this.#beat.writeText(JSON.stringify({ n: this.#count, level: Math.round(level * 100) / 100, by: this.#by }));
  }

  close(): void {
    for (const encoder of this.#pictures) encoder.close();
    this.#sound?.close();
    this.#thumb?.close();
    this.#beat.close();
    this.#publication.close();
  }
}
