#!/bin/sh
# A campaign in the dialect voice, asked with curl: a schedule, contacts, a run to its end, and its statistics.
#
#   TOKEN=$(ReferenceServer token --data FOLDER) Examples/Sessions/voice.sh http://127.0.0.1:3000
#
# It expects a server whose calls are quick and that answers many questions:
#
#   swift run -c release ReferenceServer --sim-speed fast --rate-limit 0
set -eu
base=${1:-http://127.0.0.1:3000}/voice/api
file=$(mktemp)
trap 'rm -f "$file"' EXIT

ask() {
  curl -sS -X "$1" "$base$2" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
status() {
  curl -sS -o /dev/null -w '%{http_code}' -X "$1" "$base$2" -H "Authorization: Bearer $TOKEN" ${3:+-d "$3"}
}
# The first text that a name has in an answer.
text() { printf '%s' "$2" | tr ',{' '\n\n' | sed -n "s/^\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
expect() {
  case "$2" in
    *"$3"*) echo "$1: as expected" ;;
    *) echo "$1: expected $3 in: $2" >&2; exit 1 ;;
  esac
}

expect "nobody" "$(curl -sS -o /dev/null -w '%{http_code}' "$base/campaigns")" 401

created=$(ask POST /campaigns '{
  "name": "Q4 Sales Outreach", "timezone": "America/Chicago", "phoneNumber": "+18005551234",
  "maxConcurrentCalls": 10, "callAttemptsPerContact": 2, "retryDelay": 0,
  "scheduleConfig": {"daysOfWeek": [0, 1, 2, 3, 4, 5, 6], "excludeDates": ["2023-12-25"]},
  "tags": ["sales", "q4-2023"], "metadata": {"goalCompletionRate": 0.8}
}')
expect "a campaign" "$created" '"message":"Campaign created successfully"'
expect "its metadata" "$created" '"metadata":{"goalCompletionRate":0.8}'
campaign=$(text id "$created")
echo "$campaign"
expect "nobody to call" "$(status POST "/campaigns/$campaign/start")" 409

expect "contacts" "$(ask POST "/campaigns/$campaign/contacts" '{"contacts":[
  {"firstName":"John","lastName":"Doe","phoneNumber":"+14155560001","email":"john.doe@example.com"},
  {"firstName":"Jane","phoneNumber":"+14155570002"}]}')" '"added":2,"total":2,"errors":[]'
printf '%s\n' 'First name,Phone' 'Ann,+14155580001' 'Nobody,' > "$file"
expect "contacts from a file" "$(curl -sS -X POST "$base/campaigns/$campaign/contacts" \
  -H "Authorization: Bearer $TOKEN" -F "file=@$file")" \
  '"added":1,"total":2,"errors":[{"row":2,"error":"Phone number is required"}]'
expect "a search" "$(ask GET "/campaigns/$campaign/contacts?search=DOE")" '"count":1,"total":1,"page":1,"pages":1'

expect "a start" "$(ask POST "/campaigns/$campaign/start")" '"message":"Campaign started successfully","status":"active"'
tries=0
until ask GET "/campaigns/$campaign" | grep -q '"status":"completed"'; do
  tries=$((tries + 1))
  test "$tries" -lt 100 || { echo "the campaign does not come to its end" >&2; exit 1; }
  sleep 0.3
done
statistics=$(ask GET "/campaigns/$campaign/statistics")
expect "the contacts" "$statistics" '"totalContacts":3,"contactedCount":3,"contactedPercentage":100'
expect "the calls" "$statistics" '"totalCalls":4,"completedCalls":2,"failedCalls":2'
expect "the outcomes" "$statistics" '"successfulOutcomes":2'
expect "a second start" "$(status POST "/campaigns/$campaign/start")" 409
expect "a deletion" "$(ask DELETE "/campaigns/$campaign")" '"message":"Campaign deleted successfully"'
expect "nothing left" "$(status GET "/campaigns/$campaign")" 404
