"""Where the parts meet: a server is put together here, and nothing else is decided here."""
