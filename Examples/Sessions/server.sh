#!/bin/sh
# What the server tells of itself, asked with curl.
#
#   Examples/Sessions/server.sh http://127.0.0.1:3000
#
# It expects a server whose calls are quick and that answers many questions:
#
#   swift run -c release ReferenceServer --sim-speed fast --rate-limit 0
set -eu
base=${1:-http://127.0.0.1:3000}

expect() {
  case "$2" in
    *"$3"*) echo "$1: as expected" ;;
    *) echo "$1: expected $3 in: $2" >&2; exit 1 ;;
  esac
}

expect "the description" "$(curl -sS "$base/openapi.json")" '"openapi":"3.1.0"'
expect "the page" "$(curl -sS "$base/api-docs")" '<title>CampaignKit API</title>'
expect "the figures" "$(curl -sS "$base/metrics")" 'campaign_calls_live'
expect "nothing there" "$(curl -sS "$base/nowhere")" '"success":false'
expect "its status" "$(curl -sS -o /dev/null -w '%{http_code}' "$base/nowhere")" 404
