"""What the figures share: a server of its own, halls that really send and really receive, and the machine's load."""
