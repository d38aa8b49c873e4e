import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AnnexB } from "./annexb";
import { Backlog } from "./backlog";
import { codeOf, readFrame, readWords, writeFrame } from "./frames";
import { connectSocket } from "./socket";

/** A socket whose server is in the test's hand: it says goodbye only if the test lets it. */
class Wire extends EventTarget {
  static readonly OPEN = 1;
  static newest: Wire | null = null;
  readonly sent: unknown[] = [];
  readonly bufferedAmount = 0;
  binaryType = "blob";
  readyState = 0;

  constructor() {
    super();
    Wire.newest = this;
  }

  opens(): void {
    this.readyState = Wire.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  says(message: string | ArrayBuffer): void {
    this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  ends(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  close(): void {
    this.readyState = 2;
  }
}

async function anOpenSession(): Promise<{ session: Awaited<ReturnType<typeof connectSocket>>; wire: Wire }> {
  const connected = connectSocket("wss://h.example/media/c1");
  const wire = Wire.newest;
  if (wire === null) throw new Error("no socket was made");
  wire.opens();
  return { session: await connected, wire };
}

describe("a session over a WebSocket", () => {
  beforeEach(() => vi.stubGlobal("WebSocket", Wire));
  afterEach(() => vi.unstubAllGlobals());

  it("is over as soon as it is closed here, though the other end never says goodbye", async () => {
    const { session, wire } = await anOpenSession();
    const heard: string[] = [];
    const frame = (): number => heard.push("frame");
    session.frames("program/c1/air/1", "audio", 150, { frame, ended: () => heard.push("ended") });
    const track = session.publish("up/c1/hue/abcd1234").track("video");
    wire.says('{"do":"read","id":1,"broadcast":"up/c1/hue/abcd1234","track":"video"}');
    expect(track.isWanted).toBe(true);

    session.close();

    expect(await Promise.race([session.closed, Promise.resolve("open")])).toBe(0);
    expect(track.isWanted).toBe(false);
    wire.says(writeFrame({ id: 1, begins: true, timestamp: 5, payload: Uint8Array.of(1) }).buffer);
    wire.ends(1006);
    expect(heard).toEqual(["ended"]);
  });

  it("tells by which code the server ended it", async () => {
    const { session, wire } = await anOpenSession();

    wire.ends(4401);

    expect(await session.closed).toBe(401);
  });
});

describe("what waits to be sent", () => {
  it("is not old when nothing waits", () => {
    const backlog = new Backlog();
    backlog.add(100, 100, 0);
    expect(backlog.age(0, 5000)).toBe(0);
  });

  it("is forgotten when it is gone, though nobody asks how old it is", () => {
    const backlog = new Backlog();
    for (let at = 0; at < 1000; at += 1) backlog.add(100, 250, at);
    expect(backlog.size).toBe(3);
  });

  it("is as old as its oldest message of which a byte is left", () => {
    const backlog = new Backlog();
    backlog.add(100, 100, 0);
    backlog.add(100, 200, 40);
    backlog.add(100, 300, 80);
    expect(backlog.age(300, 100)).toBe(100);
    expect(backlog.age(101, 100)).toBe(60);
    expect(backlog.age(100, 100)).toBe(20);
    expect(backlog.age(0, 100)).toBe(0);
  });
});

describe("a frame over a WebSocket", () => {
  it("comes out as it went in", () => {
    const frame = { id: 4_000_000_000, begins: true, timestamp: 1_753_142_400_000_000, payload: Uint8Array.of(0, 1, 255) };
    expect(readFrame(writeFrame(frame).buffer)).toEqual(frame);
  });

  it("has its head in big-endian", () => {
    const frame = writeFrame({ id: 258, begins: false, timestamp: 3, payload: Uint8Array.of(9) });
    expect([...frame]).toEqual([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 9]);
  });

  it("is none without a head", () => {
    expect(readFrame(new ArrayBuffer(12))).toBeNull();
  });
});

describe("words over a WebSocket", () => {
  it("ask for a track, stop it, end it", () => {
    const asked = { do: "read", id: 7, broadcast: "up/c1/hue/abcd1234", track: "video" };
    expect(readWords(JSON.stringify({ ...asked, latency_ms: 250 }))).toEqual(asked);
    expect(readWords('{"do":"stop","id":7}')).toEqual({ do: "stop", id: 7 });
    expect(readWords('{"do":"ended","id":7}')).toEqual({ do: "ended", id: 7 });
  });

  it.each(["", "{", "7", "null", '{"do":"read","id":1}', '{"do":"sing","id":1}', '{"do":"stop"}'])("are none: %s", (text) => {
    expect(readWords(text)).toBeNull();
  });

  it("tell by the close code why the session ended", () => {
    expect([1000, 1006, 4000, 4401, 4503].map(codeOf)).toEqual([0, 0, 0, 401, 503]);
  });
});

describe("H.264 from an encoder", () => {
  const avcc = Uint8Array.of(1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, 0, 2, 0x67, 9, 1, 0, 2, 0x68, 8);

  it("is left as it is with start codes", () => {
    const key = Uint8Array.of(0, 0, 0, 1, 0x67, 9);
    expect(new AnnexB().from(key, undefined, true)).toBe(key);
    expect(new AnnexB().from(key, avcc, true)).toBe(key);
  });

  it("gets start codes in place of sizes, and parameter sets in front of each key frame", () => {
    const annexB = new AnnexB();
    const key = annexB.from(Uint8Array.of(0, 0, 0, 2, 0x65, 7), avcc, true);
    const next = annexB.from(Uint8Array.of(0, 0, 0, 1, 0x41, 0, 0, 0, 1, 0x41), undefined, false);
    const again = annexB.from(Uint8Array.of(0, 0, 0, 2, 0x65, 6), undefined, true);
    expect([...key]).toEqual([0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x68, 8, 0, 0, 0, 1, 0x65, 7]);
    expect([...next]).toEqual([0, 0, 0, 1, 0x41, 0, 0, 0, 1, 0x41]);
    expect([...again].slice(0, 12)).toEqual([0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x68, 8]);
  });
});
