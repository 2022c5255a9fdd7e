"""Requests that schemathesis makes up from the description get no answer that the description does not have."""

import os
import subprocess
import sys

from served import base, token

# What ends nothing: events and files that never end, and what only carriers may send.
left_out = "^/(ws|events|socket\\.io/|webhooks/.*)$"
command = [
    os.path.join(os.path.dirname(sys.executable), "schemathesis"),
    "--config-file",
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemathesis.toml"),
    "run",
    base + "/openapi.json",
    "--url",
    base,
    "--header",
    "Authorization: Bearer " + token(),
    "--exclude-path-regex",
    left_out,
    "--checks",
    "all",
    "--phases",
    "examples,coverage,fuzzing",
    "--max-examples",
    os.environ.get("EXAMPLES", "3"),
    "--seed",
    os.environ.get("SEED", "1"),
    "--request-timeout",
    "60",
    "--generation-deterministic",
    "--no-color",
]
if os.environ.get("RATE_LIMIT_PER_MINUTE") != "0":
    # Who asks without a token, to see whether that is refused, may be told instead that it is one request too many.
    command += ["--exclude-checks", "ignored_auth"]
# It keeps what it has found in a folder below the current one.
sys.exit(subprocess.run(command, cwd=os.path.dirname(os.environ["DATA_DIR"])).returncode)
