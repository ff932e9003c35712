"""Registration of routes: who may, what was sent, once only, in which language, and the entry in the reference.

A route's function takes a `Call` and the ids in its path, and returns a `Reply` (or a whole response, for files). The
three kinds of route differ in what they do to the world: `reads` nothing, `writes` something once per key,
`settles` something that is the same however often it is asked.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from ninja import Router
from pydantic import BaseModel

from makewhole.doors.api.frame.bodies import read_bytes, read_json, wrong_media_type
from makewhole.doors.api.frame.callers import EVERYONE, Standing
from makewhole.doors.api.frame.calls import Reply, begin, finish
from makewhole.doors.api.frame.describe import Operation, describe
from makewhole.doors.api.frame.faults import Nothing, Shape, read_shape
from makewhole.doors.api.frame.once import answered_once
from makewhole.doors.api.frame.problems import Problem
from makewhole.doors.api.frame.queries import NoQuery, read_query

Handler = Callable[..., Reply | HttpResponseBase]
Reader = Callable[..., Any]
Register = Callable[[Handler], Handler]
View = Callable[..., HttpResponseBase]


def reads(
    router: Router,
    path: str,
    *,
    answers: type[BaseModel] | str,
    example: Any,
    who: frozenset[Standing] = EVERYONE,
    query: type[Shape] = NoQuery,
    versioned: bool = False,
    refusals: tuple[int, ...] = (),
) -> Register:
    """Register a GET route. `answers` is the shape of its JSON, or the media type of a file."""
    operation = Operation(
        "GET", path, who, answers, example, query=query, versioned=versioned, refusals=refusals
    )  # fmt: skip

    def register(handler: Handler) -> Handler:
        def view(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            call = begin(request, who, writing=False)
            call = call._replace(query=read_query(request, query))
            return finish(call, handler(call, **ids))

        return _mount(router, operation, handler, view)

    return register


def writes(
    router: Router,
    path: str,
    *,
    answers: type[BaseModel],
    example: Any,
    body: type[Shape] | Mapping[str, Any] = Nothing,
    body_example: Any = None,
    read: Reader | None = None,
    who: frozenset[Standing] = EVERYONE,
    status: int = 200,
    also: tuple[int, ...] = (),
    versioned: bool = False,
) -> Register:
    """Register a POST route that needs an Idempotency-Key: one effect and one answer, in one transaction.

    The body is read as the shape `body`, or, where a core room owns the schema, by `read` (which gets the value and
    the ids in the path). Input that cannot be read keeps no receipt: it may be mended under the same key.
    """
    operation = Operation(
        "POST", path, who, answers, example, body=body, body_example=body_example or {}, status=status, also=also,
        once=True, versioned=versioned,
    )  # fmt: skip
    reader = read or shape_reader(body)

    def register(handler: Handler) -> Handler:
        def view(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            call = begin(request, who, writing=True)
            read_query(request, NoQuery)
            value, raw = read_json(request)
            call = call._replace(body=reader(value, **ids))
            return answered_once(call, raw, lambda: handler(call, **ids))  # type: ignore[arg-type, return-value]

        return _mount(router, operation, handler, view)

    return register


def settles(
    router: Router,
    method: str,
    path: str,
    *,
    answers: type[BaseModel] | str | None,
    example: Any,
    body: type[Shape] | str = Nothing,
    body_example: Any = None,
    bytes_max: int = 0,
    who: frozenset[Standing] = EVERYONE,
    status: int = 200,
    changes: bool = True,
    refusals: tuple[int, ...] = (),
) -> Register:
    """Register a route that is idempotent by itself, so it needs no key.

    `body` is a shape of JSON, or the media type of bytes: at most `bytes_max` are read, or none where that is 0 (then
    the function reads them itself). `changes` is False for a question whose input does not fit into an address.
    """
    operation = Operation(
        method, path, who, answers, example, body=body, body_example=body_example or {}, status=status,
        refusals=refusals,
    )  # fmt: skip

    def register(handler: Handler) -> Handler:
        def view(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            call = begin(request, who, writing=changes)
            read_query(request, NoQuery)
            if not isinstance(body, str):
                call = call._replace(body=read_shape(body, read_json(request)[0]))
            elif request.content_type != body:
                raise wrong_media_type(body)
            elif bytes_max:
                call = call._replace(body=read_bytes(request, bytes_max))
            return finish(call, handler(call, **ids))

        return _mount(router, operation, handler, view)

    return register


def shape_reader(body: type[Shape] | Mapping[str, Any]) -> Reader:
    """Reads a JSON value as a shape. Raises TypeError for a schema, whose owner must give a reader."""
    if not isinstance(body, type):
        raise TypeError("a body described by a schema needs its own reader")
    return lambda value, **ids: read_shape(body, value)


def _mount(router: Router, operation: Operation, handler: Handler, view: View) -> Handler:
    """Give the router a view that has the handler's name, words and path parameters."""
    ids = list(inspect.signature(handler).parameters.values())[1:]
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)
    view.__name__ = handler.__name__
    view.__module__ = handler.__module__
    view.__doc__ = handler.__doc__
    view.__signature__ = inspect.Signature([first, *ids])  # type: ignore[attr-defined]
    mount(router, operation, view)
    return handler


MOUNTED: dict[str, dict[str, View]] = {}
"""Every route's view, by path and method."""


def mount(router: Router, operation: Operation, view: View) -> None:
    """Have the view serve the operation, and the router describe it."""
    router.api_operation([operation.method], operation.path, **describe(operation, view))(view)
    MOUNTED.setdefault(operation.path, {})[operation.method] = view


def patterns() -> list[URLPattern]:
    """The addresses of all routes. They are served without ninja, which reads and checks more than is needed here."""
    return [
        path(route.lstrip("/").replace("{", "<").replace("}", ">"), dispatch(views)) for route, views in MOUNTED.items()
    ]


def dispatch(views: Mapping[str, View]) -> View:
    """One view for all methods of an address; HEAD is answered as GET without its body (RFC 9110, 9.3.2)."""
    taken = {*views, "HEAD"} if "GET" in views else {*views}

    def by_method(request: HttpRequest, **ids: Any) -> HttpResponseBase:
        method = request.method or ""
        view = views.get("GET" if method == "HEAD" else method)
        if view is None:
            raise Problem("method-not-allowed", headers={"Allow": ", ".join(sorted(taken))})
        response = view(request, **ids)
        if method == "HEAD" and isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return by_method
