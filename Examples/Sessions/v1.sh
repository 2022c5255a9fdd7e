#!/bin/sh
# A first campaign in the dialect v1, asked with curl: leads one by one, in bulk and from a file, a run to its end, an
# agent, and what is refused.
#
#   Examples/Sessions/v1.sh http://127.0.0.1:3000
#
# It expects a server whose calls are quick and that answers many questions:
#
#   swift run -c release ReferenceServer --sim-speed fast --rate-limit 0
set -eu
base=${1:-http://127.0.0.1:3000}/api/v1
file=$(mktemp)
trap 'rm -f "$file"' EXIT

ask() { curl -sS -X "$1" "$base$2" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
status() { curl -sS -o /dev/null -w '%{http_code}' -X "$1" "$base$2" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
# The first text that a name has in an answer.
text() { printf '%s' "$2" | tr ',{' '\n\n' | sed -n "s/^\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
expect() {
  case "$2" in
    *"$3"*) echo "$1: as expected" ;;
    *) echo "$1: expected $3 in: $2" >&2; exit 1 ;;
  esac
}

expect "it runs" "$(ask GET /health)" '"message":"Campaign Calling API is running"'

campaign=$(text id "$(ask POST /campaigns '{"name":"My First Campaign","maxConcurrent":2,"callDelay":0}')")
echo "a campaign: $campaign"
expect "a draft" "$(ask GET "/campaigns/$campaign")" '"status":"draft"'
expect "nobody to call" "$(status POST "/campaigns/$campaign/start")" 400

lead=$(ask POST "/campaigns/$campaign/leads" \
  '{"phoneNumber":"+14155560001","name":"John Doe","priority":1,"metadata":{"source":"website"}}')
expect "a lead" "$lead" '"metadata":"{\"source\":\"website\"}"'
expect "leads in bulk" "$(ask POST "/campaigns/$campaign/leads/bulk" \
  '{"leads":[{"phoneNumber":"+14155570001","name":"Jane"},{"phoneNumber":"+14155580002","name":"Bob"}]}')" \
  '"data":{"created":2,"total":2}'
printf '%s\n' 'phoneNumber,name,priority,metadata' '+14155590001,Ann,1,{"source":"referral"}' ',Nobody,1,' > "$file"
expect "leads from a file" "$(curl -sS -X POST "$base/campaigns/$campaign/leads/upload" -F "file=@$file")" \
  '"uploaded":1,"total":2,"errors":[{"row":{"phoneNumber":"","name":"Nobody","priority":"1","metadata":""},"error":"Phone number is required"}]'
expect "four leads" "$(ask GET "/campaigns/$campaign/leads?limit=3")" \
  '"pagination":{"total":4,"page":1,"limit":3,"pages":2}'

agent=$(text id "$(ask POST /agents '{"name":"Sales Agent","voiceId":"voice_123"}')")
expect "an agent" "$(ask POST "/campaigns/$campaign/agents" "{\"agentId\":\"$agent\"}")" "\"agentId\":\"$agent\""

expect "a start" "$(ask POST "/campaigns/$campaign/start")" \
  "\"message\":\"Campaign started successfully\",\"data\":{\"campaignId\":\"$campaign\",\"totalLeads\":4,\"maxConcurrent\":2}"
expect "a second start" "$(status POST "/campaigns/$campaign/start")" 400
tries=0
until ask GET "/campaigns/$campaign" | grep -q '"status":"completed","max'; do
  tries=$((tries + 1))
  test "$tries" -lt 100 || { echo "the campaign does not come to its end" >&2; exit 1; }
  sleep 0.3
done
stats=$(ask GET "/campaigns/$campaign/stats")
expect "the leads" "$stats" '"totalLeads":4,"pending":0,"calling":0,"completed":3,"failed":1'
expect "the calls" "$stats" '"totalCalls":4,"successfulCalls":3,"failedCalls":1'
expect "a call" "$(ask GET "/campaigns/$campaign/leads/$(text id "$lead")")" '"calls":[{"id":"call_'

expect "another update" "$(ask PUT "/campaigns/$campaign" '{"name":"My Last Campaign"}')" '"name":"My Last Campaign"'
expect "a mistake" "$(ask POST /campaigns '{"name":""}')" '"success":false'
expect "a deletion" "$(ask DELETE "/campaigns/$campaign")" '"message":"Campaign deleted successfully"'
expect "nothing left" "$(status GET "/campaigns/$campaign")" 404
expect "no agent left" "$(status DELETE "/agents/$agent")" 200
