"""As much of WebRTC as it takes to receive from Janus, or to send to it: ICE, DTLS, and SRTP for one sender.

A receiver answers connectivity checks, shakes hands, then reads and counts every packet. It does not decrypt
them: what is compared is the server's cost. It is no browser and asks for nothing again.
"""

import hashlib
import hmac
import os
import re
import secrets
import socket
import struct
import zlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

_COOKIE = 0x2112A442
_REQUEST, _SUCCESS = 0x0001, 0x0101
_USERNAME, _INTEGRITY, _PRIORITY, _USE, _XOR_ADDRESS = 0x0006, 0x0008, 0x0024, 0x0025, 0x0020
_FINGERPRINT, _CONTROLLING = 0x8028, 0x802A
_CRC_MASK = 0x5354554E
_RECORD = 13
_BUFFER = 4 * 2**20
_TAG = {b"SRTP_AES128_CM_SHA1_80": 10, b"SRTP_AEAD_AES_128_GCM": 16, b"SRTP_AEAD_AES_256_GCM": 16}
_KEPT = "rtpmap|fmtp|mid|rtcp-fb|extmap"
AS_CHROMIUM = b"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"
AS_SENDER = b"SRTP_AES128_CM_SHA1_80"


class Identity:
    """The certificate of a process, and the SSL context that shows it."""

    def __init__(self, profiles: bytes) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
        now = datetime.now(UTC)
        draft = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        made = draft.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        certificate = made.sign(key, hashes.SHA256())
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        self.context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_verify(SSL.VERIFY_PEER, lambda *_: True)  # who it is does not matter to a load
        self.context.set_tlsext_use_srtp(profiles)


class Peer:
    """One connection. `packets` and `size` count the RTP that came and its payload."""

    def __init__(self, identity: Identity, host: str) -> None:
        self.packets = 0
        self.size = 0
        self.is_up = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self.socket.bind((host, 0))
        self.socket.settimeout(0)
        self._identity = identity
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._remote = ("", "")
        self._to: tuple[str, int] | None = None
        self._tls = SSL.Connection(identity.context, None)
        self._tls.set_connect_state()
        self._tls.set_ciphertext_mtu(1200)
        self._begun = False
        self._tag = 10
        self._buffer = bytearray(2048)

    @property
    def profile(self) -> str:
        """Which SRTP was chosen."""
        return self._tls.get_selected_srtp_profile().decode()

    def keys(self) -> bytes:
        """Return the master key and salt for what this side sends by AES-128."""
        material = self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", 60)
        return bytes(material[0:16] + material[32:46])

    def answer(self, offer: str) -> str:
        """Return the answer to an offer: everything is received."""
        return self._described(offer, direction="recvonly")

    def offer(self, media: str) -> str:
        """Return an offer of what is sent; `media` has an `m=` line and its own attributes."""
        return self._described(media, direction="sendonly")

    def heed(self, description: str) -> None:
        """Note how the other side proves itself and, if it says so, where it is."""
        ufrag = re.search(r"^a=ice-ufrag:(\S+)", description, re.MULTILINE)
        password = re.search(r"^a=ice-pwd:(\S+)", description, re.MULTILINE)
        if ufrag and password:
            self._remote = (ufrag[1], password[1])
        found = re.search(
            r"^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", description, re.MULTILINE | re.IGNORECASE
        )
        if found:
            self._to = (found[1], int(found[2]))

    def check(self) -> None:
        """Ask the other side whether it hears this one, and nominate the way."""
        if self._to is None:
            return
        name = f"{self._remote[0]}:{self._ufrag}".encode()
        body = _attribute(_USERNAME, name) + _attribute(_CONTROLLING, os.urandom(8))
        body += _attribute(_PRIORITY, struct.pack(">I", 0x6E7F00FF)) + _attribute(_USE, b"")
        self.socket.sendto(_stun(_REQUEST, os.urandom(12), body, self._remote[1]), self._to)

    def read(self) -> None:
        """Take everything that came."""
        while True:
            try:
                length, sender = self.socket.recvfrom_into(self._buffer)
            except BlockingIOError:
                return
            first = self._buffer[0]
            if first >= 128:  # noqa: PLR2004 - RFC 7983
                self._count(length)
            elif first < 4:  # noqa: PLR2004 - RFC 7983
                self._stun(bytes(self._buffer[:length]), sender)
            else:
                self._tls.bio_write(bytes(self._buffer[:length]))
                self._shake_hands()

    def send(self, packet: bytes) -> None:
        """Send a packet that is encrypted already."""
        if self._to is not None:
            self.socket.sendto(packet, self._to)

    def again(self) -> None:
        """Repeat a flight of the handshake that was lost."""
        if self._begun and not self.is_up:
            self._tls.DTLSv1_handle_timeout()
            self._flush()

    def _count(self, length: int) -> None:
        head = self._buffer
        if 192 <= head[1] <= 223:  # noqa: PLR2004 - RTCP, by RFC 5761
            return
        begins = 12 + 4 * (head[0] & 0x0F)
        if head[0] & 0x10:
            begins += 4 + 4 * int.from_bytes(head[begins + 2 : begins + 4], "big")
        self.packets += 1
        self.size += length - begins - self._tag

    def _stun(self, message: bytes, sender: tuple[str, int]) -> None:
        kind, number = struct.unpack(">H", message[:2])[0], message[8:20]
        if kind == _REQUEST:
            port, host = sender[1] ^ (_COOKIE >> 16), socket.inet_aton(sender[0])
            hidden = bytes(a ^ b for a, b in zip(host, struct.pack(">I", _COOKIE), strict=True))
            body = _attribute(_XOR_ADDRESS, struct.pack(">BBH", 0, 1, port) + hidden)
            self.socket.sendto(_stun(_SUCCESS, number, body, self._password), sender)
        self._to = sender
        if not self._begun:
            self._begun = True
            self._shake_hands()

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            pass
        else:
            if not self.is_up:
                self._tag = _TAG[self._tls.get_selected_srtp_profile()]
            self.is_up = True
        self._flush()

    def _flush(self) -> None:
        try:
            flight = self._tls.bio_read(2**16)
        except SSL.WantReadError:
            return
        while flight and self._to is not None:
            length = _RECORD + int.from_bytes(flight[11:13], "big")
            self.socket.sendto(flight[:length], self._to)
            flight = flight[length:]

    def _described(self, other: str, *, direction: str) -> str:
        sections = re.split(r"^(?=m=)", other.replace("\r", ""), flags=re.MULTILINE)[1:]
        mids = [_line(section, "mid") for section in sections]
        head = f"v=0\no=- {secrets.randbelow(10**9)} 1 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE {' '.join(mids)}\n"
        return (head + "".join(self._section(section, direction) for section in sections)).replace("\n", "\r\n")

    def _section(self, other: str, direction: str) -> str:
        host, port = self.socket.getsockname()
        own_stream = "|ssrc" if direction == "sendonly" else ""
        kept = [line for line in other.split("\n") if re.match(rf"a=({_KEPT}{own_stream}):", line)]
        own = (
            f"c=IN IP4 {host}",
            *kept,
            f"a={direction}",
            "a=rtcp-mux",
            f"a=ice-ufrag:{self._ufrag}",
            f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {self._identity.fingerprint}",
            "a=setup:active",
            f"a=candidate:1 1 udp 2130706431 {host} {port} typ host",
            "a=end-of-candidates",
        )
        return other.split("\n", 1)[0] + "\n" + "\n".join(own) + "\n"


def own_address() -> str:
    """Return an address of this machine that is not loopback, which Janus leaves out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return "127.0.0.1"
        return str(asking.getsockname()[0])


def _line(section: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S+)", section, re.MULTILINE)
    return found[1] if found else "0"


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _stun(kind: int, number: bytes, body: bytes, password: str) -> bytes:
    """Return a message with its integrity and fingerprint (RFC 8489, sections 14.5 and 14.7)."""

    def head(length: int) -> bytes:
        return struct.pack(">HHI", kind, length, _COOKIE) + number

    digest = hmac.new(password.encode(), head(len(body) + 24) + body, hashlib.sha1).digest()
    body += _attribute(_INTEGRITY, digest)
    crc = zlib.crc32(head(len(body) + 8) + body) ^ _CRC_MASK
    return head(len(body) + 8) + body + _attribute(_FINGERPRINT, struct.pack(">I", crc))
