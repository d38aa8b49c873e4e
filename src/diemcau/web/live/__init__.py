"""A desk's live line: the board as it changes, and what the desk asks."""
