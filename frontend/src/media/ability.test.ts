import { afterEach, expect, test, vi } from "vitest";
import { bestRung, lowestOf, rungOf } from "./ability";

afterEach(() => vi.unstubAllGlobals());

test("a browser without a decoder shows the small pictures", async () => {
  vi.stubGlobal("VideoDecoder", undefined);
  delete (globalThis as Record<string, unknown>).VideoDecoder;
  expect(await bestRung()).toBe("thumb");
});

test("a browser whose decoder does not know the codec shows the small pictures too", async () => {
  vi.stubGlobal("VideoDecoder", { isConfigSupported: () => Promise.resolve({ supported: false }) });
  expect(await bestRung()).toBe("thumb");
  vi.stubGlobal("VideoDecoder", { isConfigSupported: () => Promise.reject(new Error("no such thing")) });
  expect(await bestRung()).toBe("thumb");
});

test("every other browser shows all", async () => {
  vi.stubGlobal("VideoDecoder", { isConfigSupported: () => Promise.resolve({ supported: true }) });
  expect(await bestRung()).toBe("high");
});

test("the lowest bound counts", () => {
  expect(lowestOf("high", "thumb", "low")).toBe("thumb");
  expect(lowestOf("high")).toBe("high");
});

test("a site that sends its small size is asked for its picture, one that sends none for what it has", () => {
  expect(rungOf("high", "low")).toBe("high");
  expect(rungOf("low", "low")).toBe("low");
  expect(rungOf("high", "thumb")).toBe("thumb");
  expect(rungOf("thumb", "sound")).toBe("sound");
});
