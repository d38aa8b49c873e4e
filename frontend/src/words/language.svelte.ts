// Which language this desk is read in: the reader's choice if there was one, else the conference's.
import { en } from "./en";
import { vi } from "./vi";
import type { Language, Words } from "./words";

const KEPT = "diemcau.language";

class Reader {
  language = $state<Language>("vi");

  get words(): Words {
    return this.language === "vi" ? vi : en;
  }

  begin(proposed: string): void {
    const kept = recall();
    this.choose(kept ?? (proposed === "en" ? "en" : "vi"));
  }

  switch(): void {
    this.choose(this.language === "vi" ? "en" : "vi");
    keep(this.language);
  }

  choose(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
  }
}

export const reader = new Reader();

export function words(): Words {
  return reader.words;
}

function recall(): Language | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "vi" || kept === "en" ? kept : null;
  } catch {
    return null;
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
