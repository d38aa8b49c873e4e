// Ticks that go on while the page is hidden.

export function everySecond(tick: () => void): () => void {
  tick();
  return every(1000, tick);
}

/** Call `tick` again and again, `ms` apart, until what is returned is called. */
export function every(ms: number, tick: () => void): () => void {
  const worker = new Worker(new URL("./ticks.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = () => tick();
  worker.postMessage(ms);
  return () => worker.terminate();
}

/** Wait, also while the page is hidden. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (!document.hidden) {
      setTimeout(resolve, ms);
      return;
    }
    const stop = every(Math.max(1, ms), () => {
      stop();
      resolve();
    });
  });
}
