// The loudspeakers: decodes Opus and plays it without gaps, each source at its own time.
import type { MediaFrame } from "./session";
import type { Playout } from "./playout";

const SLACK_S = 0.06;
const CHANNELS = 2;

export interface Voice {
  play(frame: MediaFrame): void;
  close(): void;
}

export class Speaker {
  readonly #context = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });

  get isRunning(): boolean {
    return this.#context.state === "running";
  }

  /** Browsers begin to sound after a gesture; this is called at one. */
  async resume(): Promise<void> {
    await this.#context.resume();
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  voice(playout: Playout): Voice {
    const context = this.#context;
    let next = 0;
    const decoder = new AudioDecoder({
      output: (sound) => {
        const due = playout.due(sound.timestamp);
        const planned = context.currentTime + (due - performance.now()) / 1000;
        const start = Math.abs(planned - next) < SLACK_S ? next : Math.max(planned, context.currentTime);
        next = start + sound.duration / 1_000_000;
        if (context.state === "running") sounded(context, sound).start(start);
        sound.close();
      },
      error: () => undefined,
    });
    decoder.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: CHANNELS });
    return {
      play: (frame) => {
        if (decoder.state !== "configured") return;
        playout.arrived(frame.timestamp, performance.now());
        decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: frame.timestamp, data: frame.payload }));
      },
      close: () => {
        if (decoder.state !== "closed") decoder.close();
      },
    };
  }
}

function sounded(context: AudioContext, sound: AudioData): AudioBufferSourceNode {
  const buffer = context.createBuffer(sound.numberOfChannels, sound.numberOfFrames, sound.sampleRate);
  for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
    const samples = new Float32Array(sound.numberOfFrames);
    sound.copyTo(samples, { planeIndex: channel, format: "f32-planar" });
    buffer.copyToChannel(samples, channel);
  }
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  return source;
}
