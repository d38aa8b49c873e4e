"""The journal: what happened, in order, never changed. Rules live in `core`, not here."""
