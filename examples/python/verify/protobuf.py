"""As much of the protobuf wire format as Porchlight's messages need: numbers and byte strings."""
from refusal import Refused


def number_at(data, at, shortest=False):
    """A varint and where it ends. With `shortest` another encoding than the shortest is refused."""
    value = shift = 0
    while at < len(data) and shift < 64:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            if shortest and byte == 0 and shift:
                break
            return value, at
        shift += 7
    raise Refused("malformed")


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def prefixed(data):
    return varint(len(data)) + data


def fields(data, shortest=False):
    """Pairs of field number and value in their order; a value is a number or bytes."""
    at = 0
    while at < len(data):
        tag, at = number_at(data, at, shortest)
        value, at = number_at(data, at, shortest)
        if tag & 7 == 2:
            if at + value > len(data):
                raise Refused("malformed")
            value, at = data[at:at + value], at + value
        elif tag & 7 != 0 or tag < 8:
            raise Refused("malformed")
        yield tag >> 3, value


def message(data, shape):
    """
    A message as the vectors write it: bytes in hex, null for an absent message. Fields that the shape does not name are skipped.

    `shape` maps a field number to (name, kind). A kind is int, bool, bytes, str, a function of a text, a list of one kind (repeated),
    a tuple of names (an enum) or a dict (a message).
    """
    found = {name: empty(kind) for name, kind in shape.values()}
    for number, value in fields(data):
        if number in shape:
            name, kind = shape[number]
            found[name] = [*found[name], read(kind[0], value)] if isinstance(kind, list) else read(kind, value)
    return found


def empty(kind):
    if isinstance(kind, (list, dict)):
        return [] if isinstance(kind, list) else None
    return kind[0] if isinstance(kind, tuple) else {int: 0, bool: False}.get(kind, "")


def read(kind, value):
    if isinstance(value, int) != (kind is int or kind is bool or isinstance(kind, tuple)):
        raise Refused("malformed")
    if isinstance(kind, tuple):
        if value >= len(kind):
            raise Refused("malformed")
        return kind[value]
    if kind is int or kind is bool:
        return kind(value)
    if kind is bytes:
        return value.hex()
    if isinstance(kind, dict):
        return message(value, kind)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed") from None
    return text if kind is str else kind(text)
