"""Playing a plan's run of show over real sockets, with rehearsal sites, for people to see and for checks."""
