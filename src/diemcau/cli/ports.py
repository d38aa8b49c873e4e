"""Ports of this machine: which are taken, and which is the next free one."""

import socket


def why_taken(host: str, port: int, kind: socket.SocketKind) -> str | None:
    """Say why a port can't be opened now, or nothing if it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as trial:
        if kind is socket.SOCK_STREAM:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as fault:
            return fault.strerror or str(fault)
    return None


def next_free(host: str, first: int, kind: socket.SocketKind, *, tries: int = 50) -> int:
    """Return the first free port from `first` on; `first` itself if none of them is."""
    return next((port for port in range(first, first + tries) if why_taken(host, port, kind) is None), first)
