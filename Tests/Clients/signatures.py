"""Webhooks take what the carriers' own SDKs sign, and of every change to it only what those SDKs take as well.

The carriers are named behind the server's address, since the SDK of SignalWire needs an older one of Twilio.
"""

import hashlib
import http.client
import os
import re
import sys
from urllib.parse import parse_qsl, urlsplit

from served import base, expect

public = os.environ["PUBLIC_URL"]
form_type = "application/x-www-form-urlencoded"
call = "callId=000000000000000000000000"
form = (
    "CallSid=CA00000000000000000000000000000000&CallStatus=ringing&From=%2B14155550100&To=%2B14156560012&Empty="
    "&Name=Ren%C3%A9e+%E4%BD%A0%20%F0%9F%98%80&Twice=2&Twice=1&Twice=2&%C3%9C=%26%3D%25&CallerCity=SAN+FRANCISCO"
)


class Values:
    """The values of a form as web frameworks hand them to the SDKs; a name may come more than once."""

    def __init__(self, text):
        self.pairs = parse_qsl(text, keep_blank_values=True)

    def __iter__(self):
        return iter(name for name, _ in self.pairs)

    def __len__(self):
        return len(self.pairs)

    def getlist(self, name):
        return [value for other, value in self.pairs if other == name]

    def items(self):
        # The SDK of Twilio that SignalWire's stands on asks for these; a pair that comes again counts once for both.
        return sorted(set(self.pairs))

    def lists(self):
        return {name: self.getlist(name) for name in self}


class Twilio:
    name, header, key = "twilio", "X-Twilio-Signature", "TWILIO_AUTH_TOKEN"
    nonce = {}

    def __init__(self):
        from twilio.request_validator import RequestValidator

        self.validator = RequestValidator(os.environ[self.key])

    def sign(self, url, body, kind):
        return self.validator.compute_signature(url, Values(body) if kind == form_type else {})

    def takes(self, url, body, kind, signature):
        try:
            return self.validator.validate(url, Values(body) if kind == form_type else body, signature)
        except TypeError:
            # It throws where the address has no digest of a body of JSON.
            return False


class SignalWire(Twilio):
    name, header, key = "signalwire", "X-SignalWire-Signature", "SIGNALWIRE_SIGNING_KEY"

    def __init__(self):
        from signalwire.request_validator import RequestValidator

        self.validator = RequestValidator(os.environ[self.key])

    def sign(self, url, body, kind):
        if kind == form_type:
            return self.validator.build_signature_with_compatibility(url, Values(body))
        return self.validator.build_signature(url, body)

    def takes(self, url, body, kind, signature):
        if kind == form_type and self.validator.validate(url, Values(body), signature):
            return True
        # What is signed so is signed in hexadecimal digits. The SDK reads a body such as 0 as JSON that is empty too.
        return re.fullmatch("[0-9a-f]{40}", signature) and self.validator.validate(url, body, signature)


class Plivo:
    name, header, key = "plivo", "X-Plivo-Signature-V3", "PLIVO_AUTH_TOKEN"
    nonce = {"X-Plivo-Signature-V3-Nonce": "05429567804466091622"}

    def __init__(self):
        from plivo.utils import signature_v3

        self.sdk, self.token = signature_v3, os.environ[self.key]

    def values(self, body, kind):
        return Values(body).lists() if kind == form_type else {}

    def sign(self, url, body, kind):
        signed = self.sdk.construct_post_url(url, self.values(body, kind)).decode()
        return self.sdk.get_signature_v3(self.token, signed, *self.nonce.values()).decode()

    def takes(self, url, body, kind, signature):
        try:
            return self.sdk.validate_v3_signature(
                "POST", url, *self.nonce.values(), self.token, signature, self.values(body, kind)
            )
        except Exception:
            # It throws where the address is none.
            return False


connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)


def status(carrier, target, body, kind, signature):
    fields = {"Content-Type": kind, carrier.header: signature, **carrier.nonce}
    connection.request("POST", target, body.encode(), fields)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def is_encoded(text):
    """Whether every percent sign has its digits: what has not is refused, though the SDKs guess what it means."""
    return not re.search("%(?![0-9A-Fa-f]{2})", text)


def flipped(text):
    """The text with each byte changed, and with each byte left out."""
    for index, letter in enumerate(text):
        yield text[:index] + chr(ord(letter) ^ 1) + text[index + 1 :]
        yield text[:index] + text[index + 1 :]


def changed(body):
    """A form with each of its values left out, doubled, renamed, prolonged and moved."""
    parts = body.split("&")
    for index, part in enumerate(parts):
        rest = parts[:index] + parts[index + 1 :]
        name, _, value = part.partition("=")
        for new in [], [part, part], ["x" + part], [part + "0"], [name + "=", value], [part + "&extra=1"]:
            yield "&".join(parts[:index] + new + parts[index + 1 :])
        yield "&".join(rest + [part])


def judge(carrier, title, path, body, kind):
    right = carrier.sign(public + path, body, kind)
    expect(f"{carrier.name}, {title}", status(carrier, path, body, kind, right), 200)
    counts = [0, 0]

    def try_out(target, body, signature):
        taken = status(carrier, target, body, kind, signature)
        wanted = bool(carrier.takes(public + target, body, kind, signature))
        if wanted and not (is_encoded(target) and is_encoded(body)):
            wanted = False
        if (taken == 200) != wanted:
            sys.exit(
                f"{carrier.name}, {title}: {taken}, and the SDK {'takes' if wanted else 'refuses'}: "
                f"{target} {body} {signature}"
            )
        counts[wanted] += 1

    for signature in flipped(right):
        try_out(path, body, signature)
    for signature in "", right + "=", right.lower(), right.upper(), right[::-1]:
        try_out(path, body, signature)
    for other in flipped(body):
        try_out(path, other, right)
    for other in changed(body) if kind == form_type else []:
        try_out(path, other, right)
    start, _, query = path.partition("?")
    for other in flipped(query):
        # A blank or the sign for a fragment ends the address.
        if re.fullmatch("[!-~]*", other) and "#" not in other:
            try_out(f"{start}?{other}", body, right)
    for other in changed(query):
        try_out(f"{start}?{other}", body, right)
    # What is signed for another address is no good at this one, but for the port that the scheme has anyhow.
    host = public.removeprefix("https://")
    for origin in f"http://{host}", f"https://{host}:8443", f"https://{host}:80", f"https://{host}:443", "https://x", "":
        try_out(path, body, carrier.sign(origin + path, body, kind))
    for target in start, start.replace("status", "answer") + "?" + query, path.replace("/status", "//status"):
        try_out(path, body, carrier.sign(public + target, body, kind))
    if not counts[0]:
        sys.exit(f"{carrier.name}, {title}: nothing was refused")
    print(f"{carrier.name}, {title}: {counts[0]} changes refused, {counts[1]} taken, as by the SDK")


known = {"twilio": Twilio, "plivo": Plivo, "signalwire": SignalWire}
for name in sys.argv[2:] or ["twilio", "plivo"]:
    carrier = known[name]()
    path = f"/webhooks/{name}/status?{call}"
    judge(carrier, "a form", path, form, form_type)
    judge(carrier, "a query with repeats", path + "&a=2&a=1&b=x+y%2Bz%26&c=", form[:60], form_type)
    judge(carrier, "a query alone", path + "&d=1", "", form_type)
    if name == "twilio":
        body = '{"a": [1, "two"]}'
        judge(
            carrier, "JSON", f"{path}&bodySHA256={hashlib.sha256(body.encode()).hexdigest()}", body, "application/json"
        )
    if name == "signalwire":
        judge(carrier, "JSON", path, '{"a":"b"}', "application/json")
    if name == "plivo":
        from base64 import b64encode
        import hmac

        # The second kind covers neither query nor values, and is refused unless it is asked for.
        url, nonce = (public + path).partition("?")[0], "05429567804466091622"
        second = b64encode(hmac.new(carrier.token.encode(), (url + nonce).encode(), hashlib.sha256).digest()).decode()
        from plivo.utils import validate_signature

        expect("Plivo's second kind, by the SDK", validate_signature(public + path, nonce, second, carrier.token), True)
        carrier.header, carrier.nonce = "X-Plivo-Signature-V2", {"X-Plivo-Signature-V2-Nonce": nonce}
        expect("Plivo's second kind", status(carrier, path, form, form_type, second), 403)
