// When the recorder last wrote: read from the playlist of now that televisions watch. Pure.

/** The end of the newest segment or part of an HLS playlist, in ms since 1970; null if it holds no times. */
export function newestOf(playlist: string): number | null {
  let at: number | null = null;
  for (const line of playlist.split("\n")) {
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
      const begun = Date.parse(line.slice(line.indexOf(":") + 1).trim());
      if (!Number.isNaN(begun)) at = begun;
    } else if (line.startsWith("#EXTINF:") && at !== null) at += Number.parseFloat(line.slice(8)) * 1000;
  }
  return at;
}
