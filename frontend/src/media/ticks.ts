// A beat each second that goes on while the page is hidden.

export function everySecond(beat: () => void): () => void {
  const worker = new Worker(new URL("./ticks.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = () => beat();
  beat();
  return () => worker.terminate();
}
