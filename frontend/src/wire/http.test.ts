import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeskDoor, Unanswered } from "./http";

const ME = { conference: "c1", role: "site" };
let asked: string[] = [];
let hasCookie = true;
let takesToken = true;

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

beforeEach(() => {
  asked = [];
  [hasCookie, takesToken] = [true, true];
  vi.stubGlobal("document", { documentElement: { lang: "vi" } });
  vi.stubGlobal("fetch", (path: string, request: RequestInit) => {
    asked.push(path);
    if (path === "/enter") {
      hasCookie = takesToken && request.body === '{"token":"t"}';
      return Promise.resolve(hasCookie ? answer(200, { desk: "/d/a/", role: "site", pin: false }) : answer(401, { code: "pass.expired" }));
    }
    return Promise.resolve(hasCookie ? answer(200, ME) : answer(401, { code: "pass.missing" }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a desk whose cookie the browser lost is entered again with the link's token", async () => {
  hasCookie = false;

  expect(await new DeskDoor("/d/a/", "t").me()).toEqual(ME);
  expect(asked).toEqual(["/d/a/me", "/enter", "/d/a/me"]);
});

test("a desk that has its cookie is not entered again", async () => {
  expect(await new DeskDoor("/d/a/", "t").me()).toEqual(ME);
  expect(asked).toEqual(["/d/a/me"]);
});

test("a page that was loaded again has no token, and is told that it has not entered", async () => {
  hasCookie = false;

  const code = await new DeskDoor("/d/b/").me().catch((error: unknown) => error instanceof Unanswered && error.code);
  expect(code).toBe("pass.missing");
  expect(asked).toEqual(["/d/b/me"]);
});

test("a screen that was opened from a desk enters it again as that one does, whoever was there first", async () => {
  const before = new DeskDoor("/d/c/");
  const opener = new DeskDoor("/d/c/", "t");
  const after = new DeskDoor("/d/c/");

  for (const screen of [before, after]) {
    await vi.waitFor(async () => {
      hasCookie = false;
      expect(await screen.me()).toEqual(ME);
    });
  }
  expect(opener.path).toBe("/d/c/");
});

test("a pass that has ended opens nothing again", async () => {
  [hasCookie, takesToken] = [false, false];

  const code = await new DeskDoor("/d/a/", "t").me().catch((error: unknown) => error instanceof Unanswered && error.code);
  expect(code).toBe("pass.expired");
  expect(asked).toEqual(["/d/a/me", "/enter"]);
});

test("a server that answers nothing in time gives no answer", async () => {
  vi.stubGlobal("fetch", (_: string, request: RequestInit) => {
    expect(request.signal).toBeInstanceOf(AbortSignal);
    return Promise.reject(new DOMException("", "TimeoutError"));
  });

  const status = await new DeskDoor("/d/a/").media().catch((error: unknown) => error instanceof Unanswered && error.status);
  expect(status).toBe(0);
});
