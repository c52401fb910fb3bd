"""A mail relay as a process of its own, to be killed: it writes down each mail that it takes, then says so.

    python tests/faults/killable_relay.py PORT FILE [SEED]

One line for each mail in FILE: recipient, Message-ID, octets. The line is written before the answer "250", so whoever
was told that a mail was taken finds it there, also after kill -9 of the relay.
"""

import asyncio
import os
import random
import re
import sys

LONGEST_PAUSE = 0.005
MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")


class Relay:
    """Speaks SMTP with pipelining, and takes a little time for each body, so that kills find it in every stage."""

    def __init__(self, path: str, seed: int) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.random = random.Random(seed)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 relay.example ESMTP\r\n")
            rcpt = b""
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb in (b"EHLO", b"HELO"):
                    writer.write(b"250-relay.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 20000000\r\n")
                elif verb == b"RCPT":
                    rcpt = line.partition(b"<")[2].rpartition(b">")[0]
                    writer.write(b"250 2.1.5 Ok\r\n")
                elif verb == b"DATA":
                    await self.pause()
                    writer.write(b"354 go on\r\n")
                    body = await reader.readuntil(b"\r\n.\r\n")
                    await self.pause()
                    self.write_down(rcpt, body)
                    await self.pause()
                    writer.write(b"250 2.0.0 Ok: queued\r\n")
                elif verb == b"QUIT":
                    writer.write(b"221 2.0.0 Bye\r\n")
                    break
                else:  # MAIL, RSET, NOOP
                    writer.write(b"250 2.0.0 Ok\r\n")
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def pause(self) -> None:
        await asyncio.sleep(self.random.uniform(0, LONGEST_PAUSE / 3))

    def write_down(self, rcpt: bytes, body: bytes) -> None:
        found = MESSAGE_ID.search(body)
        line = b"%s %s %d\n" % (rcpt, found.group(1) if found else b"-", len(body))
        if os.write(self.file, line) != len(line):
            raise OSError("the relay's own disk is full")


async def main(port: int, path: str, seed: int) -> None:
    relay = Relay(path, seed)
    server = await asyncio.start_server(relay.talk, "127.0.0.1", port, limit=50_000_000)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int((sys.argv[3:] or ["0"])[0])))
