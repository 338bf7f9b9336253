"""The one exception of this reader."""


class Refused(Exception):
    """Bytes that must not be used. Its text is the word that the specification has for the reason: "signature", "not-canonical"."""
