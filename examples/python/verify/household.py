"""Chains of household documents: who speaks for a household. protocols/household/SPEC.md."""
import hashlib
from refusal import Refused
from schema import CAPABILITIES
from signed import Opened, raw_key_of

# What a device must hold to sign a type; any device in force may sign the others that are named here.
NEEDS = {"grant": "grant", "given": "grant", "resume": "grant", "unblock": "grant"}
ANY = {"manifest", "ask", "receipt", "deny", "block", "pause", "revoke", "renounce", "suspend", "erase", "audit", "checkpoint", "contact"}


def commitment(root):
    return hashlib.sha256(raw_key_of(root)).digest()


def open_document(data):
    document = Opened(data, "document")
    if document.signer != document.body["root"]:
        raise Refused("signer")
    if document.body["next"] == commitment(document.body["root"]):
        raise Refused("document-next")
    return document


def rotates(before, after):
    return before.body["root"] != after.body["root"]


def follow(before, after):
    """Refuses a document that cannot follow the other."""
    if after.body["seq"] != before.body["seq"] + 1:
        raise Refused("document-seq")
    if not rotates(before, after):
        if before.body["next"] != after.body["next"]:
            raise Refused("document-next")
    elif before.body["next"] != commitment(after.body["root"]):
        raise Refused("document-root")


def entry_in(document, device):
    return next((entry for entry in document.body["devices"] if entry["key"] == device), None)


class Chain:
    """What is known of a household. Strict: one object that does not belong refuses the whole."""

    def __init__(self, documents, suspensions):
        if not documents:
            raise Refused("document-missing")
        first = open_document(documents[0])
        if first.body["seq"] != 0:
            raise Refused("document-seq")
        if first.body["prev"] is not None:
            raise Refused("document-prev")
        if len(first.body["devices"]) != 1:
            raise Refused("document-devices")
        self.household, self.known = first.id, {first.id: first}
        waiting = [open_document(data) for data in documents[1:]]
        while waiting:
            ready = [each for each in waiting if each.body["prev"] in self.known]
            if not ready:
                raise Refused("document-prev")
            for document in ready:
                follow(self.known[document.body["prev"]], document)
                self.known[document.id] = document
            waiting = [each for each in waiting if each.id not in self.known]
        self._resolve(first)
        self.suspensions = [self._suspension(data) for data in suspensions]

    def _below(self, starts, goes_on):
        found = list(starts)
        for document in found:
            found += [each for each in self.known.values() if each.body["prev"] == document.id and goes_on(document, each)]
        return found

    def _resolve(self, first):
        """Which documents count, by "Which documents count" of the specification."""
        starts = [first]
        while True:
            epoch = self._below(starts, lambda a, b: not rotates(a, b))
            rotations = [each for each in self.known.values() for a in epoch if each.body["prev"] == a.id and rotates(a, each)]
            if not rotations:
                kept = epoch
                break
            if len({each.body["next"] for each in rotations}) > 1:
                kept = self._below(rotations, lambda a, b: True)
                break
            starts = rotations
        counts = {}
        for document in kept:
            while document is not None and document.id not in counts:
                counts[document.id] = document
                document = self.known.get(document.body["prev"])
        self.head = first
        while len(after := [each for each in counts.values() if each.body["prev"] == self.head.id]) == 1:
            self.head = after[0]
        self.disputed = [each for each in counts.values() if each.body["seq"] > self.head.body["seq"]]
        self.documents = list(counts.values())

    def _suspension(self, data):
        found = Opened(data, "suspend")
        if found.signer != found.body["dev"]:
            raise Refused("signer")
        if found.body["iss"] != self.household:
            raise Refused("suspend-household")
        seen = self.known.get(found.body["doc"])
        if seen is None or seen.body["seq"] != found.body["seq"]:
            raise Refused("suspend-document")
        signer = entry_in(seen, found.signer)
        if signer is None or (signer["exp"] is not None and found.body["at"] >= signer["exp"]):
            raise Refused("suspend-signer")
        if entry_in(seen, found.body["device"]) is None:
            raise Refused("suspend-device")
        return found

    def _listing(self, document, device):
        """The document with which the present listing of a device began; None when the document does not name it."""
        if entry_in(document, device) is None:
            return None
        while True:
            before = self.known.get(document.body["prev"])
            if before is None or rotates(before, document) or entry_in(before, device) is None:
                return document.id
            document = before

    def _is_out(self, device):
        followed = {each.body["prev"] for each in self.disputed}
        ends = [each for each in self.disputed if each.id not in followed] or [self.head]
        reached = lambda end, found: self._listing(end, device) is not None and self._listing(self.known[found.body["doc"]], device) == self._listing(end, device)
        return any(found.body["device"] == device and reached(end, found) for found in self.suspensions for end in ends)

    def devices_in_force(self, now):
        """Devices that speak for the household at that second."""
        found = []
        for entry in self.head.body["devices"]:
            entries = [entry, *(entry_in(each, entry["key"]) for each in self.disputed)]
            if None in entries or self._is_out(entry["key"]):
                continue
            ends = [each["exp"] for each in entries if each["exp"] is not None]
            caps = [cap for cap in CAPABILITIES if all(cap in each["caps"] for each in entries)]
            if not ends or now < min(ends):
                found.append({"key": entry["key"], "caps": caps, "exp": min(ends) if ends else None})
        return found

    def could_sign(self, found):
        """
        Whether the household let the device sign this object of the past. A grant names its document and begins at `nbf`; the others name none,
        so any document counts in which the device's time was not over.
        """
        named, at = found.body.get("doc"), found.body.get("at", found.body.get("nbf", 0))
        for document in self.documents:
            entry = entry_in(document, found.signer) if named in (None, document.id) else None
            if entry is None or (entry["exp"] is not None and at >= entry["exp"]):
                continue
            if found.type in ANY or NEEDS.get(found.type) in entry["caps"]:
                return True
        return False
