"""The directory: which units, halls and people there are. What they do is the journal's."""
