// The kinds of item that a conclusion has, in the order in which they are read out.
import type { ConclusionSection, DraftItem, ItemLine } from "../wire/types";

export const COUNT_NAMES = ["lesson", "term_task", "breakthrough", "year_task", "solution_group"] as const;
export type CountName = (typeof COUNT_NAMES)[number];

const KINDS: Record<CountName, Pick<DraftItem, "kind" | "horizon">> = {
  lesson: { kind: "lesson", horizon: null },
  term_task: { kind: "task", horizon: "term" },
  breakthrough: { kind: "breakthrough", horizon: "term" },
  year_task: { kind: "task", horizon: "year" },
  solution_group: { kind: "solution_group", horizon: null },
};

export function kindOf(name: CountName): Pick<DraftItem, "kind" | "horizon"> {
  return KINDS[name];
}

export function countOf(conclusion: ConclusionSection | undefined, name: string): number | null {
  return conclusion?.counts.find((one) => one.count_name === name)?.declared ?? null;
}

export function itemsOf(conclusion: ConclusionSection | undefined, name: string): readonly ItemLine[] {
  return conclusion?.items.filter((one) => one.count_name === name) ?? [];
}

export function foundOf(conclusion: ConclusionSection | undefined, name: string): number {
  return itemsOf(conclusion, name).length;
}

export function isAgreed(conclusion: ConclusionSection | undefined): boolean {
  return (
    conclusion !== undefined &&
    conclusion.items.length > 0 &&
    conclusion.counts.every((one) => one.declared === one.found)
  );
}
