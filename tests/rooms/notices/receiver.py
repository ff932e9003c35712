"""A real HTTP server on this machine that takes webhooks and answers as it is told."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self

from standardwebhooks import Webhook


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    def verified_by(self, secret: str) -> bool:
        """Whether the receiver's library accepts the request with this secret."""
        from standardwebhooks.webhooks import WebhookVerificationError

        try:
            Webhook(secret).verify(self.body, self.headers)
        except WebhookVerificationError:
            return False
        return True


class Receiver:
    """Listens while in its block. `answers` are the statuses to give, one after another; then 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[int] = []
        self.before_answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook?shop=1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append(Request(self.path, headers, body))
                receiver.before_answer(self)
                status = receiver.answers.pop(0) if receiver.answers else 200
                answer = f"answered {status}".encode()
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                if status in {301, 302, 307}:
                    self.send_header("location", receiver.url)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        return Handler
