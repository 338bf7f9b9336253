"""As much of WebSocket (RFC 6455) as calls need: whole messages, both roles. Python's standard library has none."""
import base64, hashlib, os, struct, threading

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LONGEST = 960 * 1024


def accept_of(key):
    """What a server answers to the key of a client's handshake."""
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


class Closed(Exception):
    """The connection has ended."""


class WebSocket:
    """One end of a connection whose handshake is done. `receive` belongs to one thread, `send` to any."""

    def __init__(self, sock, reader, is_client):
        self._socket, self._reader, self._is_client, self._lock = sock, reader, is_client, threading.Lock()
        self._closing = False

    @classmethod
    def connect(cls, sock, host, path, headers):
        """Makes an open socket a WebSocket. @raises HandshakeRefused with the answer of a server that declines"""
        key = base64.b64encode(os.urandom(16)).decode()
        fixed = {"Host": host, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**fixed, **headers}.items())
        sock.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        reader = sock.makefile("rb")
        status = int(reader.readline().split()[1])
        said = {}
        while (line := reader.readline().decode().strip()):
            name, _, value = line.partition(":")
            said[name.lower()] = value.strip()
        if status != 101:
            raise HandshakeRefused(status, reader.read(int(said.get("content-length", 0))))
        if said.get("sec-websocket-accept") != accept_of(key):
            raise Closed("the answer is not to our handshake")
        return cls(sock, reader, True)

    def send(self, data):
        """Sends a message: bytes as binary, a str as text."""
        self._write(1 if isinstance(data, str) else 2, data.encode() if isinstance(data, str) else data)

    def receive(self):
        """The next message: bytes, or a str for text. @raises Closed"""
        whole, kind = b"", None
        while True:
            opcode, is_last, part = self._frame()
            if opcode == 9:
                self._write(10, part)
            elif opcode == 8:
                self.close()
                raise Closed("closed by the other side")
            elif opcode in (0, 1, 2):
                whole, kind = whole + part, opcode or kind
                if len(whole) > LONGEST:
                    raise Closed("a message that is too long")
                if is_last:
                    return whole.decode() if kind == 1 else whole

    def close(self):
        """Says goodbye, once; what was sent before still arrives."""
        with self._lock:
            already, self._closing = self._closing, True
        if not already:
            try:
                self._write(8, struct.pack(">H", 1000))
            except Closed:
                pass

    def cut(self):
        self._socket.close()

    def _frame(self):
        first, second = self._exactly(2)
        length = second & 127
        if length > 125:
            length = int.from_bytes(self._exactly(2 if length == 126 else 8), "big")
        if length > LONGEST:
            raise Closed("a message that is too long")
        mask = self._exactly(4) if second & 128 else None
        data = self._exactly(length)
        return first & 15, bool(first & 128), masked(data, mask) if mask else data

    def _exactly(self, count):
        try:
            data = self._reader.read(count)
        except (OSError, ValueError):
            data = b""
        if len(data) < count:
            raise Closed("cut off")
        return data

    def _write(self, opcode, data):
        length = len(data)
        size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length) if length < 65536 else b"\x7f" + struct.pack(">Q", length)
        head, mask = bytes([128 | opcode, size[0] | (128 if self._is_client else 0)]) + size[1:], b""
        if self._is_client:
            mask = os.urandom(4)
            data = masked(data, mask)
        with self._lock:
            try:
                self._socket.sendall(head + mask + data)
            except OSError:
                raise Closed("cut off") from None


class HandshakeRefused(Exception):
    def __init__(self, status, body):
        super().__init__(f"HTTP {status}")
        self.status, self.body = status, body


def masked(data, mask):
    """The exclusive or of data and the mask that repeats."""
    if not data:
        return data
    stretched = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stretched, "big")).to_bytes(len(data), "big")
