"""Running a conference: the only place with a clock, new ids and a queue."""
