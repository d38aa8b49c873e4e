import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, type Listener, type Outcome, type Socket } from "./live";

class FakeSocket implements Socket {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: string[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
    this.onclose?.();
  }

  tell(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  asked(): { id: string; name: string; body: unknown }[] {
    return this.sent
      .map((text) => JSON.parse(text) as { kind: string; id: string; name: string; body: unknown })
      .filter((one) => one.kind === "ask");
  }
}

const BOARD = { kind: "board", position: 7, now: "2021-03-12T08:00:00+07:00", sections: { may: { commands: [] } } };

let sockets: FakeSocket[] = [];
let heard: unknown[] = [];
let live: Live;

const listener: Listener = {
  board: (sections, position) => heard.push(["board", sections, position]),
  section: (name, value, position) => heard.push(["section", name, value, position]),
  clock: (at) => heard.push(["clock", at]),
  line: (line) => heard.push(["line", line]),
};

function socket(number: number): FakeSocket {
  const found = sockets[number];
  if (found === undefined) throw new Error(`there is no socket ${number}`);
  return found;
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  heard = [];
  live = new Live(() => {
    const opened = new FakeSocket();
    sockets.push(opened);
    return opened;
  }, listener);
  live.start();
});

afterEach(() => {
  live.close();
  vi.useRealTimers();
});

test("the board that comes first is told whole, and then the line is up", () => {
  socket(0).tell(BOARD);

  expect(heard).toEqual([
    ["clock", BOARD.now],
    ["board", BOARD.sections, 7],
    ["line", "up"],
  ]);
});

test("a section is told by its name, a message that is no message is not", () => {
  socket(0).tell(BOARD);
  heard = [];

  socket(0).tell("nonsense");
  socket(0).tell([1]);
  socket(0).tell({ kind: "section", name: "roll", value: { open: true }, position: 8 });

  expect(heard).toEqual([["section", "roll", { open: true }, 8]]);
});

test("a question is answered by its id with done, a refusal or what was unfit", async () => {
  socket(0).tell(BOARD);
  const asked = [live.ask("CutBack", {}), live.ask("GrantFloor", { site: "hue" }), live.ask("ExtendFloor", { by: 60 })];
  const [first, second, third] = socket(0).asked();

  socket(0).tell({ kind: "answer", id: second?.id, refusal: "floor.holds_floor", about: { site: "hue" } });
  socket(0).tell({ kind: "answer", id: first?.id, position: 9 });
  socket(0).tell({ kind: "answer", id: third?.id, problem: { code: "unfit", field: "by", found: "x", mend: "y" } });

  const expected: Outcome[] = [
    { kind: "done", position: 9 },
    { kind: "refused", code: "floor.holds_floor", about: { site: "hue" } },
    { kind: "unfit", problem: { code: "unfit", field: "by", found: "x", mend: "y" } },
  ];
  expect(await Promise.all(asked)).toEqual(expected);
});

test("three missed beats lose the line, and it is opened again", () => {
  socket(0).tell(BOARD);
  heard = [];

  vi.advanceTimersByTime(2900);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(200);

  expect(heard).toEqual([["line", "lost"]]);
  expect(socket(0).isClosed).toBe(true);
  vi.advanceTimersByTime(800);
  expect(sockets).toHaveLength(2);
});

test("a beat keeps the line, and the page beats too", () => {
  socket(0).tell(BOARD);
  for (let second = 0; second < 5; second += 1) {
    vi.advanceTimersByTime(1000);
    socket(0).tell({ kind: "beat", now: BOARD.now });
  }

  expect(sockets).toHaveLength(1);
  expect(socket(0).sent.filter((text) => text === '{"kind":"beat"}')).toHaveLength(5);
});

test("what was not answered is asked again with the same id when the line is back", async () => {
  socket(0).tell(BOARD);
  const outcome = live.ask("CutBack", {});
  const [before] = socket(0).asked();

  socket(0).close();
  vi.advanceTimersByTime(800);
  socket(1).tell(BOARD);
  const [after] = socket(1).asked();
  socket(1).tell({ kind: "answer", id: after?.id, position: 10 });

  expect(after).toEqual(before);
  expect(await outcome).toEqual({ kind: "done", position: 10 });
});

test("a question that nobody answers ends by itself", async () => {
  const outcome = live.ask("CutBack", {});

  vi.advanceTimersByTime(15_000);

  expect(await outcome).toEqual({ kind: "lost" });
});

test("the pauses between tries grow to five seconds and stay there", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    socket(attempt).close();
    let waited = 0;
    while (sockets.length === attempt + 1) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    pauses.push(waited);
  }

  expect(pauses).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  vi.restoreAllMocks();
});

test("a closed line is not opened again", () => {
  live.close();

  vi.advanceTimersByTime(60_000);

  expect(sockets).toHaveLength(1);
  expect(heard).toEqual([]);
});
