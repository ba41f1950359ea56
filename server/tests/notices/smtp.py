"""A mail server that takes one message over STARTTLS, and says how Python's own parser reads it.

smtp.py <certificate.pem> <key.pem>: prints the port, then the message as JSON.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, taken):
        self.taken = taken

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.set_result({
            "tls": session.ssl is not None,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "parts": {part.get_content_type(): part.get_content() for part in message.iter_parts()},
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
        })
        return "250 taken as 7"


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    loop = asyncio.get_running_loop()
    taken = loop.create_future()
    handler = Handler(taken)
    server = await loop.create_server(
        lambda: SMTP(handler, tls_context=context, require_starttls=True, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    message = await asyncio.wait_for(taken, 60)
    print(json.dumps(message), flush=True)
    sys.stdin.read()
    server.close()


asyncio.run(main())
