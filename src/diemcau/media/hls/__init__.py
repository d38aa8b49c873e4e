"""Looking on over plain HTTP: playlists over the segments that a recorder writes (RFC 8216bis)."""
