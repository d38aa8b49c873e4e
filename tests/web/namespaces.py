"""A network of its own with a wire to this one, for whoever comes from another machine. Only root may make one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A namespace: its name, our end of the wire, and its own."""

    name: str
    here: str
    there: str

    def block_udp(self) -> None:
        """Let nothing that comes over UDP arrive there, without a word to anybody."""
        _ip("-n", self.name, "rule", "add", "pref", "1", "iif", "uplink", "ipproto", "udp", "blackhole")
        _ip("-n", self.name, "rule", "add", "pref", "2", "lookup", "local")
        _ip("-n", self.name, "rule", "delete", "pref", "0")


@contextmanager
def a_namespace(net: int) -> Iterator[Elsewhere]:
    """Make a namespace that reaches this one by a wire of its own; `net`: a number for each kind of test."""
    net_of_this_run = f"10.{net}.{os.getpid() % 250}"  # no other test that runs now has it
    name, wire = f"diemcau-{net}-{os.getpid()}", f"d{net}c{os.getpid()}"
    made = Elsewhere(name=name, here=f"{net_of_this_run}.1", there=f"{net_of_this_run}.2")
    _ip("netns", "add", name)
    try:
        _ip("link", "add", wire, "type", "veth", "peer", "name", "uplink", "netns", name)
        _ip("address", "add", f"{made.here}/30", "dev", wire)
        _ip("link", "set", wire, "up")
        _ip("-n", name, "address", "add", f"{made.there}/30", "dev", "uplink")
        _ip("-n", name, "link", "set", "uplink", "up")
        _ip("-n", name, "link", "set", "lo", "up")
        yield made
    finally:
        _ip("netns", "delete", name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
