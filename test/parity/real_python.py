"""What this Python's own ssl answers to a chain, in a real handshake between two memory buffers.

One JSON request a line: {"chain": PEM, "key": PEM, "anchors": PEM, "host": str, "nocn": bool}
One JSON answer a line: {"code": n, "message": str} (0 = accepted), or {"skip": why} when there was no such handshake.
The first line printed is [Python version, OpenSSL version, verify flags].
"""

import json
import os
import ssl
import sys
import tempfile


def handshake(request, folder):
    files = {}
    for name in ("chain", "key"):
        files[name] = os.path.join(folder, name)
        with open(files[name], "w") as file:
            file.write(request[name])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.create_default_context(cadata=request["anchors"])
    client.hostname_checks_common_name = not request["nocn"]
    try:
        server.set_ciphers("ALL:@SECLEVEL=0")
        server.load_cert_chain(files["chain"], files["key"])
    except ssl.SSLError as error:
        return {"skip": str(error)}
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    here = client.wrap_bio(to_client, to_server, server_hostname=request["host"])
    done = False
    for _ in range(20):
        for side in (here, there):
            try:
                side.do_handshake()
                if side is here:
                    done = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError as error:
                return {"code": error.verify_code, "message": error.verify_message}
            except ssl.SSLError as error:
                return {"skip": str(error)}
        if done:
            return {"code": 0, "message": "ok"}
    return {"skip": "no end"}


print(json.dumps([sys.version.split()[0], ssl.OPENSSL_VERSION, int(ssl.create_default_context().verify_flags)]), flush=True)
with tempfile.TemporaryDirectory() as folder:
    for line in sys.stdin:
        try:
            result = handshake(json.loads(line), folder)
        except Exception as error:
            result = {"skip": repr(error)}
        print(json.dumps(result), flush=True)
