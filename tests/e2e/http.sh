#!/bin/sh
# The whole pipeline over HTTP against a server that fails in all the usual ways: exactly N accepted
# or an honest short, transport failures are never rejections, what was answered is never asked again.
. tests/e2e/lib
N=${N:-120}

# A session whose every answer by the mock fits: free text, numbers, yes.
make_one() { # file, one more key of the teacher
    t "$1" - >said 2>&1 <<END
describe "Short riddles"
schema '{"type":"object","properties":{"riddle":{"type":"string"},"answer":{"type":"string"}},"required":["riddle","answer"],"x-answer":"answer"}'
factor add place -d "where it plays"
factor add form -d "its form"
factor accept place form
node add place sea
node add place land -w 2
node add form rhyme
node add form prose
set seed 3
set disputed accept
set rejected accept
set concurrency 32
teacher add http dialect=openai base-url=http://127.0.0.1:$port/v1 model=mock ${2:-}
role architect http
role writer http
role critic http
role critic-correct http
role critic-incorrect http
END
}
counts() { stat_of "$1" accepted rejected disputed invalid failed; }
# How often a question that the server had answered in full came to it again.
again() { # log of the mock
    awk -F '"' '/"answered":true/ && /"status":200/ {
        print $4
    }' "$1" | sort | uniq -d | wc -l
}

# ---- nothing wrong
start_mock --log quiet.log
ok "a session" make_one quiet.taxa
t quiet.taxa generate "$N" --wait >said 2>&1
is "against a server in good health: exit code" "0" $?
is "exactly N accepted" "$N	0	0	0	0" "$(counts quiet.taxa)"
is "each question was asked once" "$(wc -l <quiet.log)" \
    "$(sed 's/.*"hash":"\([^"]*\)".*/\1/' quiet.log | sort -u | wc -l)"
is "calls made are those that the server saw" "$(wc -l <quiet.log)" "$(stat_of quiet.taxa calls.made)"
is "tokens are counted" yes "$([ "$(stat_of quiet.taxa tokens.output)" -gt "$N" ] && echo yes)"
t quiet.taxa export - --format full 2>/dev/null | "$jsonq" -d times . >quiet.full
is "and exported" "$N" "$(wc -l <quiet.full)"
is "nobody calls it offline" 0 "$(grep -c '"offline":true' quiet.full)"
stop_mock

# ---- 429 with Retry-After, 500, cut and dropped connections
start_mock --log rough.log --p429 0.08 --p500 0.05 --pcut 0.04 --pdrop 0.04 --retry-after 0
ok "a session" make_one rough.taxa
t rough.taxa generate "$N" --wait >said 2>&1
is "against a server with 20 % of faults: exit code" "0" $?
is "exactly N accepted, no fault became a rejection" "$N	0	0	0	0" "$(counts rough.taxa)"
is "the faults did come" yes "$([ "$(grep -vc '"status":200' rough.log)" -gt 20 ] &&
    [ "$(grep -c '"answered":false' rough.log)" -gt 10 ] && echo yes)"
is "and are in the log of calls" yes \
    "$([ "$(t rough.taxa calls --json | "$jsonq" outcome | grep -c retried)" -gt 30 ] && echo yes)"
is "no answered question was asked again" 0 "$(again rough.log)"
t rough.taxa export - --format full 2>/dev/null | "$jsonq" -d times . >rough.full
same "the dataset is the one of the healthy server" quiet.full rough.full
stop_mock

# ---- Retry-After is waited for
start_mock --log wait.log --sequence '429*4' --retry-after 1
ok "a session" make_one wait.taxa
begin=$(date +%s%N)
ok "429 with Retry-After: 1" t wait.taxa generate 4 --wait
took=$((($(date +%s%N) - begin) / 1000000))
is "is waited for" yes "$([ $took -ge 950 ] && [ $took -lt 8000 ] && echo yes || echo "$took ms")"
stop_mock

# ---- broken bodies: HTTP is fine, the JSON is not
start_mock --log broken.log --pmalformed 0.1
ok "a session" make_one broken.taxa
t broken.taxa generate "$N" --wait >said 2>&1
is "against a server with broken bodies: exit code" "0" $?
is "exactly N accepted" "$N" "$(stat_of broken.taxa accepted)"
is "none became a rejection" "0	0" "$(stat_of broken.taxa rejected disputed)"
stop_mock

# ---- content that is no answer: refused, empty, cut by max-tokens
start_mock --log odd.log --sequence "$(printf 'ok*40 refuse*6 empty*6 length*6 think*20')"
ok "a session" make_one odd.taxa
t odd.taxa generate "$N" --wait >said 2>&1
is "refusals, empty and cut replies among the others: exit code" "0" $?
is "exactly N accepted" "$N" "$(stat_of odd.taxa accepted)"
is "they are told apart" yes \
    "$(t odd.taxa calls --json | "$jsonq" outcome | sort | uniq -c | awk '{ print $2 }' | grep -Eqx 'refused' && echo yes ||
        t odd.taxa calls --json | "$jsonq" outcome | sort | uniq -c)"
stop_mock

# ---- never an answer: an honest short
start_mock --p500 1
ok "a session" make_one never.taxa timeout=1
t never.taxa set max-attempts 3 2>said
refused "a server that only fails" 3 '0 of 3 accepted' \
    timeout 100 "$TAXA_BIN" never.taxa generate 3 --wait
is "nothing is rejected" "0	0	0	0" "$(stat_of never.taxa accepted rejected disputed invalid)"
stop_mock

# ---- a server without response_format
start_mock --refuse-format json_object
ok "a session" make_one plain.taxa
t plain.taxa generate 20 --wait >said 2>&1
is "a server that refuses response_format: exit code" 0 $?
is "exactly 20 accepted" 20 "$(stat_of plain.taxa accepted)"
stop_mock

# ---- kill -9 in the middle: what was stored is not asked again
start_mock --log killed.log --latency 20 --jitter 20
ok "a session" make_one killed.taxa
kills=0 stored=0
while [ $kills -lt 3 ]; do
    t killed.taxa generate $((N * 2)) >said 2>&1 || fail "generate" "$(cat said)"
    more() { [ "$(stat_of killed.taxa calls.made)" -gt $((stored + 60)) ]; }
    until_ok 20 more || fail "calls are made"
    pid=$(server_pid killed.taxa)
    kill -9 "$pid"
    until_ok 10 gone killed.taxa
    kills=$((kills + 1))
    stored=$(stat_of killed.taxa calls.made)
done
ok "resume and end" t killed.taxa generate $((N * 2)) --wait
is "exactly that many accepted" $((N * 2)) "$(stat_of killed.taxa accepted)"
is "no question was answered twice" 0 \
    "$(t killed.taxa calls outcome:ok --json | "$jsonq" key | sort | uniq -d | wc -l)"
# What the server answered more than once can only be what was on the wire when a kill came.
twice=$(again killed.log)
is "only what was on the wire at a kill was asked again" yes \
    "$([ "$twice" -le $((3 * 32 * 2)) ] && echo yes || echo "$twice")"
is "every other answer was stored: no stored question was asked again" \
    "$(grep '"answered":true' killed.log | cut -d'"' -f4 | sort -u | wc -l)" \
    "$(stat_of killed.taxa calls.ok)"
stop_mock
finish
