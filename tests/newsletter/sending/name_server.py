"""A small name server on loopback: real DNS messages over UDP, from a table."""

import socketserver
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[str, dict[str, list[str]]]


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, socket = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        server: NameServer = self.server.owner
        server.asked.append((name, kind))
        if name in server.silent:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        known = server.zone.get(name)
        if name in server.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif known is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif kind in known:
            response.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *known[kind]))
        socket.sendto(response.to_wire(), self.client_address)


class NameServer:
    """Answers from `zone` ({name: {type: [data]}}); what is not in it does not exist. `silent` names get no answer."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Answer)
        self._server.daemon_threads = True
        self._server.owner = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
