"""How spans are made and sent, by OpenTelemetry's SDK; imported by project.tracing alone, where somebody takes them.

The SDK's own variables (OTEL_*) decide on the rest: service, sampler, time-outs, how many spans wait. They wait for a
thread of the process's own, which a fork does not inherit; what it cannot send, and what no longer fits, is lost.
"""

import contextlib
import functools
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from http import HTTPMethod, HTTPStatus
from types import MappingProxyType
from typing import Any

from celery import Task
from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun, worker_process_shutdown
from django.http import HttpRequest, HttpResponse
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.env import environment
from core.tracking import request_id, traceparent
from core.web import Next
from project import VERSION

HEADER = "traceparent"
LAST_MS = 2_000  # in which a process that ends sends what waits: a collector that is away holds up no restart
PROBES = ("/healthz", "/readyz", "/metrics")  # asked every few seconds, by nobody


def prepare() -> None:
    """Load now what would hold up the first request; start nothing that a fork would lose.

    Raises:
        ValueError: if a variable of the exporter's is not understood.
    """
    os.environ.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", environment().otlp_endpoint)  # the SDK reads no `…_FILE`
    OTLPSpanExporter()


class _Processor(BatchSpanProcessor):
    """Waits LAST_MS at the end, where the SDK's own waits for 30 s."""

    def shutdown(self) -> None:
        self._batch_processor.shutdown(timeout_millis=LAST_MS)


def _tracer() -> Tracer:
    """This process's; a forked child gets one of its own."""
    return _provider(os.getpid()).get_tracer("photophore", VERSION)


@functools.cache
def _provider(process_id: int) -> TracerProvider:
    ours = {
        "service.name": "photophore",
        "service.version": VERSION,
        "service.instance.id": f"{environment().node}.{process_id}",
    }
    provider = TracerProvider(resource=Resource.create(ours).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(_Processor(OTLPSpanExporter()))
    return provider


@contextlib.contextmanager
def following(
    name: str, traces: Collection[str], *, sends: bool = False, numbers: Mapping[str, int] = MappingProxyType({})
) -> Iterator[list[str]]:
    """See `project.tracing.following`. A task that is sent in here follows the trace if it is one; many have no one."""
    attributes = {f"photophore.{key}": number for key, number in numbers.items()}
    kind = SpanKind.PRODUCER if sends else SpanKind.CONSUMER
    spans = [_tracer().start_span(name, _within(trace), kind, attributes) for trace in dict.fromkeys(traces)]
    sampled = [header for span in spans if (header := _header(span))]
    token = traceparent.set(sampled[0] if len(sampled) == 1 else "")
    try:
        yield sampled
    except Exception as error:
        for span in spans:
            _fail(span, type(error).__name__)  # its text may quote a row
        raise
    finally:
        traceparent.reset(token)
        for span in spans:
            span.end()


def _within(header: str) -> Context:
    return TraceContextTextMapPropagator().extract({HEADER: header}, Context())


def _header(span: Span) -> str:
    at = span.get_span_context()
    return f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}" if at.trace_flags.sampled else ""


def _fail(span: Span, error: str) -> None:
    span.set_status(StatusCode.ERROR)
    span.set_attribute("error.type", error)


def middleware(get_response: Next) -> Next:
    """See `project.middleware.tracing_middleware`."""

    async def traced(request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            return await get_response(request)
        span = _tracer().start_span(_method(request), _within(request.headers.get(HEADER, "")), SpanKind.SERVER)
        token = traceparent.set(_header(span))
        try:
            response = await get_response(request)
            _tell(span, request, response)
            return response
        finally:
            traceparent.reset(token)
            span.end()

    return traced


def _method(request: HttpRequest) -> str:
    """Its method, unless it is one that somebody has made up."""
    return request.method if request.method in HTTPMethod.__members__ else "HTTP"  # type: ignore[return-value]


def _tell(span: Span, request: HttpRequest, response: HttpResponse) -> None:
    """What was asked for as the route, for an address may name people."""
    span.set_attribute("photophore.request_id", request_id.get())
    span.set_attribute("http.request.method", _method(request))
    span.set_attribute("http.response.status_code", response.status_code)
    if request.resolver_match:
        route = f"/{request.resolver_match.route}"
        span.update_name(f"{_method(request)} {route}")
        span.set_attribute("http.route", route)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _fail(span, str(response.status_code))


_tasks: dict[str, ExitStack] = {}  # under way, by id


@before_task_publish.connect
def send_along(headers: dict[str, Any], **_: Any) -> None:
    """Name in a task the span that sends it, if its trace is sampled."""
    if current := traceparent.get():
        headers[HEADER] = current


@task_prerun.connect
def begin_task(task_id: str, task: Task[Any, Any], **_: Any) -> None:
    """Follow whoever sent it."""
    _tasks[task_id] = ExitStack()
    if sender := task.request.get(HEADER):
        _tasks[task_id].enter_context(following(f"task {task.name}", [sender]))


@task_failure.connect
def fail_task(task_id: str, exception: Exception, **_: Any) -> None:
    """End it as failed."""
    if task_id in _tasks:
        _tasks[task_id].__exit__(type(exception), exception, None)


@task_postrun.connect
def end_task(task_id: str, **_: Any) -> None:
    """End it, unless it has failed."""
    _tasks.pop(task_id).close()


@worker_process_shutdown.connect
def end_process(**_: Any) -> None:
    """Send what waits: a forked worker of Celery's ends without Python's own end."""
    _provider(os.getpid()).shutdown()
