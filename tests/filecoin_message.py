"""Signs Filecoin messages with secp256k1 keys, for tests that act as a wallet. Independent of the program under test;
not for real keys: the arithmetic is slow and not constant in time.

Sources: SEC 2 (curve), SEC 1 §4.1 (ECDSA), go-address (addresses), Lotus' chain/types/message_fuzz (encoding as DAG-CBOR),
go-state-types crypto (65 bytes: r, s, recovery).
"""
import base64
import hashlib
import json

# secp256k1: the prime of the field, the order of the group, the generator.
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def add(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(point, scalar):
    out = None
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point = add(point, point)
        scalar >>= 1
    return out


def sign_digest(key, digest):
    """65 bytes; the nonce follows from key and digest, because a test must not draw random numbers."""
    secret, z = int.from_bytes(key, "big"), int.from_bytes(digest, "big")
    k = int.from_bytes(hashlib.sha512(key + digest).digest(), "big") % (N - 1) + 1
    x, y = multiply(G, k)
    r = x % N
    s = pow(k, -1, N) * (z + r * secret) % N
    recovery = y & 1
    if s > N // 2:
        s, recovery = N - s, recovery ^ 1
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([recovery])


def blake2b(data, size=32):
    return hashlib.blake2b(data, digest_size=size).digest()


def address_bytes(text):
    """Protocol and payload of a t1 or t3 address, without the checksum."""
    raw = text[2:].upper()
    payload = base64.b32decode(raw + "=" * (-len(raw) % 8))[:-4]
    return bytes([int(text[1])]) + payload


def head(major, value):
    """The head of a CBOR item: major type and value."""
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << 8 * size:
            return bytes([major << 5 | code]) + value.to_bytes(size, "big")
    raise ValueError(value)


def byte_string(data):
    return head(2, len(data)) + data


def token_amount(text):
    value = int(text)
    return byte_string(b"" if value == 0 else b"\0" + value.to_bytes((value.bit_length() + 7) // 8, "big"))


def cid_bytes(message):
    """The bytes of the CID of a message without parameters, as the JSON of Lotus' API gives it."""
    encoded = b"".join([head(4, 10), head(0, 0), byte_string(address_bytes(message["To"])),
                        byte_string(address_bytes(message["From"])), head(0, message["Nonce"]),
                        token_amount(message["Value"]), head(0, message["GasLimit"]),
                        token_amount(message["GasFeeCap"]), token_amount(message["GasPremium"]), head(0, 0),
                        byte_string(b"")])
    return bytes.fromhex("0171a0e40220") + blake2b(encoded)


def private_key(exported):
    """The key of a `lotus wallet export`."""
    record = json.loads(bytes.fromhex(exported))
    assert record["Type"] == "secp256k1", record["Type"]
    return base64.b64decode(record["PrivateKey"])


def signed(message, exported):
    """The message as Filecoin.MpoolPush takes it."""
    signature = sign_digest(private_key(exported), blake2b(cid_bytes(message)))
    return {"Message": message, "Signature": {"Type": 1, "Data": base64.b64encode(signature).decode()}}


def f410(address):
    """The text of an f410 address on a test network (docs/protocol/fvm.md §1.2)."""
    payload = bytes([10]) + bytes.fromhex(address)
    check = blake2b(bytes([4]) + payload, 4)
    return "t410f" + base64.b32encode(payload[1:] + check).decode().lower().rstrip("=")
