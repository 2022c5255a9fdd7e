"""The verbs and attributes that answer documents may have are those that the carriers' own SDKs can write.

The carriers are named behind the server's address, since the SDK of SignalWire needs an older one of Twilio.
"""

import importlib
import inspect
import os
import pkgutil
import re
import sys

table = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../CampaignCarriersTests/Scripts/verbs.tsv")
# A name of Python that is not the attribute's with the first letters in upper case.
renamed = {"from_": "from", "for_": "for", "class_": "class"}


def camel(name):
    name = renamed.get(name, name)
    return re.sub("_([a-z])", lambda found: found.group(1).upper(), name)


def twilio():
    """Each verb with what it may be in, and with its attributes: the methods that write verbs, and their parameters."""
    module = importlib.import_module("twilio.twiml.voice_response")
    rows = {}
    for parent, kind in inspect.getmembers(module, inspect.isclass):
        if kind.__module__ != module.__name__:
            continue
        parent = {"VoiceResponse": "Response"}.get(parent, parent)
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            verb = re.search(r"(?:self\.nest\(|self\.append\()\s*(\w+)\(", inspect.getsource(method))
            if name.startswith("_") or not verb:
                continue
            into, attributes = rows.setdefault(verb.group(1), (set(), set()))
            into.add(parent)
            attributes |= {camel(name) for name in inspect.signature(method).parameters if name not in ("self", "kwargs")}
    return rows


def plivo():
    """Each verb with what may be in it, and with its attributes: what an element becomes when all of it is set."""
    package = importlib.import_module("plivo.xml")
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"plivo.xml.{found.name}")
    rows = {}
    pending = package.PlivoXMLElement.__subclasses__()
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        source = inspect.getsource(kind.to_dict)
        rows[kind._name] = (set(kind._nestable), set(re.findall(r"""['"]([\w:-]+)['"]\s*:""", source)))
    return rows


known = {"twilio": twilio, "plivo": plivo, "signalwire": twilio}
with open(table, encoding="utf-8") as file:
    lines = [line.rstrip("\n").split("\t") for line in file]
for carrier in sys.argv[2:] or ["twilio", "plivo"]:
    rows = known[carrier]()
    count = 0
    for _, verb, nesting, attributes in (line for line in lines if line[0] == carrier):
        if verb not in rows:
            sys.exit(f"{carrier} has no verb {verb}")
        for what, listed, written in ("nesting", nesting, rows[verb][0]), ("attributes", attributes, rows[verb][1]):
            unknown = set(filter(None, listed.split(","))) - written
            if unknown:
                sys.exit(f"{carrier}, {verb}: the SDK does not write the {what} {sorted(unknown)}, but {sorted(written)}")
        count += 1
    if not count:
        sys.exit(f"verbs.tsv has nothing of {carrier}")
    print(f"{count} verbs of {carrier}: as its SDK writes them")
