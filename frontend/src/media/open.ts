// What a page has of sound and picture: one line, and what uses it.
import type { MediaAddress } from "../wire/http";
import { Link } from "./link.svelte";
import { connectTransport, hasTransport } from "./moq";
import { ProgramWatch } from "./program.svelte";
import { Reach } from "./reach";
import { connectSocket } from "./socket";
import { Talkback } from "./talk.svelte";
import { WallWatch } from "./wall.svelte";

export interface PageMedia {
  readonly program: ProgramWatch;
  readonly wall: WallWatch;
  readonly talk: Talkback;
}

/** `own`: the site whose desk this is, if it is one. */
export function openMedia(address: () => Promise<MediaAddress>, own: string | null): PageMedia {
  const reach = new Reach({
    hasTransport,
    transport: connectTransport,
    socket: connectSocket,
    now: () => performance.now(),
  });
  const link = new Link(address, reach);
  return { program: new ProgramWatch(link), wall: new WallWatch(link), talk: new Talkback(link, own) };
}
