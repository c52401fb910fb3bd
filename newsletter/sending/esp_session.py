"""HTTP to a mail service, that knows whether a request has left this machine. Nothing is ever asked twice."""

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Wire:
    """Whether an octet of the present request was written. Until then nobody can have taken the mail."""

    has_left = False


class WatchedAdapter(HTTPAdapter):
    """Without retries, and with connections that tell the wire when a request begins to leave.

    Which exception comes out says too little: a broken TLS handshake and a connection lost after the request look
    the same from outside.
    """

    def __init__(self, wire: Wire) -> None:
        self._pools = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, wire),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, wire),
        }
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args, **options) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args, **options):
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def watch(session: requests.Session, wire: Wire) -> requests.Session:
    """Let a session tell the wire; it follows no redirect, since that could ask for the same thing again."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, WatchedAdapter(wire))
    session.max_redirects = 0
    return session


def _pool(pool: type, connection: type, wire: Wire) -> type:
    class Watched(connection):
        _is_connecting = False

        def connect(self) -> None:
            self._is_connecting = True
            try:
                super().connect()
            finally:
                self._is_connecting = False

        def send(self, data) -> None:
            if self.sock is None and self.auto_open:
                self.connect()
            if not self._is_connecting:  # what a proxy is asked for first is not yet our request
                wire.has_left = True
            super().send(data)

    return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": Watched})
