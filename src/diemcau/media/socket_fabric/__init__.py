"""The media fabric over a WebSocket, for guests that WebTransport or UDP doesn't reach.

`conversation` is one session, the same at both ends; `serving` makes a guest of it, `calling` a
link. `messages` says what goes over the wire, `outgoing` what goes first and what is spared,
`answering` sends what the other side reads, `asking` reads from it. No port is opened here: the
web server brings the wire. Everything fits the port (`media.fabric`), and the contract test holds
it there.
"""

from diemcau.media.socket_fabric.calling import WebsocketsWire, connect_socket
from diemcau.media.socket_fabric.serving import SocketKnock
from diemcau.media.socket_fabric.wire import Wire, WireGone

__all__ = ["SocketKnock", "WebsocketsWire", "Wire", "WireGone", "connect_socket"]
