"""Ed25519 signatures and X25519 secrets, RFC 8032 section 5.1 and RFC 7748, in extended coordinates. For checking only: its time depends on what it works on."""
import functools, hashlib
from refusal import Refused

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NOTHING = (0, 1, 1, 0)


def add(a, b):
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    z, t = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, t - z, t + z, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a):
    x, y, z = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2] % P
    h = x + y
    e, g = h - (a[0] + a[1]) ** 2 % P, x - y
    f = z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def sum_of(one, a, other, b):
    """one * a + other * b, over the bits of both scalars at once."""
    both, total = add(a, b), NOTHING
    for bit in range(max(one.bit_length(), other.bit_length()) - 1, -1, -1):
        total = double(total)
        pair = (one >> bit & 1) + 2 * (other >> bit & 1)
        if pair:
            total = add(total, (a, b, both)[pair - 1])
    return total


def times(scalar, point):
    return sum_of(scalar, point, 0, NOTHING)


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def negative(a):
    return -a[0] % P, a[1], a[2], -a[3] % P


def point(raw):
    """The point that 32 bytes stand for, in their one encoding."""
    if len(raw) != 32:
        raise Refused("key")
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * ROOT % P if (x * x - square) % P else x
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise Refused("key")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def packed(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=1024)
def sound_key(raw):
    """The point of a public key. A torsion point is refused: one signature would fit many messages."""
    key = point(raw)
    if same(key, NOTHING) or not same(times(L, key), NOTHING):
        raise Refused("key")
    return key


def verify(raw, message, signature):
    """Whether the signature is that of the key. Refuses a key that is none."""
    key = sound_key(raw)
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + raw + message).digest(), "little") % L
    try:
        return same(sum_of(scalar, BASE, challenge, negative(key)), point(signature[:32]))
    except Refused:
        return False


def scalar_of(seed):
    raw = bytearray(hashlib.sha512(seed).digest()[:32])
    raw[0], raw[31] = raw[0] & 248, raw[31] & 127 | 64
    return int.from_bytes(raw, "little")


def public_key(seed):
    return packed(times(scalar_of(seed) % L, BASE))


def shared_secret(seed, other):
    """What X25519 gives for the two keys moved to its curve: the u of seed times the other key."""
    _, y, z, _ = times(scalar_of(seed), point(other))
    return ((z + y) * pow(z - y, P - 2, P) % P).to_bytes(32, "little")
