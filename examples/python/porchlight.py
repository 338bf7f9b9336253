"""
Porchlight's local API for a Python app, over nothing but the standard library: call contacts and be called by them. See README.md.

Everything that fails raises `PorchlightError`; branch on its `code`.
"""
import http.client, json, os, socket, urllib.parse
from websocket import Closed, HandshakeRefused, WebSocket


class PorchlightError(Exception):
    """`code` is a row of docs/errors.md; with APP, `reason` is a word of the protocol's own."""

    def __init__(self, code, reason="", message=""):
        super().__init__(f"{code} {reason}: {message}" if reason else f"{code}: {message}")
        self.code, self.reason = code, reason


def error_in(told):
    return PorchlightError(str(told.get("code", "INTERNAL")), str(told.get("reason") or ""), str(told.get("detail") or told.get("message") or ""))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Porchlight:
    """One app of one household. Calls may be made from several threads; each has its own connection."""

    def __init__(self, token, url=None, home=None):
        """@param url  http://127.0.0.1:PORT of the daemon; without it, the socket below `home` (default: where the daemon looks, too)"""
        self._url = urllib.parse.urlsplit(url) if url else None
        self._path = socket_in(home or default_home())
        self._at = url or self._path
        self.token = token

    def who(self):
        return self._json("GET", "/v1/app")

    def contacts(self):
        return self._json("GET", "/v1/contacts")["contacts"]

    def grants(self):
        return self._json("GET", "/v1/app/grants")["grants"]

    def ask(self, **wanted):
        """Asks for a grant: to, protocol, location, why, expMs; manifest where no app of this household serves the protocol."""
        return self._json("POST", "/v1/app/asks", wanted)

    def call(self, contact, protocol, method, payload=b"", location="", deadline_ms=None, retry=False):
        """One answer to one message, both bytes. `retry` is for queries: the daemon may send them twice."""
        more = {"retry": "true"} if retry else {}
        return self._request("POST", call_path(contact, protocol, method, location, deadline_ms, more), payload, "application/octet-stream")

    def stream(self, contact, protocol, method, payload=b"", location="", deadline_ms=None):
        """A call with messages both ways; a `Call`."""
        return self._open(call_path(contact, protocol, method, location, deadline_ms, {}), payload)

    def subscribe(self, contact, protocol, method, payload=b"", location="", deadline_ms=None):
        """A call in which only the other side goes on speaking; a `Call`, to be iterated."""
        return self._open(call_path(contact, protocol, method, location, deadline_ms, {"oneway": "true"}), payload)

    def serve(self, protocol, definition, manifest, target, secret):
        """Registers where this app answers; `server.serve` has the other half."""
        self._json("PUT", f"/v1/app/serves{protocol}", {"definition": definition, "manifest": manifest, "target": target, "secret": secret})

    def serve_no_more(self, protocol):
        self._json("DELETE", f"/v1/app/serves{protocol}")

    def events(self):
        """What happens from now on, as dicts (server-sent events)."""
        connection = self._connection()
        connection.request("GET", "/v1/events", headers=self._headers())
        for line in connection.getresponse():
            if line.startswith(b"data:"):
                yield json.loads(line[5:])

    def _headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def _connection(self):
        return http.client.HTTPConnection(self._url.hostname, self._url.port) if self._url else UnixConnection(self._path)

    def _json(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self._request(method, path, data, "application/json"))

    def _request(self, method, path, body, kind):
        connection = self._connection()
        try:
            try:
                connection.request(method, path, body, {**self._headers(), "Content-Type": kind})
            except BrokenPipeError:
                # The daemon answers before it has read a message that is too long; the answer says so.
                pass
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise PorchlightError("CLOSED", "", f"no daemon at {self._at}: {error}") from None
        finally:
            connection.close()
        if answer.status >= 300:
            raise problem(answer.status, data)
        return data

    def _open(self, path, payload):
        connection = self._connection()
        try:
            connection.connect()
            host = f"{self._url.hostname}:{self._url.port}" if self._url else "localhost"
            call = Call(WebSocket.connect(connection.sock, host, path, self._headers()))
        except HandshakeRefused as refused:
            raise problem(refused.status, refused.body) from None
        except OSError as error:
            raise PorchlightError("CLOSED", "", f"no daemon at {self._at}: {error}") from None
        call.send(payload)
        return call


def default_home():
    """$PORCHLIGHT_HOME, otherwise below the XDG data directory, which has to be absolute to count."""
    data = os.environ.get("XDG_DATA_HOME", "")
    return os.environ.get("PORCHLIGHT_HOME") or os.path.join(data if os.path.isabs(data) else os.path.expanduser("~/.local/share"), "porchlight")


def socket_in(home):
    """A home whose path is too long for a socket has the path of the socket in a file."""
    try:
        with open(os.path.join(home, "run/socket-path"), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return os.path.join(home, "run/api.sock")


def problem(status, body):
    """The error of an answer (RFC 9457)."""
    try:
        return error_in(json.loads(body))
    except (ValueError, AttributeError):
        return PorchlightError("INTERNAL", "", f"HTTP {status}")


def call_path(contact, protocol, method, location, deadline_ms, more):
    query = {"location": location, **({} if deadline_ms is None else {"deadlineMs": deadline_ms}), **more}
    return f"/v1/contacts/{urllib.parse.quote(contact, safe='')}/call{protocol}/{method}?{urllib.parse.urlencode(query)}"


class Call:
    """A call under way: send messages, iterate over those that come. `closing` is the closing message once it has ended, if there was one."""

    def __init__(self, socket_):
        self._socket, self.closing = socket_, None

    def send(self, message):
        self._socket.send(message)

    def end(self):
        """Nothing more comes from here; the other side may go on."""
        self._socket.send('{"end":true}')

    def cancel(self):
        self._socket.cut()

    def __iter__(self):
        is_closing = False
        while True:
            try:
                message = self._socket.receive()
            except Closed as gone:
                raise PorchlightError("CLOSED", "", str(gone)) from None
            if isinstance(message, bytes):
                if not is_closing:
                    yield message
                else:
                    self.closing = message
                continue
            told = json.loads(message)
            is_closing = is_closing or told.get("closing") is True
            if "code" in told:
                self._socket.close()
                raise error_in(told)
            if told.get("end"):
                self._socket.close()
                return
