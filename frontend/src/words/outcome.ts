// What is said beside a button after it was pressed (nothing when it was done), and where no item is dealt with.
import type { Outcome } from "../wire/live";
import type { Sections } from "../wire/types";
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

/** What stands in the place of the agenda's item while none is being dealt with. */
export function stageWords(told: Partial<Sections>, words: Words): string {
  const stage = told.conference?.stage;
  return stage === undefined || stage === "open" ? words.agenda.none : words.stages[stage];
}
