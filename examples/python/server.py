"""The other half of serving: the daemon calls this app at a local address, and says who calls."""
import hmac, json, secrets, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from porchlight import PorchlightError, error_in
from websocket import Closed, WebSocket, accept_of

LONGEST = 960 * 1024


class Caller:
    """Who calls, as the daemon found it: nothing of it comes from the caller's own words."""

    def __init__(self, headers):
        text = lambda name: urllib.parse.unquote(headers.get(f"Porchlight-{name}", ""))
        self.protocol, self.household, self.contact, self.device = text("Protocol"), text("Household"), text("Contact"), text("Device")
        self.location, self.scopes, self.deadline_ms = text("Location"), text("Scopes").split(), int(text("Deadline-Ms") or 0)


class Messages:
    """The caller's side of a subscription or stream: iterate over what it sends, send what it gets."""

    def __init__(self, socket, payload):
        self._socket, self.payload = socket, payload

    def send(self, message):
        self._socket.send(message)

    def __iter__(self):
        while isinstance(message := self._socket.receive(), bytes):
            yield message
        told = json.loads(message)
        if "code" in told:
            raise error_in(told)

    def finish(self, closing):
        if closing:
            self._socket.send('{"closing":true}')
            self._socket.send(closing)
        self._socket.send('{"end":true}')
        self._socket.close()

    def fail(self, error):
        self._socket.send(json.dumps({"code": error.code, "reason": error.reason}))
        self._socket.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Answers are small and one write each: without this each would wait for the acknowledgement of the last.
    disable_nagle_algorithm = True

    def do_POST(self):
        """A query or procedure: the body is the message, the answer the answer."""
        # What of a request was not read is not the next request.
        self.close_connection, closes = True, self.close_connection
        try:
            handler, payload = self._handler("unary"), self._payload()
            self.close_connection = closes
            self._answer(200, "application/octet-stream", handler(payload, Caller(self.headers)) or b"")
        except PorchlightError as error:
            self._answer(422 if error.code == "APP" else 400, "application/problem+json", json.dumps({"code": error.code, "reason": error.reason}).encode())

    def do_GET(self):
        """A subscription or stream: a WebSocket whose first message is the payload of the call."""
        try:
            handler = self._handler("stream")
        except PorchlightError as error:
            return self._answer(403, "application/problem+json", json.dumps({"code": error.code}).encode())
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept_of(self.headers["Sec-WebSocket-Key"]))):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        socket = WebSocket(self.connection, self.rfile, False)
        try:
            messages = Messages(socket, socket.receive())
            try:
                messages.finish(handler(messages, Caller(self.headers)))
            except PorchlightError as error:
                messages.fail(error)
        except Closed:
            # The caller went, or its grant ended: there is nobody to tell.
            pass

    def _handler(self, kind):
        # Only the daemon knows the secret: without this check any program here could speak in a contact's name.
        said = self.headers.get("Authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {self.server.secret}".encode()):
            raise PorchlightError("DENIED")
        found = self.server.handlers.get((kind, self.path.rsplit("/", 1)[-1]))
        if found is None:
            raise PorchlightError("BAD_REQUEST")
        return found

    def _payload(self):
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            raise PorchlightError("BAD_REQUEST")
        if int(length) > LONGEST:
            raise PorchlightError("TOO_LARGE")
        return self.rfile.read(int(length))

    def _answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        # A caller that went away in the middle of an answer is no fault of the app.
        pass


def listen(handlers, secret=None, port=0):
    """
    Answers calls on 127.0.0.1, in the background. Returns the server; `server.url` and `server.secret` go into the registration.

    @param handlers  {("unary", METHOD): f(payload, caller) → bytes, ("stream", METHOD): f(messages, caller) → closing bytes or None}
    """
    server = Server(("127.0.0.1", port), Handler)
    server.handlers, server.secret = handlers, secret or secrets.token_urlsafe(32)
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
