"""Tokens that PyJWT has made: the right one is taken, and no other."""

import base64
import json
import time

import jwt

from served import ask, expect, secret, token


def status(text):
    return ask("GET", "/api/campaigns", headers={"Authorization": "Bearer " + text})[0]


issued = token()
expect("the server's token", status(issued), 200)
claims = jwt.decode(issued, secret, algorithms=["HS256"])
expect("its algorithm", jwt.get_unverified_header(issued)["alg"], "HS256")
now = int(time.time())

expect("the same claims, signed anew", status(jwt.encode(claims, secret, "HS256")), 200)
expect("a token that is over", status(jwt.encode({**claims, "iat": now - 20, "exp": now - 10}, secret, "HS256")), 401)
expect("a token that is not valid yet", status(jwt.encode({**claims, "nbf": now + 3600}, secret, "HS256")), 401)
expect("a token without an end", status(jwt.encode({k: v for k, v in claims.items() if k != "exp"}, secret)), 401)
expect("another key", status(jwt.encode(claims, secret + "!", "HS256")), 401)
expect("no key", status(jwt.encode(claims, None, "none")), 401)
for algorithm in "HS384", "HS512":
    expect(algorithm, status(jwt.encode(claims, secret, algorithm)), 401)

# The header names another algorithm than the one with which it is signed.
_, body, _ = jwt.encode(claims, secret, "HS256").split(".")
for name in "RS256", "none", "None", "hs256", "":
    header = base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode()).rstrip(b"=").decode()
    signature = jwt.encode(claims, secret, "HS256").split(".")[2]
    expect(f"a header that names {name!r}", status(f"{header}.{body}.{signature}"), 401)
    expect(f"a header that names {name!r}, unsigned", status(f"{header}.{body}."), 401)

# Another user under the same signature.
other = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "0" * 24}).encode()).rstrip(b"=").decode()
parts = issued.split(".")
expect("changed claims", status(f"{parts[0]}.{other}.{parts[2]}"), 401)
expect("a user who is not there", status(jwt.encode({**claims, "sub": "0" * 24}, secret, "HS256")), 401)
