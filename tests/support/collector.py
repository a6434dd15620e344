"""An OpenTelemetry collector: takes spans over OTLP/HTTP, and keeps them as a test reads them."""

import contextlib
import gzip
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status


@dataclass(frozen=True)
class Span:
    """One span; `trace`, `id` and `parent` in hex, `of` what its process says of itself."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: dict
    failed: bool
    text: str
    of: dict


class Collector:
    """What was sent to `endpoint`."""

    def __init__(self, port):
        self.endpoint = f"http://127.0.0.1:{port}"
        self.begin()

    def begin(self):
        """Forget what came, and what began before now and is still to come."""
        self.spans = []
        self._since = time.time_ns()

    def named(self, name):
        """The spans of a name, in the order in which they came."""
        return [span for span in self.spans if span.name == name]

    def take(self, body):
        """Keep the spans of one export."""
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            of = _values(resource.resource.attributes)
            spans = [span for scope in resource.scope_spans for span in scope.spans]
            self.spans += [_span(span, of) for span in spans if span.start_time_unix_nano >= self._since]


def _span(span, of):
    return Span(
        name=span.name,
        kind=WireSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        text=str(span),
        of=of,
    )


def _values(attributes):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextlib.contextmanager
def collector():
    """One that runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.take(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken = Collector(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
