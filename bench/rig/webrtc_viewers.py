"""A process of WebRTC receivers: `python bench/rig/webrtc_viewers.py URL streaming|videoroom ID COUNT [FEED]`.

A line on standard input asks how many are up and what came so far; the answer is a JSON object a line. It
ends when its standard input ends.
"""

import json
import select
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig.janus import JanusDesk
from rig.webrtc import AS_CHROMIUM, Identity, Peer, own_address

_NAP = 0.004
_KEEP_EVERY = 20.0


def watch(desk: JanusDesk, peer: Peer, *, plugin: str, number: int, feed: int) -> None:
    """Let a peer receive a mountpoint of the Streaming plugin, or a publisher of the VideoRoom."""
    handle = desk.attach(plugin)
    if plugin == "streaming":
        offered = desk.say(handle, {"request": "watch", "id": number})
    else:
        streams = [{"feed": feed}]
        offered = desk.say(handle, {"request": "join", "ptype": "subscriber", "room": number, "streams": streams})
    offer = offered["jsep"]["sdp"]  # type: ignore[index]
    peer.heed(offer)
    desk.say(handle, {"request": "start"}, {"type": "answer", "sdp": peer.answer(offer)})


def main() -> None:
    """Receive until told to stop."""
    url, plugin, number, count, *feed = sys.argv[1:]
    desk = JanusDesk(url)
    identity, host = Identity(AS_CHROMIUM), own_address()
    peers = [Peer(identity, host) for _ in range(int(count))]
    poll = select.epoll()
    poll.register(sys.stdin.fileno(), select.EPOLLIN)
    by_file = {peer.socket.fileno(): peer for peer in peers}
    for file in by_file:
        poll.register(file, select.EPOLLIN)
    for peer in peers:
        watch(desk, peer, plugin=plugin, number=int(number), feed=int(feed[0]) if feed else 0)
        _drain(poll, by_file)
    kept = time.monotonic()
    while _drain(poll, by_file):
        time.sleep(_NAP)
        for peer in peers:
            peer.again()
        if time.monotonic() - kept > _KEEP_EVERY:
            kept = time.monotonic()
            desk.keep()
    desk.close()


def _drain(poll: select.epoll, peers: dict[int, Peer]) -> bool:
    """Read all that came; answer who asks; False if nobody will ask any more."""
    for file, _ in poll.poll(0.02):
        if file in peers:
            peers[file].read()
        elif sys.stdin.readline():
            _tell(list(peers.values()))
        else:
            return False
    return True


def _tell(peers: list[Peer]) -> None:
    up = [peer for peer in peers if peer.is_up]
    told = {
        "up": len(up),
        "packets": sum(peer.packets for peer in peers),
        "fewest": min((peer.packets for peer in peers), default=0),
        "bytes": sum(peer.size for peer in peers),
        "srtp": up[0].profile if up else None,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
