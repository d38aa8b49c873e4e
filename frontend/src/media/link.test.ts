import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unanswered } from "../wire/http";
import { ADDRESS, HERE, member, THERE, Ticking, world, type World } from "./linkworld";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", Ticking);
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("location", { href: "https://here/d/x/" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function after(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test("a page has one line however many use it, and none when nobody does", async () => {
  const { link, opened } = world();
  const [first, second] = [link.hold(), link.hold()];
  await after(10);
  expect(opened).toHaveLength(1);
  first();
  await after(10);
  expect(opened[0]?.isClosed).toBe(false);
  second();
  await after(10);

  expect(opened[0]?.isClosed).toBe(true);
  expect(link.state).toBe("idle");
});

test("turning the camera on opens the new line first and leaves the old one when everything is shown by the new", async () => {
  const { link, opened } = world();
  const watching = member();
  link.join(watching);
  link.hold();
  await after(10);
  opened[0]?.says("program/c1", "air", "{}");
  link.open("camera");
  await after(500);

  expect(opened.map((one) => [one.part, one.isClosed])).toEqual([["screen", false], ["camera", false]]);
  watching.carried = true;
  await after(100);
  expect(opened.map((one) => one.isClosed)).toEqual([false, false]);
  opened[1]?.says("program/c1", "beat", "{}");
  await after(100);

  expect(opened.map((one) => one.isClosed)).toEqual([true, false]);
  expect(watching.notes).toEqual(["take screen", "take camera", "leave screen", "take camera"]);
  expect(link.state).toBe("up");
});

test("a camera for which there is no room leaves the old line as it is, says so, and comes in when it is free", async () => {
  const made = world();
  const { link, opened } = made;
  link.hold();
  await after(10);
  made.address = () => Promise.resolve({ ...ADDRESS, camera_free: false });
  link.open("camera");
  await after(10);
  opened[1]?.end(409);
  await after(60);

  expect(link.cameraEnd).toBe("occupied");
  expect(link.line?.session).toBe(opened[0]);
  expect(opened[0]?.isClosed).toBe(false);

  await after(6000);
  expect(opened).toHaveLength(2);
  made.address = () => Promise.resolve(ADDRESS);
  await after(6000);
  expect(opened[2]?.part).toBe("camera");
  expect(link.cameraEnd).toBeNull();
});

test("a camera that another took the place of looks on and does not push back", async () => {
  const { link, opened } = world();
  link.open("camera");
  link.hold();
  await after(10);
  opened[0]?.end(410);
  await after(20_000);

  expect(link.cameraEnd).toBe("replaced");
  expect(opened.map((one) => one.part).slice(1)).not.toContain("camera");
});

test("a line that is silent for three seconds is given up and opened again", async () => {
  const made = world();
  const { link, opened } = made;
  link.hold();
  await after(10);
  opened[0]?.says("program/c1", "air", "{}");
  await after(6000);
  expect(opened).toHaveLength(1);
  made.isSilent = true;
  await after(5000);

  expect(opened[0]?.isClosed).toBe(true);
  expect(opened.length).toBeGreaterThan(1);
  expect(link.state).toBe("lost");
});

test("a page whose node is gone goes to the other one at once", async () => {
  const made = world();
  let sockets = 0;
  made.socket = () => (sockets += 1);
  made.address = () => Promise.resolve({ ...ADDRESS, parents: [THERE] });
  const { link, opened, urls } = made;
  link.hold();
  await after(10);
  made.isReachable = (url) => url.startsWith("https://there");
  opened[0]?.end(503);
  await after(20);

  expect(urls).toEqual(["https://here/screen", "https://there/screen"]);
  expect(link.line?.session).toBe(opened[1]);
  expect(sockets).toBe(0);
});

test("a page whose server is gone tries for ever, and is back when the server is", async () => {
  const made = world();
  const { link, opened, urls } = made;
  link.hold();
  await after(10);
  made.isReachable = () => false;
  opened[0]?.end(0);
  await after(60_000);
  const tries = urls.length;
  expect(tries).toBeGreaterThan(8);
  expect(tries).toBeLessThan(40);
  made.isReachable = () => true;
  await after(8000);

  expect(link.line?.session).toBe(opened[1]);
});

test("a page that sent too much waits half a minute", async () => {
  const { link, opened, urls } = world();
  link.hold();
  await after(10);
  opened[0]?.end(429);
  await after(29_000);
  expect(urls).toHaveLength(1);
  await after(2000);

  expect(opened).toHaveLength(2);
});

test("a page whose pass is not good stops asking", async () => {
  const made = world();
  made.address = () => Promise.reject(new Unanswered(401, "pass.expired", ""));
  made.link.hold();
  await after(60_000);

  expect(made.link.state).toBe("refused");
  expect(made.urls).toEqual([]);
});

test("a page whose browser lost its cookie has not been turned away", async () => {
  const made = world();
  let isLost = true;
  made.address = () => (isLost ? Promise.reject(new Unanswered(401, "pass.missing", "")) : Promise.resolve(ADDRESS));
  made.link.hold();
  await after(60_000);
  expect([made.link.state, made.urls]).toEqual(["connecting", []]);
  isLost = false;
  await after(20_000);

  expect(made.opened).toHaveLength(1);
});

test("what the server says of this page's line is passed on at once", async () => {
  const { link, opened } = world();
  const watching = member();
  link.join(watching);
  link.hold();
  await after(10);
  opened[0]?.says("line/c1", "state", '{"up":"high","down":"low","rtt_ms":12,"loss":0,"talk":false}');

  expect(link.told.down).toBe("low");
  expect(watching.notes).toContain("hear low");
});

test("a page whose relay is alone goes to the other node, and does not run to and fro", async () => {
  const here = world();
  here.address = () => Promise.resolve({ ...ADDRESS, parents: [THERE], socket: { camera: null, screen: null as unknown as string } });
  here.link.hold();
  await after(100);
  here.opened.at(-1)?.says("program/c1", "beat", '{"n": 4, "alone_s": 7}');
  await after(100);
  expect(here.urls).toEqual([HERE.screen, THERE.screen]);
  here.opened.at(-1)?.says("program/c1", "beat", '{"n": 5, "alone_s": 9}');
  await after(5000);
  expect(here.urls).toEqual([HERE.screen, THERE.screen]);
});

test("what was measured on one line is not taken for the next, and the rungs stay until they are told anew", async () => {
  const { link, opened } = world();
  link.hold();
  await after(10);
  opened[0]?.says("line/c1", "state", '{"up":"high","down":"low","rtt_ms":12,"loss":0.5,"talk":true}');
  opened[0]?.end(0);
  await after(2000);
  expect(link.line?.session).toBe(opened[1]);

  expect(link.told).toEqual({ up: "high", down: "low", rtt_ms: null, loss: null, talk: true, voice: null });
});

test("a line that is gone back to is known as it was told of last", async () => {
  const { link, opened } = world();
  const watching = member();
  link.join(watching);
  link.hold();
  await after(10);
  opened[0]?.says("line/c1", "state", '{"up":"high","down":"high","rtt_ms":12,"loss":0,"talk":false}');
  link.open("camera");
  await after(10);
  opened[0]?.says("line/c1", "state", '{"up":"high","down":"low","rtt_ms":40,"loss":0,"talk":false}');
  opened[1]?.end(409);
  await after(60);

  expect(link.line?.session).toBe(opened[0]);
  expect([link.told.down, link.told.rtt_ms]).toEqual(["low", 40]);
  expect(watching.notes.at(-1)).toBe("hear low");
});

/** A page whose line goes over a WebSocket, since UDP did not come through. */
async function round(): Promise<{ made: World; watching: ReturnType<typeof member> }> {
  const made = world();
  const watching = member();
  made.address = () => Promise.resolve(ADDRESS);
  made.hasSocket = true;
  made.isReachable = () => false;
  made.link.join(watching);
  made.link.hold();
  await after(3000);
  expect(made.opened.map((one) => one.kind)).toEqual(["websocket"]);
  made.opened[0]?.says("program/c1", "air", "{}");
  return { made, watching };
}

test("a page on a steady WebSocket tries the better way beside it, and changes over when everything comes by that", async () => {
  const { made, watching } = await round();
  made.isReachable = () => true;
  await after(176_000);
  expect(made.opened).toHaveLength(1);
  await after(4000);
  expect(made.opened.map((one) => [one.kind, one.isClosed])).toEqual([["websocket", false], ["webtransport", false]]);

  watching.carried = true;
  await after(1100);

  expect(made.opened.map((one) => one.isClosed)).toEqual([true, false]);
  expect([made.link.kind, made.link.state]).toEqual(["webtransport", "up"]);
});

test("a better way that is still not there, or by which nothing comes, disturbs nothing", async () => {
  const { made, watching } = await round();
  await after(400_000);
  expect(made.urls).toHaveLength(3);
  expect(watching.notes).toEqual(["take screen"]);

  made.isReachable = () => true;
  while (made.opened.length < 2) await after(100);
  made.isSilent = true;
  while (made.opened[1]?.isClosed === false) await after(100);
  await after(2000);
  made.isSilent = false;
  await after(10_000);

  expect(made.opened.map((one) => [one.kind, one.isClosed])).toEqual([["websocket", false], ["webtransport", true]]);
  expect(made.link.line?.session).toBe(made.opened[0]);
  expect([made.link.kind, made.link.state]).toEqual(["websocket", "up"]);
});

test("a better way by which the page is refused leaves it where it is", async () => {
  const { made } = await round();
  made.isReachable = () => true;
  await after(181_000);

  made.opened[1]?.end(401);
  await after(1000);

  expect(made.link.line?.session).toBe(made.opened[0]);
  expect([made.link.kind, made.link.state]).toEqual(["websocket", "up"]);
});
