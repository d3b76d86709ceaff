# Asks the way a real client asks, and says what it answered, as one line of JSON. No third-party import unless asked for.
# usage: probe.py requests|ssl URL BUNDLE CONNECT_HOST CONNECT_PORT [PROXY]
import json
import os
import socket
import ssl
import sys

kind, url, bundle, host, port = sys.argv[1:6]
proxy = sys.argv[6] if len(sys.argv) > 6 else None
bundle = bundle or None
# A client certificate and its key, when there is one to show.
cert = os.environ.get("PROBE_CERT")
key = os.environ.get("PROBE_KEY") or cert
try:
    from urllib.parse import urlsplit
except ImportError:
    from urlparse import urlsplit
name = urlsplit(url).hostname

if host:
    real = socket.getaddrinfo

    def pinned(asked, asked_port, *rest, **more):
        if asked == name:
            asked = host
        return real(asked, asked_port, *rest, **more)

    socket.getaddrinfo = pinned


def answer(error):
    seen = set()
    said = {"ok": False, "code": None, "message": None, "text": str(error)}
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, getattr(ssl, "SSLCertVerificationError", ())):
            said["code"] = error.verify_code
            said["message"] = error.verify_message
            break
        # urllib3 1.26 compares names itself and raises its own error.
        if type(error).__name__ == "CertificateError" and "doesn't match" in str(error):
            said["code"] = "name"
            break
        nested = [arg for arg in getattr(error, "args", ()) if isinstance(arg, BaseException)]
        error = getattr(error, "reason", None) or (nested[0] if nested else None) or error.__cause__ or error.__context__
        if not isinstance(error, BaseException):
            error = None
    return said


try:
    if kind == "requests":
        import requests

        session = requests.Session()
        session.trust_env = False
        if proxy:
            session.proxies = {"https": proxy}
        session.get(url, verify=bundle or True, cert=(cert, key) if cert else None, timeout=5)
    else:
        context = ssl.create_default_context(cafile=bundle)
        if cert:
            context.load_cert_chain(cert, key)
        with socket.create_connection((host or name, int(port)), timeout=5) as raw:
            with context.wrap_socket(raw, server_hostname=name) as wrapped:
                wrapped.sendall(b"HEAD / HTTP/1.0\r\nHost: x\r\n\r\n")
                if not wrapped.recv(64):
                    raise OSError("the connection was closed without an answer")
    print(json.dumps({"ok": True, "code": 0, "message": None, "text": None}))
except Exception as error:
    print(json.dumps(answer(error)))
