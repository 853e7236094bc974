"""A proxy before an account that kills plumb at a chosen call.

`at` counts the calls that change something, from 1.  Before: the call is never forwarded.  After: it is carried
out, and plumb dies before it can read the answer.
"""
import http.client
import http.server
import os
import signal
import socketserver
import threading
import urllib.parse

READS = ("Get", "List", "Describe", "Head", "Lookup", "AssumeRole", "Simulate")


def operation_of(handler, body):
    """The operation of a request, as far as the wire shows it without a model."""
    target = handler.headers.get("X-Amz-Target", "")
    if target:
        return target.split(".")[-1]
    if handler.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return urllib.parse.parse_qs(body.decode()).get("Action", [""])[0]
    return {"GET": "Get", "HEAD": "Head"}.get(handler.command, handler.command)


class CrashProxy:
    def __init__(self, upstream):
        self.upstream = urllib.parse.urlsplit(upstream)
        self.lock = threading.Lock()
        self.arm(None, 0, False)
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                changing = not operation_of(self, body).startswith(READS)
                if changing and proxy.strike(before=True):
                    return
                status, headers, answer = proxy.forward(self.command, self.path, self.headers, body)
                if changing and proxy.strike(before=False):
                    return
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # plumb was killed in the middle of a request: that is the point

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def arm(self, pid, at, before):
        """Kills `pid` at changing call number `at`; None never kills."""
        with self.lock:
            self.pid, self.at, self.before, self.seen, self.struck = pid, at, before, 0, False

    def strike(self, before):
        with self.lock:
            if before:
                self.seen += 1
            if self.struck:
                return True  # the process is dead: nothing more gets through
            if self.pid is None or self.before != before or self.seen < self.at:
                return False
            self.struck = True
            os.kill(self.pid, signal.SIGKILL)
            return True

    def forward(self, method, path, headers, body):
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        sent = {k: v for k, v in headers.items() if k.lower() not in ("connection", "accept-encoding")}
        connection.request(method, path, body=body or None, headers=sent)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), data

    def close(self):
        self.server.shutdown()
        self.server.server_close()
