// The echo of a hall: plays a chirp, listens through the microphone as it would be sent, and finds how much quieter
// and how much later it comes back. Pure but for `listenForEcho`.

const RATE = 8000;
const CHIRP_S = 0.5;
const CHIRP_FROM_HZ = 500;
const CHIRP_TO_HZ = 2500;
const CHIRP_LEVEL = 0.25;
const LISTEN_S = 1.6;
const CLEARLY = 6;
const BEGINS_MS = 2000;

export interface Echo {
  /** How much quieter it comes back than it was played, in dB. */
  readonly lossDb: number;
  readonly delayMs: number;
}

/** A tone that rises: it is found again in any noise, and at one place only. */
export function chirp(rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(CHIRP_S * rate));
  const slope = (CHIRP_TO_HZ - CHIRP_FROM_HZ) / CHIRP_S;
  for (let index = 0; index < samples.length; index += 1) {
    const at = index / rate;
    const edge = Math.min(1, at / 0.02, (CHIRP_S - at) / 0.02);
    samples[index] = CHIRP_LEVEL * edge * Math.sin(2 * Math.PI * (CHIRP_FROM_HZ * at + (slope * at * at) / 2));
  }
  return samples;
}

/** Where the chirp is in what was heard, and how loud; null if it is not in it. `heard` begins when the chirp began. */
export function findEcho(heard: Float32Array, rate: number): Echo | null {
  const played = lowered(chirp(rate), rate);
  const listened = lowered(heard, rate);
  const energy = played.reduce((sum, one) => sum + one * one, 0);
  let best = 0;
  let at = 0;
  let total = 0;
  const places = listened.length - played.length;
  if (places <= 0) return null;
  for (let place = 0; place < places; place += 1) {
    let sum = 0;
    for (let index = 0; index < played.length; index += 1) sum += (played[index] ?? 0) * (listened[place + index] ?? 0);
    const gain = Math.abs(sum) / energy;
    total += gain;
    if (gain > best) [best, at] = [gain, place];
  }
  if (best <= 0 || best < (CLEARLY * total) / places) return null;
  return { lossDb: Math.round(-20 * Math.log10(best)), delayMs: Math.round((at / RATE) * 1000) };
}

/** Without a sound card a context never begins to run, and never says so: raises an error after a while. */
export async function begin(context: Pick<AudioContext, "resume">, withinMs = BEGINS_MS): Promise<void> {
  let limit: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Error("nothing can be sounded here")), withinMs);
  });
  try {
    await Promise.race([context.resume(), late]);
  } finally {
    clearTimeout(limit);
  }
}

/** Play the chirp into the hall and listen. Raises an error where nothing can be sounded. */
export async function listenForEcho(stream: MediaStream, context: AudioContext): Promise<Echo | null> {
  await begin(context);
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  const heard: Float32Array[] = [];
  let isListening = false;
  node.port.onmessage = (event: MessageEvent<Float32Array<ArrayBuffer>>) => {
    if (isListening) heard.push(event.data);
  };
  source.connect(node);
  const buffer = context.createBuffer(1, Math.round(CHIRP_S * context.sampleRate), context.sampleRate);
  buffer.copyToChannel(chirp(context.sampleRate), 0);
  const player = context.createBufferSource();
  player.buffer = buffer;
  player.connect(context.destination);
  isListening = true;
  player.start();
  await new Promise((resolve) => setTimeout(resolve, LISTEN_S * 1000));
  source.disconnect();
  node.port.onmessage = null;
  return findEcho(joined(heard), context.sampleRate);
}

/** Fewer samples a second: enough for the chirp, and quick to search. */
function lowered(samples: Float32Array, rate: number): Float32Array {
  const step = rate / RATE;
  const kept = new Float32Array(Math.floor(samples.length / step));
  for (let index = 0; index < kept.length; index += 1) {
    const from = Math.floor(index * step);
    const to = Math.max(from + 1, Math.floor((index + 1) * step));
    let sum = 0;
    for (let place = from; place < to; place += 1) sum += samples[place] ?? 0;
    kept[index] = sum / (to - from);
  }
  return kept;
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
