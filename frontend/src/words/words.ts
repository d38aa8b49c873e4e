// The shape that the words of every language have: that of the Vietnamese ones.
import type { vi } from "./vi";

type Widened<Kind> = Kind extends string
  ? string
  : Kind extends (...given: infer Given) => string
    ? (...given: Given) => string
    : Kind extends (...given: infer Given) => string[]
      ? (...given: Given) => string[]
      : Kind extends string[]
        ? string[]
        : { readonly [Name in keyof Kind]: Widened<Kind[Name]> };

export type Words = Widened<typeof vi>;
export type Language = "vi" | "en";
