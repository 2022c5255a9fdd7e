"""Reports that the SDK of Twilio has signed are taken, and no change of them is."""

import os
import time
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from served import ask, base, expect, key

public = os.environ["PUBLIC_URL"]
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
path = "/webhooks/twilio/status?callId=000000000000000000000000"
form = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "CallDuration": "5", "From": "+14155550100", "Empty": ""}


def post(target, values, signature):
    fields = {} if signature is None else {"X-Twilio-Signature": signature}
    return ask("POST", target, headers=fields, form=urlencode(values))[0]


right = validator.compute_signature(public + path, form)
expect("what Twilio signs", post(path, form, right), 200)
expect("the same again", post(path, form, right), 200)
for name in "answer", "amd", "recording", "abandoned", "agent-answer", "agent-status", "conference-status":
    target = path.replace("status", name)
    expect(name, post(target, form, validator.compute_signature(public + target, form)), 200)
expect("nothing signed", post(path, form, None), 403)
expect("an empty signature", post(path, form, ""), 403)
expect("a changed value", post(path, {**form, "CallStatus": "busy"}, right), 403)
expect("a value more", post(path, {**form, "Extra": "1"}, right), 403)
expect("a value less", post(path, {k: v for k, v in form.items() if k != "From"}, right), 403)
expect("another call", post(path[:-1] + "1", form, right), 403)
expect("another purpose", post(path.replace("status", "amd"), form, right), 403)
expect("another secret", post(path, form, RequestValidator("other").compute_signature(public + path, form)), 403)
expect("the address of the inside", post(path, form, validator.compute_signature(base + path, form)), 403)
expect("a query that is no call, unsigned", post("/webhooks/twilio/status?callId=x", form, None), 403)
other = path.replace("twilio", "signalwire")
expect("a carrier without a secret", post(other, form, validator.compute_signature(public + other, form)), 403)

# A call of the account, from its order to the end that Twilio reports.
own = {"x-api-key": key}
_, made = ask("POST", "/api/v1/campaigns", {"name": "Signed", "callDelay": 0}, own)
campaign = made["data"]["id"]
ask("POST", f"/api/v1/campaigns/{campaign}/leads", {"phoneNumber": "+14156560012"}, own)
ask("POST", f"/api/v1/campaigns/{campaign}/start", headers=own)
calls = []
while not calls:
    time.sleep(0.1)
    calls = ask("GET", "/api/calls?limit=100", headers=own)[1]["calls"]
    calls = [call for call in calls if call["to_number"] == "+14156560012" and call["call_sid"]]
target = f"/webhooks/twilio/status?callId={calls[0]['id']}"
form = {"CallSid": calls[0]["call_sid"], "CallStatus": "busy", "From": "+14155550100", "To": "+14156560012"}
expect("the end of a call", post(target, form, validator.compute_signature(public + target, form)), 200)
call = ask("GET", f"/api/calls/{calls[0]['id']}", headers=own)[1]["call"]
expect("it is kept before it is acknowledged", (call["status"], call["disposition"]), ("busy", "busy"))
