#!/bin/sh
# A list and a campaign in the dialect plivo, asked with curl: a run to its end, the dashboards, and health.
#
#   TOKEN=$(ReferenceServer token --data FOLDER) Examples/Sessions/plivo.sh http://127.0.0.1:3000
#
# It expects a server whose calls are quick and that answers many questions:
#
#   swift run -c release ReferenceServer --sim-speed fast --rate-limit 0
set -eu
server=${1:-http://127.0.0.1:3000}
base=$server/plivo
file=$(mktemp)
trap 'rm -f "$file"' EXIT

ask() {
  curl -sS -X "$1" "$base$2" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
# The first text that a name has in an answer.
text() { printf '%s' "$2" | tr ',{' '\n\n' | sed -n "s/^\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
expect() {
  case "$2" in
    *"$3"*) echo "$1: as expected" ;;
    *) echo "$1: expected $3 in: $2" >&2; exit 1 ;;
  esac
}

expect "health" "$(curl -sS "$server/health")" '"status":"healthy"'
expect "nobody" "$(curl -sS -o /dev/null -w '%{http_code}' "$base/dashboard/stats")" 401

printf '%s\n' 'Name,Phone' 'Ann,+14155560001' 'Bo,+14155570002' 'Nobody,' > "$file"
list=$(curl -sS -X POST "$base/lists" -H "Authorization: Bearer $TOKEN" -F 'name=Autumn' -F "file=@$file")
expect "a list from a file" "$list" '"added":2,"total":3'
expect "a list" "$(ask POST /lists '{"name":"Two","contacts":[{"name":"Di","phone":"+14155580001"}]}')" '"added":1'

created=$(ask POST /create-campaign "{\"campaignName\":\"Q4\",\"listId\":\"$(text listId "$list")\",
  \"fromNumber\":\"+14155550100\",\"wssUrl\":\"wss://example.com/stream\"}")
expect "a campaign" "$created" '"message":"Campaign created successfully"'
expect "its status" "$created" '"status":"running","totalContacts":2,"currentIndex":0'
campaign=$(text campaignId "$created")
echo "$campaign"
tries=0
until ask GET "/campaign-progress/$campaign" | grep -q '"status":"completed"'; do
  tries=$((tries + 1))
  test "$tries" -lt 100 || { echo "the campaign does not come to its end" >&2; exit 1; }
  sleep 0.3
done
progress=$(ask GET "/campaign-progress/$campaign")
expect "the progress" "$progress" '"processedContacts":2,"progressPercentage":100,"remainingContacts":0'
expect "the calls" "$progress" '"connectedCalls":1,"failedCalls":1,"totalCallsAttempted":2'
expect "a pause too late" "$(ask POST /pause-campaign "{\"campaignId\":\"$campaign\"}")" \
  '"message":"Campaign not found or already paused"'

expect "the campaigns" "$(ask GET '/dashboard/campaigns?status=completed')" "\"campaignId\":\"$campaign\""
expect "failed calls" "$(ask GET "/dashboard/failed-calls?campaignId=$campaign")" \
  '"totalFailed":1,"failureReasons":[{"reason":"busy","count":1,"percentage":100}]'
expect "many at once" "$(ask POST /dashboard/bulk-operations \
  "{\"action\":\"cancel\",\"campaignIds\":[\"$campaign\"]}")" '"summary":{"total":1,"successful":0,"failed":1}'
expect "a period" "$(ask GET '/monitoring/analytics?period=1h')" '"period":"1h"'
expect "the load" "$(ask GET /monitoring/utilization)" '"systemStatus":'
expect "a single call" "$(ask POST /single-call \
  '{"from":"+14155550100","to":"+14155590001","wssUrl":"wss://example.com/stream"}')" \
  '"message":"Call initiated successfully"'
expect "the channels" "$(ask GET '/get-active-channels?includeCalls=true')" '"to":"+14155590001"'

for check in /health/cloud-run /health/database /health/comprehensive; do
  expect "$check" "$(curl -sS "$server$check")" '"status":"healthy"'
done
expect "the tests" "$(curl -sS "$server/health/integration-test?suite=full")" '"status":"passed","suite":"full"'
