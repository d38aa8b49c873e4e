"""The media fabric on Media over QUIC: the only package that knows the library `moq`.

`serving` is the node, `calling` the other end, `reading` and `writing` what both do with
broadcasts. Everything here fits the port (`media.fabric`), and the contract test holds it there.
"""

from diemcau.media.moq_fabric.calling import carry_up, connect, publish_here
from diemcau.media.moq_fabric.serving import Certificate, MoqNode

__all__ = ["Certificate", "MoqNode", "carry_up", "connect", "publish_here"]
