"""The record of a device: tree and proofs of RFC 6962, signed notes and checkpoints of C2SP. protocols/consent/SPEC.md, "Record"."""
import base64, hashlib, re
from ed25519 import verify
from refusal import Refused
from signed import raw_key_of


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(peaks, size, leaf):
    """The roots of the complete subtrees, largest first, after one more leaf."""
    peaks = list(peaks)
    while size & 1:
        leaf, size = node_hash(peaks.pop(), leaf), size >> 1
    return [*peaks, leaf]


def root_of(peaks):
    """The root of the tree over these complete subtrees (RFC 6962, 2.1)."""
    if not peaks:
        return hashlib.sha256().digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def proves_inclusion(index, size, leaf, proof, root):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def proves_consistency(first, second, first_root, second_root, proof):
    """RFC 9162, 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            newer = node_hash(newer, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and older == first_root and newer == second_root


def open_note(note, device, longest=4096):
    """The lines of a note that the device signed, in the one form that a note has."""
    key = raw_key_of(device)
    text, gap, signature = note.rpartition("\n\n")
    lines, text = text.split("\n"), text + "\n"
    found = re.fullmatch(r"— ([A-Za-z0-9./-]{1,200}) ([A-Za-z0-9+/]+={0,2})\n", signature)
    if not gap or len(note) > longest or not found or found[1] != lines[0] or any(char != "\n" and (char < " " or char == "\x7f") for char in text):
        raise Refused("note")
    try:
        blob = base64.b64decode(found[2], validate=True)
    except ValueError:
        raise Refused("note") from None
    key_hash = hashlib.sha256(lines[0].encode() + b"\n\1" + key).digest()[:4]
    # Writing it again leaves no room for a second encoding of the base64.
    if base64.b64encode(blob).decode() != found[2] or blob[:4] != key_hash or not verify(key, text.encode(), blob[4:]):
        raise Refused("note")
    return lines


def open_checkpoint(note):
    """Device, size and root of a checkpoint that this device signed."""
    device = note.partition("\n")[0].removeprefix("porchlight/log/")
    try:
        lines = open_note(note, device)
        root = base64.b64decode(lines[2], validate=True)
    except (Refused, ValueError, IndexError, UnicodeEncodeError):
        raise Refused("checkpoint") from None
    if (len(lines) != 3 or lines[0] != f"porchlight/log/{device}" or not re.fullmatch("[1-9][0-9]{0,15}", lines[1]) or int(lines[1]) >= 2**53
            or len(root) != 32 or base64.b64encode(root).decode() != lines[2]):
        raise Refused("checkpoint")
    return device, int(lines[1]), root
