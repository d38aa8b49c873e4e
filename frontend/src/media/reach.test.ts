import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MediaDoor } from "../wire/http";
import { NoDoor, Reach, socketUrl, type Ways } from "./reach";
import type { Carrier, Session } from "./session";

const DOOR: MediaDoor = { camera: "https://c/camera", screen: "https://c/screen", fingerprints: ["ab"] };
const SOCKET = "wss://w/media/c1?as=screen";

interface Opened extends Session {
  isClosed: boolean;
}

function session(kind: Carrier): Opened {
  const opened: Opened = {
    kind,
    isClosed: false,
    closed: new Promise(() => undefined),
    texts: () => () => undefined,
    bytes: () => () => undefined,
    frames: () => () => undefined,
    publish: () => {
      throw new Error("nothing is published here");
    },
    close: () => {
      opened.isClosed = true;
    },
  };
  return opened;
}

/** A world in which WebTransport is up after so many milliseconds, or never; the socket after 100. */
function world(upAfter: number | null): { ways: Ways; tried: Carrier[]; opened: Opened[] } {
  const tried: Carrier[] = [];
  const opened: Opened[] = [];
  const up = (kind: Carrier): Session => {
    const one = session(kind);
    opened.push(one);
    return one;
  };
  const ways: Ways = {
    hasTransport: () => true,
    transport: (_url, _fingerprints, patienceMs) => {
      tried.push("webtransport");
      const isUp = upAfter !== null && upAfter <= patienceMs;
      return new Promise((resolve, reject) => {
        setTimeout(() => (isUp ? resolve(up("webtransport")) : reject(new Error("no UDP"))), isUp ? upAfter : patienceMs);
      });
    },
    socket: () => {
      tried.push("websocket");
      return new Promise((resolve) => setTimeout(() => resolve(up("websocket")), 100));
    },
    now: () => Date.now(),
  };
  return { ways, tried, opened };
}

async function within<T>(ms: number, found: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(ms);
  return Promise.race([found, Promise.reject(new Error(`not within ${ms} ms`))]);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("where WebTransport is up at once nothing else is tried", async () => {
  const { ways, tried } = world(50);

  expect((await within(60, new Reach(ways).open(DOOR, SOCKET, "screen"))).kind).toBe("webtransport");
  expect(tried).toEqual(["webtransport"]);
});

test("where UDP does not come through the WebSocket is found within three seconds", async () => {
  const { ways, tried } = world(null);

  expect((await within(3000, new Reach(ways).open(DOOR, SOCKET, "screen"))).kind).toBe("websocket");
  expect(tried).toEqual(["webtransport", "websocket"]);
});

test("a WebTransport that is slow but in time is preferred, and the socket let go", async () => {
  const { ways, opened } = world(2200);

  expect((await within(2300, new Reach(ways).open(DOOR, SOCKET, "screen"))).kind).toBe("webtransport");
  expect(opened.find((one) => one.kind === "websocket")?.isClosed).toBe(true);
});

test("what worked is kept for this page, and the better way tried again some minutes later", async () => {
  const { ways, tried } = world(null);
  const reach = new Reach(ways);
  await within(3000, reach.open(DOOR, SOCKET, "screen"));
  await within(200, reach.open(DOOR, SOCKET, "screen"));
  expect(tried).toEqual(["webtransport", "websocket", "websocket"]);

  await vi.advanceTimersByTimeAsync(200_000);
  await within(3000, reach.open(DOOR, SOCKET, "screen"));

  expect(tried.slice(3)).toEqual(["webtransport", "websocket"]);
});

test("a browser without WebTransport goes to the WebSocket at once", async () => {
  const { ways, tried } = world(null);
  const without = new Reach({ ...ways, hasTransport: () => false });

  expect((await within(150, without.open(DOOR, SOCKET, "screen"))).kind).toBe("websocket");
  expect(tried).toEqual(["websocket"]);
});

test("who may not publish finds no door for a camera", async () => {
  const { ways } = world(50);

  await expect(new Reach(ways).open({ ...DOOR, camera: null }, SOCKET, "camera")).rejects.toBeInstanceOf(NoDoor);
});

test("the way over a WebSocket is sought where the page came from", () => {
  expect(socketUrl("/media/c1?as=screen", "https://h.example/d/x/")).toBe("wss://h.example/media/c1?as=screen");
  expect(socketUrl("/media/c1", "http://127.0.0.1:8080/d/x/")).toBe("ws://127.0.0.1:8080/media/c1");
  expect(socketUrl("wss://other.example/media/c1", "https://h.example/")).toBe("wss://other.example/media/c1");
});
