"""The server that the clients talk to, and how to ask it: what all scripts here share.

Each script is called with the server's address. DATA_DIR, JWT_SECRET, API_KEYS, TWILIO_AUTH_TOKEN and PUBLIC_URL are
those of the server.
"""

import json
import os
import sys
import urllib.error
import urllib.request

base = sys.argv[1]
key = os.environ["API_KEYS"]
secret = os.environ["JWT_SECRET"]


def ask(method, path, body=None, headers=None, form=None):
    """Asks once, and returns the status and what came."""
    fields = dict(headers or {})
    data = None
    if form is not None:
        data, fields["Content-Type"] = form.encode(), "application/x-www-form-urlencoded"
    elif body is not None:
        data, fields["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(base + path, data, fields, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def expect(what, found, wanted):
    """Compares, and ends the script where it is not as wanted."""
    if found != wanted:
        sys.exit(f"{what}: {found!r}, and not {wanted!r}")
    print(f"{what}: as expected")


def token():
    """A token of the account that the server comes with, as a client gets it."""
    import subprocess

    return subprocess.run(
        [os.environ["SERVER"], "token"], check=True, capture_output=True, text=True, env=os.environ
    ).stdout.strip()
