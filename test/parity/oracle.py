"""X509_verify_cert of this machine's libcrypto, asked through ctypes.

One JSON request a line on stdin, one JSON answer a line on stdout:
  {"leaf": b64, "untrusted": [b64], "anchors": [b64], "at": epoch, "level": 2, "strict": bool, "partial": bool,
   "host": str | null, "ip": bool, "nocn": bool, "client": bool, "repeat": n}
  -> {"code": n, "depth": n | null, "all": [[code, depth], ...], "chain": [index of the certificate or -1], "seconds": s}
`code` is the answer of a verification that stops at the first error; `all` comes from one that goes on.
A leaf that cannot be decoded is answered with {"unreadable": true}; other undecodable certificates are left out.
The first line printed is the library's version.
"""

import base64
import ctypes
import ctypes.util
import json
import sys
import time

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
P = ctypes.c_void_p


def declare(name, result, *arguments):
    function = getattr(crypto, name)
    function.restype, function.argtypes = result, arguments
    return function


version = declare("OpenSSL_version", ctypes.c_char_p, ctypes.c_int)
d2i = declare("d2i_X509", P, P, ctypes.POINTER(P), ctypes.c_long)
free_cert = declare("X509_free", None, P)
up_ref = declare("X509_up_ref", ctypes.c_int, P)
stack_new = declare("OPENSSL_sk_new_null", P)
stack_push = declare("OPENSSL_sk_push", ctypes.c_int, P, P)
stack_num = declare("OPENSSL_sk_num", ctypes.c_int, P)
stack_value = declare("OPENSSL_sk_value", P, P, ctypes.c_int)
stack_free = declare("OPENSSL_sk_free", None, P)
store_new = declare("X509_STORE_new", P)
store_add = declare("X509_STORE_add_cert", ctypes.c_int, P, P)
store_free = declare("X509_STORE_free", None, P)
ctx_new = declare("X509_STORE_CTX_new", P)
ctx_init = declare("X509_STORE_CTX_init", ctypes.c_int, P, P, P, P)
ctx_default = declare("X509_STORE_CTX_set_default", ctypes.c_int, P, ctypes.c_char_p)
ctx_param = declare("X509_STORE_CTX_get0_param", P, P)
ctx_error = declare("X509_STORE_CTX_get_error", ctypes.c_int, P)
ctx_depth = declare("X509_STORE_CTX_get_error_depth", ctypes.c_int, P)
ctx_chain = declare("X509_STORE_CTX_get0_chain", P, P)
ctx_free = declare("X509_STORE_CTX_free", None, P)
verify_cert = declare("X509_verify_cert", ctypes.c_int, P)
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, P)
ctx_callback = declare("X509_STORE_CTX_set_verify_cb", None, P, CALLBACK)
set_level = declare("X509_VERIFY_PARAM_set_auth_level", None, P, ctypes.c_int)
set_flags = declare("X509_VERIFY_PARAM_set_flags", ctypes.c_int, P, ctypes.c_ulong)
set_time = declare("X509_VERIFY_PARAM_set_time", None, P, ctypes.c_longlong)
set_hostflags = declare("X509_VERIFY_PARAM_set_hostflags", None, P, ctypes.c_uint)
set_host = declare("X509_VERIFY_PARAM_set1_host", ctypes.c_int, P, ctypes.c_char_p, ctypes.c_size_t)
set_ip = declare("X509_VERIFY_PARAM_set1_ip_asc", ctypes.c_int, P, ctypes.c_char_p)
clear_errors = declare("ERR_clear_error", None)

STRICT, TRUSTED_FIRST, PARTIAL_CHAIN = 0x20, 0x8000, 0x80000
NO_PARTIAL_WILDCARDS, NEVER_CHECK_SUBJECT = 0x4, 0x20

met = []
parsed = {}


@CALLBACK
def go_on(ok, ctx):
    if not ok:
        met.append([ctx_error(ctx), ctx_depth(ctx)])
    return 1


def certificate(text):
    if text not in parsed:
        der = base64.b64decode(text)
        buffer = ctypes.create_string_buffer(der, len(der))
        at = P(ctypes.addressof(buffer))
        found = d2i(None, ctypes.byref(at), len(der))
        # libssl refuses a certificate with something behind it.
        if found and at.value != ctypes.addressof(buffer) + len(der):
            found = None
        parsed[text] = found
    return parsed[text]


def run(request, store, leaf, stack, callback):
    ctx = ctx_new()
    ctx_init(ctx, store, leaf, stack)
    ctx_default(ctx, b"ssl_client" if request.get("client") else b"ssl_server")
    param = ctx_param(ctx)
    set_level(param, request["level"])
    flags = TRUSTED_FIRST
    flags |= STRICT if request.get("strict") else 0
    flags |= PARTIAL_CHAIN if request.get("partial") else 0
    set_flags(param, flags)
    set_time(param, request["at"])
    set_hostflags(param, NO_PARTIAL_WILDCARDS | (NEVER_CHECK_SUBJECT if request.get("nocn") else 0))
    host = request.get("host")
    if host is not None:
        name = host.encode()
        if request.get("ip"):
            set_ip(param, name)
        else:
            set_host(param, name, len(name))
    if callback:
        ctx_callback(ctx, go_on)
    result = verify_cert(ctx)
    return ctx, result


def answer(request):
    clear_errors()
    # No question sees what another one made OpenSSL remember of a certificate.
    for old in parsed.values():
        if old:
            free_cert(old)
    parsed.clear()
    leaf = certificate(request["leaf"])
    if not leaf:
        return {"unreadable": True}
    untrusted = [found for found in map(certificate, request["untrusted"]) if found]
    anchors = [found for found in map(certificate, request["anchors"]) if found]
    store = store_new()
    for anchor in anchors:
        store_add(store, anchor)
    stack = stack_new()
    for one in [leaf, *untrusted]:
        stack_push(stack, one)
    started = time.perf_counter()
    for _ in range(request.get("repeat", 0)):
        ctx_free(run(request, store, leaf, stack, False)[0])
    seconds = time.perf_counter() - started
    ctx, result = run(request, store, leaf, stack, False)
    code = ctx_error(ctx)
    depth = None if code == 0 and result > 0 else ctx_depth(ctx)
    if result <= 0 and code == 0:
        code = 1
    ctx_free(ctx)
    met.clear()
    ctx, _ = run(request, store, leaf, stack, True)
    chain = ctx_chain(ctx)
    known = [leaf, *untrusted, *anchors]
    path = [known.index(value) if value in known else -1 for value in (stack_value(chain, i) for i in range(stack_num(chain)))]
    ctx_free(ctx)
    stack_free(stack)
    store_free(store)
    return {"code": code, "depth": depth, "all": list(met), "chain": path, "seconds": seconds}


print(json.dumps(version(0).decode()), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
