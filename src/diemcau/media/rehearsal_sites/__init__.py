"""Rehearsal sites: halls that are not there, for demonstrations, rehearsals and measuring."""
