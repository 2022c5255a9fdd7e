"""What the dialers send to carriers is what the carriers' own SDKs send when they are asked for the same.

Servers of their own call through a carrier on this machine, which writes down what arrives and answers one order with
silence, so that the call has to be found again. Then an SDK is asked to send each request, and the two are compared.
The carriers are named behind the server's address, since the SDK of SignalWire needs an older one of Twilio.
"""

import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from served import expect

account, token = "MA0123456789ABCDEFGH", "0123456789abcdef0123456789abcdef"


class Carrier(http.server.ThreadingHTTPServer):
    """Writes down what arrives. The answer to every second order is lost."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Window)
        self.requests, self.orders, self.lock = [], 0, threading.Lock()
        self.base = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, address):
        pass


class Window(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        if len(body) < length:
            # Libcurl begins to send again what was lost with a connection, and is stopped before the body.
            self.close_connection = True
            return
        server, place = self.server, urlsplit(self.path)
        is_order = self.command == "POST" and re.search("/Call(s.json|/)$", place.path)
        with server.lock:
            server.requests.append((self.command, self.path, dict(self.headers), body))
            server.orders += bool(is_order)
            number = server.orders
        if is_order and number % 2 == 0:
            self.close_connection = True
            return
        unknown = "f" * 8 + "-0000-0000-0000-" + "f" * 12
        if self.command == "GET" and place.path.endswith("/Calls.json"):
            # Another call that might be the one that is looked for.
            names = "account_sid annotation answered_by api_version caller_name duration end_time forwarded_from from "
            names += "from_formatted group_sid parent_call_sid phone_number_sid price price_unit queue_time start_time "
            names += "subresource_uris to to_formatted trunk_sid uri date_updated"
            call = dict.fromkeys(names.split()) | {"sid": "CA" + "f" * 32, "status": "queued"}
            call |= {"direction": "outbound-api", "date_created": formatdate()}
            answer = {"calls": [call], "next_page_uri": None}
        elif self.command == "GET" and place.path.endswith("/Events.json"):
            answer = {"events": [], "next_page_uri": None}
        elif self.command == "GET" and place.path.endswith("/Call/"):
            answer = {"api_id": "1", "calls": [unknown], "objects": [], "meta": {"next": None}}
        else:
            answer = {
                "sid": f"CA{number:032x}", "request_uuid": f"00000000-0000-0000-0000-{number:012x}",
                "status": "queued", "api_id": "1", "message": "call fired",
            }
        text = json.dumps(answer).encode()
        self.send_response(201 if is_order else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = handle_one


def ordered(carrier, name):
    """Lets a server place two calls with a carrier, and waits until it has looked for the one that was lost."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "PORT": "0", "DATA_DIR": folder, "CARRIER": name, "LEGAL_HOURS": "off", "DEFAULT_CALLER_ID": "+14155550100",
            "PUBLIC_URL": "https://calls.example.com", "TWILIO_ACCOUNT_SID": account, "TWILIO_AUTH_TOKEN": token,
            "TWILIO_BASE_URL": carrier.base, "PLIVO_AUTH_ID": account, "PLIVO_AUTH_TOKEN": token,
            "PLIVO_BASE_URL": carrier.base, "SIGNALWIRE_SPACE": "example", "SIGNALWIRE_PROJECT_ID": account,
            "SIGNALWIRE_API_TOKEN": token, "SIGNALWIRE_BASE_URL": carrier.base,
        }
        with open(os.path.join(folder, "out"), "w+", encoding="utf-8") as out:
            server = subprocess.Popen([os.environ["SERVER"]], env={**os.environ, **settings}, stdout=out)
            try:
                base = until("the server listens", lambda: address(out.name))
                own = {"x-api-key": os.environ["API_KEYS"], "Content-Type": "application/json"}

                def ask(path, body):
                    request = urllib.request.Request(base + path, json.dumps(body).encode(), own, method="POST")
                    try:
                        with urllib.request.urlopen(request, timeout=60) as answer:
                            return json.load(answer)
                    except urllib.error.HTTPError as error:
                        sys.exit(f"{path}: {error.code} {error.read().decode()}")

                values = {
                    "campaign_name": "Ordered", "agent_id": "theirs", "caller_id": "+14155551234", "calling_hours_start": "00:00",
                    "calling_hours_end": "23:59", "amd_enabled": True, "csv_data": [],
                }
                for number in "+14156560012", "+14156560013":
                    values["csv_data"].append({"name": "Ann", "phone_number": number})
                made = ask("/api/campaigns/upload-csv", values)
                ask(f"/api/campaigns/{made['campaign']['id']}/start", {})
                until("a call is looked for", lambda: any(is_search(*request[:2]) for request in list(carrier.requests)))
                # What belongs to the search comes at once.
                time.sleep(1)
            finally:
                server.kill()
                server.wait()
    return list(carrier.requests)


def address(path):
    with open(path, encoding="utf-8") as out:
        found = re.search("listens on ([^,\n]*),", out.read())
    return found and found.group(1)


def is_search(method, path):
    return method == "GET" and re.search("to(_number)?=", path, re.IGNORECASE)


def until(what, condition):
    for _ in range(600):
        if found := condition():
            return found
        time.sleep(0.1)
    sys.exit(f"it never comes to that {what}")


def snake(name):
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower().replace("from", "from_", 1 if name == "From" else 0)


class Twilio:
    def __init__(self, base):
        self.client = self.connect(base)

    def connect(self, base):
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        class Here(TwilioHttpClient):
            def request(self, method, uri, *rest, **options):
                return super().request(method, uri.replace("https://api.twilio.com", base), *rest, **options)

        return Client(account, token, http_client=Here())

    def send(self, method, path, query, body):
        """Lets the SDK send the same."""
        place = path.partition("/Accounts/")[2]
        if method == "POST" and place == f"{account}/Calls.json":
            values = {}
            for name, value in parse_qsl(body):
                if name == "StatusCallbackEvent" or name == "RecordingStatusCallbackEvent":
                    values.setdefault(snake(name), []).append(value)
                else:
                    values[snake(name)] = value
            self.client.calls.create(**values)
        elif method == "GET" and place == f"{account}/Calls.json":
            options = {snake(name): value for name, value in query}
            self.client.calls.list(page_size=int(options.pop("page_size")), **options)
        elif found := re.fullmatch(f"{account}/Calls/(.*)/Events.json", place):
            self.client.calls(found.group(1)).events.list()
        elif found := method == "GET" and re.fullmatch(f"{account}/Calls/(.*).json", place):
            self.client.calls(found.group(1)).fetch()
        else:
            sys.exit(f"the SDK sends nothing like {method} {path}")

    def content(self, text):
        # The older of the two writes True.
        return sorted((name, {"True": "true"}.get(value, value)) for name, value in parse_qsl(text))

    def differs(self, ours, theirs):
        return ours != theirs


class SignalWire(Twilio):
    def connect(self, base):
        import signalwire.rest
        from twilio.http.http_client import TwilioHttpClient

        class Here(TwilioHttpClient):
            def request(self, method, uri, *rest, **options):
                return super().request(method, uri.replace("https://example.signalwire.com", base), *rest, **options)

        # The interface is below this path. The SDK takes it as a part of the address of the space.
        return signalwire.rest.Client(
            account, token, signalwire_space_url="https://example.signalwire.com/api/laml", http_client=Here()
        )


class Plivo:
    def __init__(self, base):
        from plivo.rest import client

        for name in "API_VOICE_BASE_URI", "API_VOICE_BASE_URI_FALLBACK_1", "API_VOICE_BASE_URI_FALLBACK_2":
            setattr(client, name, base + "/v1/Account")
        self.client = client.Client(account, token, timeout=60)

    def send(self, method, path, query, body):
        place, options = path.partition(f"/{account}/")[2], dict(query)
        if method == "POST" and place == "Call/":
            values = json.loads(body)
            self.client.calls.create(from_=values.pop("from"), to_=values.pop("to"), **values)
        elif method == "GET" and place == "Call/":
            lists = {"live": self.client.live_calls.list_ids, "queued": self.client.queued_calls.list_ids}
            if status := options.pop("status", None):
                lists[status](**options)
            else:
                numbers = {name: int(options.pop(name)) for name in ("limit", "offset")}
                self.client.calls.list(**numbers, **options)
        elif found := method == "GET" and re.fullmatch("Call/([^/]*)/", place):
            calls = {"live": self.client.live_calls, "queued": self.client.queued_calls, None: self.client.calls}
            calls[options.get("status")].get(found.group(1))
        else:
            sys.exit(f"the SDK sends nothing like {method} {path}")

    def content(self, text):
        return sorted((json.loads(text) if text else {}).items())

    def differs(self, ours, theirs):
        # The SDK sends what would be so anyhow as well.
        return any(item not in theirs for item in ours)


def compare(sdk, ours, theirs):
    """Compares a request of ours with one of the SDK."""
    lines = [f"{request[0]} {urlsplit(request[1]).path}" for request in (ours, theirs)]
    expect(lines[0], *lines)
    for name in "Authorization", "Content-Type":
        found, wanted = (request[2].get(name, "").partition(";")[0] for request in (ours, theirs))
        if found != wanted and (ours[3] or name == "Authorization"):
            sys.exit(f"{name}: {found!r}, and not {wanted!r}")
    pairs = [sorted(parse_qsl(urlsplit(request[1]).query)) for request in (ours, theirs)]
    contents = [sdk.content(request[3]) for request in (ours, theirs)]
    for what, (found, wanted) in ("query", pairs), ("content", contents):
        if sdk.differs(found, wanted):
            sys.exit(f"the {what} of {ours[0]} {ours[1]}: {found}, and not {wanted}")


known = {"twilio": Twilio, "plivo": Plivo, "signalwire": SignalWire}
for name in sys.argv[2:] or ["twilio", "plivo"]:
    requests = ordered(Carrier(), name)
    carrier = Carrier()
    sdk = known[name](carrier.base)
    seen = {}
    for request in requests:
        # Those are of one kind that differ in names and numbers alone.
        seen.setdefault((request[0], re.sub("[0-9a-f-]{32,}|[0-9]{11}", "NAME", request[1])), request)
    for method, path, fields, body in seen.values():
        place = urlsplit(path)
        count = len(carrier.requests)
        # The answer to what comes next is not lost.
        carrier.orders += carrier.orders % 2
        try:
            sdk.send(method, place.path, parse_qsl(place.query), body)
        except TypeError as error:
            sys.exit(f"the SDK cannot send {method} {path} {body}: {error}")
        compare(sdk, (method, path, fields, body), carrier.requests[count])
    orders = [request for request in requests if re.search("/Call(s.json|/)$", request[1]) and request[0] == "POST"]
    expect(f"{name}, the orders", len(orders), 2)
    print(f"{name}: {len(seen)} kinds of requests as the SDK sends them")
