// Where the pictures of one source stand: any number of canvases, each painted at the same moment. A picture stays on a
// canvas until the next one is painted over it.

export class Easel {
  #canvases: readonly HTMLCanvasElement[] = [];

  hang(canvases: readonly HTMLCanvasElement[]): void {
    this.#canvases = canvases;
  }

  paint(picture: VideoFrame | ImageBitmap): void {
    for (const canvas of this.#canvases) paint(canvas, picture);
  }
}

/** Resizing empties a canvas: it is painted in the same breath. */
export function paint(canvas: HTMLCanvasElement, picture: VideoFrame | ImageBitmap): void {
  const [width, height] = "displayWidth" in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0, width, height);
}

/** Calls `told` whenever a canvas comes into sight or leaves it; a hidden page shows nothing. */
export function whileSeen(canvas: HTMLCanvasElement, told: (isSeen: boolean) => void): () => void {
  let isIn = true;
  const tell = (): void => told(isIn && !document.hidden);
  const observer = new IntersectionObserver((entries) => {
    isIn = entries.at(-1)?.isIntersecting ?? isIn;
    tell();
  });
  observer.observe(canvas);
  document.addEventListener("visibilitychange", tell);
  tell();
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}
