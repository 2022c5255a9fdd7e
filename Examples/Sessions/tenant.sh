#!/bin/sh
# A newcomer's session with the dialect `tenant`: sign in, make a campaign, add leads, start it, read what became of it.
#
#   Examples/Sessions/tenant.sh http://127.0.0.1:3000
#
# It expects a server whose calls are quick and that answers many questions:
#
#   swift run -c release ReferenceServer --sim-speed fast --rate-limit 0
set -eu
base=${1:-http://127.0.0.1:3000}/api

# Asks for something: method, path, and what curl is to send. Prints the answer.
ask() {
  method=$1 path=$2
  shift 2
  curl -sS -X "$method" ${token:+-H "Authorization: Bearer $token"} "$@" "$base$path"
}

# The same with a body of JSON.
send() { ask "$1" "$2" -H 'Content-Type: application/json' -d "$3"; }

# Compares what an answer has in it.
expect() {
  case "$2" in
    *"$3"*) echo "$1: as expected" ;;
    *) echo "$1: expected $3 in: $2" >&2; exit 1 ;;
  esac
}

# The first value of a field in an answer.
field() { printf '%s' "$2" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# The value of a field in the first object of an answer that has it.
first() { printf '%s' "$2" | tr ',{' '\n\n' | sed -n "s/^\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

token=
expect "nobody" "$(ask GET /campaigns)" '"success":false'
answer=$(send POST /auth/register "{\"email\":\"user$$-$(date +%s)@example.com\",\"password\":\"securePassword123\",
  \"first_name\":\"John\",\"last_name\":\"Doe\",\"role\":\"admin\"}")
expect "register" "$answer" '"message":"User registered successfully"'
token=$(field token "$answer")

answer=$(send POST /campaigns '{"name": "Q1 Outreach", "caller_id": "+14155551234",
  "retry_policy": {"max_attempts": 1}}')
expect "create a campaign" "$answer" '"status":"draft"'
campaign=$(first id "$answer")

leads=$(mktemp)
trap 'rm -f "$leads"' EXIT
printf 'Phone Number,First Name,Plan\n+12122000001,Sara,Gold\n+12122010002,Bob,\n+12122000001,Sara,\ninvalid,Ann,\n' > "$leads"
answer=$(ask POST /leads/upload -F "file=@$leads;type=text/csv" -F "campaign_id=$campaign" \
  -F 'field_mapping={"Phone Number": "phone", "First Name": "first_name"}')
expect "upload leads" "$answer" '"results":{"total":4,"valid":2,"invalid":1,"duplicates":1,"dnc":0,"inserted":2}'
expect "the row that is none" "$answer" '"row":4,"field":"phone","value":"invalid"'
expect "list leads" "$(ask GET "/leads?campaign_id=$campaign&limit=1")" '"count":1,"total":2'
expect "the template" "$(ask GET /leads/template/csv)" 'phone,first_name,last_name'

expect "start" "$(ask POST "/campaigns/$campaign/start")" '"message":"Campaign started successfully"'
for _ in $(seq 1 60); do
  answer=$(ask GET "/campaigns/$campaign")
  case "$answer" in *'"status":"completed"'*) break ;; esac
  sleep 1
done
expect "the campaign is over" "$answer" '"status":"completed"'
expect "statistics" "$(ask GET "/campaigns/$campaign/statistics")" \
  '"total":2,"queued":0,"processing":0'
expect "calls" "$(ask GET "/calls?campaign_id=$campaign&disposition=answered")" '"answered_by":"human"'
expect "figures" "$(ask GET "/calls/stats/summary?campaign_id=$campaign")" '"total_calls":2,"answered_calls":1'
expect "start again" "$(ask POST "/campaigns/$campaign/start")" '"success":false'

answer=$(send POST /agents '{"name": "John Doe", "phone": "+14155553333", "max_concurrent_calls": 2}')
expect "create an agent" "$answer" '"status":"offline"'
agent=$(first id "$answer")
expect "set its status" "$(send PUT "/agents/$agent/status" '{"status": "available"}')" '"status":"available"'

answer=$(send POST /campaigns/upload-csv '{"campaign_name": "Q4 Sales Campaign", "csv_data": [
  {"name": "John Smith", "phone_number": "+91 9876543210"}, {"name": "No number"}]}')
expect "a campaign from rows" "$answer" \
  '"stats":{"total_rows":2,"valid_contacts":1,"contacts_created":1,"contacts_skipped":0,"errors":1}'
campaign=$(first id "$answer")
expect "its queue" "$(ask GET "/queue/campaign/$campaign")" '"status":"queued"'
expect "cancel it" "$(ask POST "/campaigns/$campaign/cancel")" '"status":"cancelled"'
expect "raise the limit" "$(send PUT /settings/concurrency '{"concurrent_calls_limit": 3}')" \
  '"concurrent_calls_limit":3'
expect "a limit too high" "$(send PUT /settings/concurrency '{"concurrent_calls_limit": 11}')" '"success":false'
expect "the do-not-call list" "$(send POST /dnc '{"phone_numbers": ["+12122010002"]}')" '"entries":1'
