// Runs on the sound thread: gathers the microphone's samples, 20 ms at a time, and hands them to the page.
const SAMPLES = 960;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = new Float32Array(SAMPLES);
    this.filled = 0;
  }

  process(inputs) {
    const input = inputs[0]?.[0];
    if (input === undefined) return true;
    for (const sample of input) {
      this.samples[this.filled] = sample;
      this.filled += 1;
      if (this.filled < SAMPLES) continue;
      this.port.postMessage(this.samples);
      this.samples = new Float32Array(SAMPLES);
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
