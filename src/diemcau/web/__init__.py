"""The door: HTTP and WebSocket. It parses, asks one thing, and answers; it has no rules."""
