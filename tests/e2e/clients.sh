#!/bin/sh
# One server for a session, whoever comes and goes: it starts and ends by itself, two cannot be, the
# work outlives those who wait for it, and a budget ends a run before it is passed.
. tests/e2e/lib
f=$work/clients.taxa
build $f gsm8k
stop_server $f
servers() { # of that file
    for p in /proc/[0-9]*; do
        tr '\0' '\n' 2>/dev/null <"$p/cmdline" | grep -Fxq -- "$1" && is_server "${p#/proc/}" &&
            echo "${p#/proc/}"
    done
}
socket() { find "$work/run" -type s; }
running() { [ "$(stat_of $f running)" = true ]; }
idle() { [ "$(stat_of $f running)" = false ]; }

# ---- start and end
is "no server at first" "" "$(servers $f)"
ok "reading needs none" t $f status
is "and starts none" "" "$(servers $f)"
ok "a change starts one" t $f set seed 5
pid=$(servers $f)
is "exactly one" "$(server_pid $f)" "$pid"
is "its socket is the person's own, in a folder of 0700" "700 600" \
    "$(stat -c %a "$(dirname "$(socket)")") $(stat -c %a "$(socket)")"
is "the next command finds it" "$pid" "$(t $f set seed 6 2>said && servers $f)"
until_ok 15 gone $f
is "it ends by itself" "" "$(servers $f)"
is "and leaves no socket, no lock and no log of the database" "" \
    "$(socket; ls "$work" | grep -E '^clients.taxa-(lock|wal|shm)')"

# ---- two shells at once
i=0
while [ $i -lt 12 ]; do
    (t $f node add steps "from shell $i" >said.$i 2>&1 || cat said.$i >>wrong.txt) &
    i=$((i + 1))
done
wait
is "twelve shells at once, no server before: all were served" "" "$(cat wrong.txt 2>/dev/null)"
is "by one server" 1 "$(servers $f | wc -l)"
is "each added its node" 12 "$(t $f tree steps --json | grep -o 'from shell' | wc -l)"
ok "undo takes back one shell's work" t $f undo
is "only that" 11 "$(t $f tree steps --json | grep -o 'from shell' | wc -l)"

# ---- a second server
"$TAXA_BIN" --serve $f >printed 2>said
is "a second server is impossible" 1 $?
is "one is left" 1 "$(servers $f | wc -l)"
is "under another name of the file too" 1 "$(
    ln -s $f other.taxa
    t other.taxa set seed 7 >printed 2>said || cat said
    servers $f | wc -l
)"

# ---- kill -9: a stale socket and a stale lock
pid=$(server_pid $f)
kill -9 "$pid"
until_ok 10 gone $f
is "the socket is stale" yes "$([ -n "$(socket)" ] && echo yes)"
is "what was done is there" 7 "$(t $f get seed)"
ok "the next command starts a new server over it" t $f set seed 8
is "one, another" 1 "$(servers $f | grep -vc "^$pid\$")"

# ---- who waits may go
ok "a slow teacher" t $f teacher set offline latency=30
# An interactive shell's job: its own session, so that the signals reach it alone.
setsid "$TAXA_BIN" $f generate 300 --wait >waited 2>&1 &
client=$!
until_ok 10 running || fail "it runs" "$(cat waited)"
kill -HUP $client
wait $client
is "the client is gone by the hang-up" 129 $?
is "the run goes on" true "$(stat_of $f running)"
setsid "$TAXA_BIN" $f wait >waited 2>&1 &
client=$!
sleep 0.2
kill -TERM $client
wait $client
is "interrupted: exit code" 130 $?
is "interrupted: says what goes on" yes "$(grep -q 'goes on' waited && echo yes || cat waited)"
is "the run still goes on" true "$(stat_of $f running)"
ok "another shell waits for it" t $f wait
is "to its end" "300	false" "$(stat_of $f accepted running)"

# ---- pause, resume, stop
ok "a longer run" t $f generate 600
refused "wait through a stop by another shell" 3 '[0-9]+ of 600 accepted' sh -c "
    '$TAXA_BIN' $f wait & w=\$!
    '$TAXA_BIN' $f pause && '$TAXA_BIN' $f status --json >paused.json
    '$TAXA_BIN' $f resume && '$TAXA_BIN' $f stop
    wait \$w"
is "paused in between" paused "$("$jsonq" run <paused.json)"
is "stopped in the end" stopped "$(stat_of $f run)"
made=$(stat_of $f accepted)
ok "generate goes on from there" t $f generate $((made + 20)) --wait
is "to exactly the target" $((made + 20)) "$(stat_of $f accepted)"
refused "stop when nothing runs" 1 'nothing' t $f stop

# ---- a run goes on while somebody edits, reads and exports
t $f generate $((made + 200)) >said 2>&1
ok "edit" t $f node describe steps "in the middle of a run"
ok "export" t $f export mid.jsonl
ok "backup" t $f backup mid.taxa
ok "the backup is sound" t mid.taxa doctor
is "points do not disappear" yes "$([ "$(wc -l <mid.jsonl)" -ge $((made + 20)) ] && echo yes)"
ok "wait" t $f wait

# ---- a file that was replaced meanwhile
cp mid.taxa fresh.taxa
mv fresh.taxa $f
is "the new file is served, not the old one" "$(t mid.taxa status --json | "$jsonq" accepted)" \
    "$(t $f set seed 9 2>said; stat_of $f accepted)"
is "the change is in it" 9 "$(t $f get seed)"

# ---- a budget
start_mock --log budget.log
t budget.taxa - >said 2>&1 <<END || fail "a session with prices" "$(cat said)"
describe "Short riddles"
schema '{"type":"object","properties":{"riddle":{"type":"string"},"answer":{"type":"string"}},"required":["riddle","answer"],"x-answer":"answer"}'
factor add place -d "where it plays"
factor accept place
node add place sea
node add place land
set disputed accept
set rejected accept
set concurrency 16
teacher add paid dialect=openai base-url=http://127.0.0.1:$port/v1 model=m price-in=100 price-out=500 max-tokens=200
role architect paid
role writer paid
role critic paid
role critic-correct paid
role critic-incorrect paid
set budget 20
END
t budget.taxa generate 5000 --wait >printed 2>said
is "a budget ends the run: exit code" 3 $?
is "a budget ends the run: says so" yes "$(grep -q 'budget' said && echo yes || cat said)"
landed() { [ "$(stat_of budget.taxa calls.in_flight)" = 0 ]; }
until_ok 10 landed || fail "what was on its way comes back"
spent=$(stat_of budget.taxa cost.spent)
is "before it is passed, and not long before" yes \
    "$(echo "$spent" | awk '$1 <= 20 && $1 > 12 { print "yes"; exit } { print }')"
is "what was spent is the sum of the calls" yes "$(t budget.taxa calls --json | "$jsonq" cost |
    awk -v s="$spent" '{ n += $1 } END { if (n - s < 0.001 && s - n < 0.001) print "yes" }')"
is "status expects more than was spent" yes \
    "$(stat_of budget.taxa cost.spent cost.expected | awk '$2 > $1 { print "yes" }')"
ok "less money than the next call may cost" t budget.taxa set budget "$(echo "$spent" | awk '{ print $1 + 0.01 }')"
made=$(stat_of budget.taxa calls.made)
refused "again without more money: nothing is asked" 3 'budget' \
    timeout 20 "$TAXA_BIN" budget.taxa generate 5000 --wait
refused "nor by a job" 1 'budget' timeout 20 "$TAXA_BIN" budget.taxa expand place --wait
is "nothing at all" "$made" "$(stat_of budget.taxa calls.made)"
ok "more money" t budget.taxa set budget 30
t budget.taxa generate 5000 --wait >printed 2>said
code=$?
until_ok 10 landed || fail "what was on its way comes back"
is "goes on, to the new limit" "3 yes" "$code $(stat_of budget.taxa cost.spent |
    awk '$1 <= 30 && $1 > 22 { print "yes"; exit } { print }')"
t budget.taxa - >said 2>&1 <<END
set budget 0
set budget-tokens $(($(stat_of budget.taxa tokens.input) + $(stat_of budget.taxa tokens.output) + 20000))
END
refused "a budget of tokens" 3 'budget-tokens' t budget.taxa generate 5000 --wait
stop_mock
finish
