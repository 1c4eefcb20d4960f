#!/bin/sh
# One `generate N --wait` whose server is killed again and again: the client starts it again by
# itself, and the export is that of an undisturbed run byte for byte, apart from the times.
# KILLS=20 N=10000 for the long form.
. tests/e2e/lib
N=${N:-600}
KILLS=${KILLS:-5}
bytes() { # file: the export as it is written, without what is in "times"
    t "$1" export - --format full 2>/dev/null | sed 's/"times":{[^{}]*}/"times":{}/' >"$1.bytes"
}
build calm.taxa gsm8k
ok "an undisturbed run" t calm.taxa generate "$N" --wait
bytes calm.taxa
is "N records" "$N" "$(wc -l <calm.taxa.bytes)"
is "times were taken out of each" yes \
    "$([ "$(grep -c '"times":{}' calm.taxa.bytes)" = "$N" ] && echo yes)"
is "and every line is still JSON" "$N" \
    "$("$jsonq" id <calm.taxa.bytes 2>/dev/null | wc -l)"

build dead.taxa gsm8k
# About 0.7 seconds of run for every kill.
ok "a slow teacher" t dead.taxa teacher set offline latency=$((KILLS * 700 * 64 / (6 * N) + 5))
ok "64 at once" t dead.taxa set concurrency 64
stop_server dead.taxa
t dead.taxa generate "$N" --wait >waited 2>&1 &
client=$!
alive() { kill -0 $client 2>/dev/null; }
runs() { [ "$(stat_of dead.taxa running)" = true ] && server_pid dead.taxa; }
kills=0 before=0 shrunk=0
while [ $kills -lt "$KILLS" ] && alive; do
    until_ok 10 runs || break
    # A client gives up on a server that ends 20 times in a row within a second of its start.
    sleep "$((kills % 5 == 4)).$(printf %03d "$(random 400)")"
    kill -9 "$(server_pid dead.taxa)" 2>/dev/null || continue
    kills=$((kills + 1))
    calls=$(t dead.taxa calls --json | wc -l)
    [ "$calls" -ge "$before" ] || shrunk=$((shrunk + 1))
    before=$calls
done
wait $client
is "the client outlives them all: exit code" 0 $?
is "the server was killed so many times" "$KILLS" $kills
said_it=$(grep -c 'starting it again' waited)
is "the client said so" yes \
    "$([ "$said_it" -ge $((KILLS / 2)) ] && echo yes || tail -n 3 waited)"
is "the number of calls only grew" 0 $shrunk
is "exactly N" "$N" "$(stat_of dead.taxa accepted)"
bytes dead.taxa
same "the same bytes" calm.taxa.bytes dead.taxa.bytes
is "no question was answered twice" 0 \
    "$(t dead.taxa calls outcome:ok --json | "$jsonq" key | sort | uniq -d | wc -l)"
ok "the file is sound" t dead.taxa doctor
finish
