// Pages of handouts, drawn in the hall's own browser at the full resolution of its screen. The only file that
// knows pdf.js. A file is fetched once, before its first page is shown; the page that follows is drawn ahead.
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import type { HandoutLine } from "../wire/types";

GlobalWorkerOptions.workerSrc = worker;
const KEPT_PICTURES = 6;

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** Where the file of a handout is, below the folder of the desk. */
export function addressOf(desk: string, line: HandoutLine): string {
  return `${desk}handouts/${encodeURIComponent(line.handout)}/${line.digest === "" ? "sample" : line.digest}`;
}

export class Pages {
  readonly #desk: string;
  readonly #files = new Map<string, Promise<PDFDocumentProxy>>();
  readonly #pictures = new Map<string, Promise<ImageBitmap>>();

  constructor(desk: string) {
    this.#desk = desk;
  }

  /** Fetch a file, so that its first page is there at once. */
  async prepare(line: HandoutLine): Promise<void> {
    await this.#file(line);
  }

  /** A page as large as it fits into `size` (in pixels of the screen). */
  async picture(line: HandoutLine, page: number, size: PageSize): Promise<ImageBitmap> {
    const name = `${line.handout} ${line.digest} ${page} ${size.width}x${size.height}`;
    const known = this.#pictures.get(name);
    if (known !== undefined) return await known;
    const drawn = this.#draw(line, page, size);
    this.#pictures.set(name, drawn);
    drawn.catch(() => this.#pictures.delete(name));
    this.#forget();
    return await drawn;
  }

  async #draw(line: HandoutLine, page: number, size: PageSize): Promise<ImageBitmap> {
    const file = await this.#file(line);
    const sheet = await file.getPage(Math.min(page, file.numPages));
    const natural = sheet.getViewport({ scale: 1 });
    const scale = Math.min(size.width / natural.width, size.height / natural.height);
    const viewport = sheet.getViewport({ scale });
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    await sheet.render({ canvas, viewport, background: "#ffffff" }).promise;
    return await createImageBitmap(canvas);
  }

  async #file(line: HandoutLine): Promise<PDFDocumentProxy> {
    const address = addressOf(this.#desk, line);
    const known = this.#files.get(address);
    if (known !== undefined) return await known;
    const opened = getDocument({ url: address }).promise;
    this.#files.set(address, opened);
    opened.catch(() => this.#files.delete(address));
    return await opened;
  }

  #forget(): void {
    for (const name of [...this.#pictures.keys()].slice(0, -KEPT_PICTURES)) {
      const old = this.#pictures.get(name);
      this.#pictures.delete(name);
      void old?.then((picture) => picture.close()).catch(() => undefined);
    }
  }
}
