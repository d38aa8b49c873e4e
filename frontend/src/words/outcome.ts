// What is said beside a button after it was pressed: nothing when it was done.
import type { Outcome } from "../wire/live";
import type { Words } from "./words";

export function outcomeWords(outcome: Outcome, words: Words): string {
  switch (outcome.kind) {
    case "done":
      return "";
    case "lost":
      return words.lostAnswer;
    case "unfit":
      return words.unfit(outcome.problem.field ?? outcome.problem.code, outcome.problem.mend ?? "");
    case "refused":
      return refusalWords(outcome.code, words);
  }
}

export function refusalWords(code: string, words: Words): string {
  const known: Readonly<Record<string, string>> = words.refusals;
  return known[code] ?? words.refusedOtherwise(code);
}
