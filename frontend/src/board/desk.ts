// A desk as its parts see it: who sits there, what was told, and how to ask.
import { createContext } from "svelte";
import type { ProgramWatch } from "../media/program.svelte";
import type { Talkback } from "../media/talk.svelte";
import type { WallWatch } from "../media/wall.svelte";
import type { DeskDoor, Me } from "../wire/http";
import type { CommandName, Live } from "../wire/live";
import type { Board } from "./board.svelte";

export interface Desk {
  readonly me: Me;
  readonly door: DeskDoor;
  readonly board: Board;
  readonly live: Live;
  readonly program: ProgramWatch;
  readonly wall: WallWatch;
  readonly talk: Talkback;
}

export const [getDesk, setDesk] = createContext<Desk>();

/** Whether the desk may give this command now; the server decides, the page only doesn't offer the rest. */
export function may(board: Board, name: CommandName): boolean {
  return board.sections.may?.commands.includes(name) ?? false;
}
