#!/bin/sh
# The same seed gives the same dataset whatever the concurrency, and whatever was killed meanwhile:
# no stored call is lost, none is asked twice. KILLS=20 N=10000 for the long form.
. tests/e2e/lib
N=${N:-600}
KILLS=${KILLS:-5}

make_one() { # file, concurrency, latency in ms
    build "$1" gsm8k && t "$1" - >said 2>&1 <<END
set concurrency $2
teacher set offline latency=$3 limited=${4:-0} server-error=${4:-0}
END
}
full() { # file: the export without its times
    t "$1" export - --format full 2>/dev/null | "$jsonq" -d times id state . >"$1.full"
}
ok_keys() { t "$1" calls outcome:ok --json | "$jsonq" key | sort; }

ok "a session for concurrency 1" make_one one.taxa 1 0
ok "generate at concurrency 1" t one.taxa generate "$N" --wait
full one.taxa
is "N records" "$N" "$(wc -l <one.taxa.full)"

ok "a session for concurrency 64" make_one many.taxa 64 2 0.02
ok "generate at concurrency 64, out of order, with 429 and 500 among the replies" \
    t many.taxa generate "$N" --wait
full many.taxa
same "concurrency 1 and 64 give the same dataset" one.taxa.full many.taxa.full
is "the 429 and 500 did come" yes \
    "$([ "$(stat_of many.taxa calls.retried)" -gt 0 ] && echo yes)"

# ---- kill -9 at random moments. About a second of run for every kill.
latency=$((KILLS * 1000 * 64 / (6 * N) + 1))
ok "a session to be killed" make_one dead.taxa 64 "$latency"
kills=0 before=0 lost=0 shrunk=0 tries=0
: >keys.before
while [ $kills -lt "$KILLS" ] && [ $tries -lt $((KILLS * 3)) ]; do
    tries=$((tries + 1))
    t dead.taxa generate "$N" >said 2>&1 || fail "generate after a kill" "$(cat said)"
    sleep "0.$(printf %03d "$(random 700)")"
    pid=$(server_pid dead.taxa)
    [ "$(stat_of dead.taxa running)" = true ] || continue
    kill -9 "$pid"
    until_ok 10 gone dead.taxa || fail "the server dies"
    kills=$((kills + 1))
    calls=$(t dead.taxa calls --json | wc -l)
    [ "$calls" -ge "$before" ] || shrunk=$((shrunk + 1))
    before=$calls
    ok_keys dead.taxa >keys.now
    lost=$((lost + $(comm -23 keys.before keys.now | wc -l)))
    mv keys.now keys.before
done
is "the server was killed while it ran, so many times" "$KILLS" $kills
is "the number of calls only grew" 0 $shrunk
is "no stored call was lost" 0 $lost
is "status tells of the interruption" interrupted "$(stat_of dead.taxa run)"

# Once more while somebody waits: the waiting client starts it again by itself.
t dead.taxa generate "$N" --wait >waited 2>&1 &
client=$!
running() { [ "$(stat_of dead.taxa running)" = true ]; }
until_ok 10 running || fail "it runs again" "$(cat waited)"
pid=$(server_pid dead.taxa) && kill -9 "$pid"
wait $client
is "generate --wait outlives its server" 0 $?
is "and says so" yes "$(grep -q 'starting it again' waited && echo yes)"
full dead.taxa
same "the dataset is the one of the undisturbed run" one.taxa.full dead.taxa.full
ok_keys dead.taxa >keys.now
is "no stored call is missing at the end" 0 "$(comm -23 keys.before keys.now | wc -l)"
is "no question was answered twice" 0 "$(uniq -d keys.now | wc -l)"
ok_keys one.taxa >keys.one
same "the same questions were asked" keys.one keys.now
ok "the file is sound" t dead.taxa doctor
finish
