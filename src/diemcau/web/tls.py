"""Certificates: from files, or made here under a root of our own that people can install.

The root stays in the data folder for ten years; the server's certificate is made anew at start
when its names changed or its end is near. Media has certificates of its own.
"""

import contextlib
import ipaddress
import os
import re
import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_LASTS: Final = timedelta(days=3650)
LEAF_LASTS: Final = timedelta(days=397)
RENEWED_BEFORE: Final = timedelta(days=60)
_HOST: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_CLOCKS_DIFFER: Final = timedelta(days=1)


class CertificateUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """A certificate can't be read, made or used; the sentence says how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Files of a certificate chain and its key, in PEM; `authority` is the root to install, if it is ours."""

    chain: Path
    key: Path
    authority: Path | None = None


def given(chain: Path, key: Path) -> Certificate:
    """Return the certificate in two files. Raises `CertificateUnusable` if they can't be used together."""
    for file in (chain, key):
        if not file.is_file():
            message = f"The file {file} is not there: name the PEM files of the certificate and of its key."
            raise CertificateUnusable(message)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, password=_no_password)
    except (ssl.SSLError, ValueError) as fault:
        message = f"The certificate {chain} and the key {key} don't fit together: name a PEM chain and its own key."
        raise CertificateUnusable(message) from fault
    except OSError as fault:
        message = f"The certificate {chain} or the key {key} can't be read ({fault.strerror}): allow the server to."
        raise CertificateUnusable(message) from fault
    return Certificate(chain=chain, key=key)


def self_made(folder: Path, names: Sequence[str], at: datetime) -> Certificate:
    """Return a certificate for `names` (hosts and addresses) under the root in `folder`; made as needed."""
    made = Certificate(chain=folder / "server.crt", key=folder / "server.key", authority=folder / "ca.crt")
    wanted = [_general(name) for name in names]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        root, root_key = _root(folder, at)
        if not _is_good(made, root, wanted, at):
            key = ec.generate_private_key(ec.SECP256R1())
            leaf = _leaf(root, root_key, key, wanted, at)
            _write(made.key, _pem(key), 0o600)
            _write(made.chain, leaf.public_bytes(serialization.Encoding.PEM), 0o644)
    except OSError as fault:
        message = f"Certificates in {folder} can't be read or written ({fault.strerror}): let the server's user do so."
        raise CertificateUnusable(message) from fault
    except (ValueError, TypeError) as fault:
        message = f"A certificate in {folder} is damaged: restore the folder, or empty it and install the new root."
        raise CertificateUnusable(message) from fault
    return made


def _root(folder: Path, at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / "ca.crt", folder / "ca.key"
    if file.exists() and key_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = "the root's key is of another kind"
            raise TypeError(message)
        return x509.load_pem_x509_certificate(file.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Điểm Cầu {secrets.token_hex(4)}")])
    usage = _usage(signs_certificates=True)
    root = (
        _builder(name, name, key, at, at + ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key), 0o600)
    _write(file, root.public_bytes(serialization.Encoding.PEM), 0o644)
    return root, key


def _leaf(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    names: Sequence[x509.GeneralName],
    at: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Điểm Cầu")])
    until = min(at + LEAF_LASTS, root.not_valid_after_utc)
    return (
        _builder(subject, root.subject, key, at, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCKS_DIFFER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(made: Certificate, root: x509.Certificate, names: Sequence[x509.GeneralName], at: datetime) -> bool:
    """Say whether the certificate that is there is under this root, for these names, and lasts a while."""
    if not (made.chain.exists() and made.key.exists()):
        return False
    leaf = x509.load_pem_x509_certificate(made.chain.read_bytes())
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    lasts = leaf.not_valid_after_utc - at
    fresh = lasts > RENEWED_BEFORE or leaf.not_valid_after_utc == root.not_valid_after_utc
    return fresh and set(found) == set(names) and _is_signed_by(leaf, root)


def _is_signed_by(leaf: x509.Certificate, root: x509.Certificate) -> bool:
    identifier = x509.AuthorityKeyIdentifier
    issuer = leaf.extensions.get_extension_for_class(identifier).value.key_identifier
    own = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return issuer == own


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        host = name.encode("idna").decode("ascii")
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        message = f"A certificate can't be made for {name!r}: name a host, as hoinghi.example, or an address."
        raise CertificateUnusable(message)
    return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write `file` whole or not at all."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        draft.replace(file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _no_password() -> str:
    """Give none: a key with a password would make the server wait at the terminal."""
    return ""
