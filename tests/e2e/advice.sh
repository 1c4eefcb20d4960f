#!/bin/sh
# What a teacher does on trees: many nodes and whole levels in one job, proposals taken and dropped,
# suggestions accepted and rejected, all of it undone to the byte; locked branches untouched; a job
# that is stopped or killed goes on without paying twice.
. tests/e2e/lib
KILLS=${KILLS:-4}
f=trees.taxa
build $f gsm8k
export_of() { t "$1" tree export - --format json; }
tree_of() { # file, node: names directly below it
    t "$1" tree "$2" --depth 1 | sed -n 's/^  \([^@]*\)  @.*/\1/p'
}
state() { t $f tree --json | "$jsonq" -e . -w children id state | grep "^$1" | cut -f2; }
id_of() { t $f tree "$1" --json | "$jsonq" id; }
said_about() { t $f expansion "$1" --json | "$jsonq" -e proposals name fate reason | grep "^$2"; }
ok_keys() { t "$1" calls outcome:ok --json | "$jsonq" key | sort; }
node="operation/division/with remainder"

# ---- several nodes, a level, locked ones
export_of $f >before.json
ok "lock a node" t $f node lock "$node"
export_of $f >locked.json
ok "two nodes and a locked one in one job" \
    t $f expand operation/division/'exact sharing' "$node" operation/multiplication/'equal groups'
is "the locked one is named" yes "$(grep -q 'left alone: with remainder' said && echo yes)"
t $f wait >said 2>&1
is "the locked one has no children" "" "$(tree_of $f "$node")"
is "the others do" yes "$([ "$(tree_of $f 'operation/division/exact sharing' | wc -l)" -gt 1 ] &&
    [ "$(tree_of $f 'operation/multiplication/equal groups' | wc -l)" -gt 1 ] && echo yes)"
refused "a locked node alone is refused" 1 'is locked against the teacher' t $f expand "$node"
ok "a level: what has no children yet" t $f expand operation --level 2 --wait
is "and says what it left alone" yes "$(grep -q '15 nodes expanded, 1 locked node left alone' said &&
    echo yes)"
ok "the same again" t $f expand operation --level 2 --wait
is "finds nothing to do" yes "$(grep -q 'nothing to expand' said && echo yes)"
ok "undo of the level" t $f undo
ok "undo of the first job" t $f undo
export_of $f >undone.json
same "two undos give the tree of before, to the byte" locked.json undone.json
ok "undo of the lock" t $f undo
export_of $f >undone.json
same "and one more the shipped one" before.json undone.json

# ---- a node that fails is marked and tried again
ok "a teacher that declines" t $f teacher set offline refusal=1
refused "fails" 1 '1 failed \(expand tries them again\).*declined' t $f expand "$node" --wait
is "marked failed" failed "$(state "$(id_of "$node")")"
is "and nothing is invented" "" "$(tree_of $f "$node")"
refused "advice, too" 1 '1 question was not answered: refused' t $f suggest describe "$node" --wait
ok "a teacher that answers" t $f teacher set offline refusal=0
ok "tried again" t $f expand "$node" --wait
is "is expanded" expanded "$(state "$(id_of "$node")")"

# ---- proposals: taken, dropped, undone
t $f expansion "$node" >said
is "kept and dropped ones are shown" yes \
    "$(grep -q '^kept' said && grep -q '^dropped.*elsewhere\|^dropped.*another place\|^dropped.*general' said &&
        echo yes)"
dropped=$(t $f expansion "$node" --json | "$jsonq" -e proposals fate name | sed -n 's/^dropped	//p' |
    head -n 1)
kept=$(tree_of $f "$node" | head -n 1)
export_of $f >before.json
t $f expansion "$node" >before.txt
ok "take a dropped one" t $f expansion take "$node" "$dropped"
is "it is a child" "$dropped" "$(tree_of $f "$node" | tail -n 1)"
is "of the model" model \
    "$(t $f tree "$node/$dropped" --json | "$jsonq" origin)"
is "and told as taken, with the critic's reason" yes \
    "$(said_about "$node" "$dropped" | grep -q 'kept.taken by a person; the critic: ' && echo yes)"
refused "twice is refused" 1 'is kept already' t $f expansion take "$node" "$dropped"
ok "drop a kept one" t $f expansion drop "$node" "$kept"
is "it is no child" "" "$(tree_of $f "$node" | grep -x "$kept")"
is "and told as dropped" yes \
    "$(said_about "$node" "$kept" | grep -q 'dropped.taken out by a person' && echo yes)"
refused "what nobody proposed" 1 'was not proposed' t $f expansion take "$node" unicorns
refused "one of two that cannot be: none is" 1 'was not proposed' \
    t $f expansion take "$node" "$kept" unicorns
is "really none" "" "$(tree_of $f "$node" | grep -x "$kept")"
ok "take it back" t $f expansion take "$node" "$kept"
t $f expansion "$node" --json >taken.json
export_of $f >taken.tree
for i in 1 2 3; do ok "undo $i" t $f undo; done
export_of $f >undone.json
t $f expansion "$node" >undone.txt
same "undo: the same tree" before.json undone.json
same "undo: the same record of the expansion" before.txt undone.txt
stop_server $f
for i in 1 2 3; do ok "redo $i, by another server" t $f redo; done
export_of $f >undone.json
t $f expansion "$node" --json >undone.txt
same "redo: the same tree" taken.tree undone.json
same "redo: the same record" taken.json undone.txt

# ---- suggestions
export_of $f >before.json
ok "a stray and a double" t $f - <<END
node add "$node" 'toy shop' -d 'It belongs to another taxonomy.'
node add "$node" 'the $kept'
node delete operation/division/'rate per unit'
END
export_of $f >strays.json
ok "what is missing" t $f suggest missing operation/division operation/multiplication --wait
is "says how much" yes "$(grep -q '1 suggestion, 1 node complete' said && echo yes)"
ok "sound?" t $f suggest sound "$node" --children --wait
ok "a better description" t $f suggest describe operation/division "$node" --wait
t $f suggest list --json >list.json
# the proposal that was taken above is a stray, too
is "kinds that wait" "delete delete describe describe merge missing" \
    "$("$jsonq" -e . kind <list.json | sort | tr '\n' ' ' | sed 's/ $//')"
export_of $f >undone.json
same "asking changes no tree" strays.json undone.json
stop_server $f
t $f suggest list --json >again.json
same "they wait in the file" list.json again.json
missing=$("$jsonq" -e . kind id <list.json | sed -n 's/^missing	//p')
merge=$("$jsonq" -e . kind id <list.json | sed -n 's/^merge	//p')
ok "accept what is missing" t $f suggest accept "$missing"
is "it is there again" "rate per unit" "$(tree_of $f operation/division | tail -n 1)"
refused "not twice" 1 "suggestion $missing: it was accepted already" t $f suggest accept "$missing"
ok "reject the merge" t $f suggest reject "$merge"
ok "accept all of a kind" t $f suggest accept --kind describe
ok "accept the rest" t $f suggest accept --kind all
is "the stray is gone" "" "$(tree_of $f "$node" | grep -x 'toy shop')"
is "the double stays: a person said so" "the $kept" "$(tree_of $f "$node" | grep -x "the $kept")"
is "the descriptions are set" 2 "$(t $f tree operation/division --json |
    grep -o '"description":"Word problems about' | wc -l)"
is "nothing waits" 1 "$(t $f suggest list | grep -c 'no suggestion waits')"
ok "what was turned down is not suggested again" t $f suggest sound "$node" --children --wait
is "known before" yes "$(grep -q '1 of them known before' said && echo yes)"
is "still nothing waits" 1 "$(t $f suggest list | grep -c 'no suggestion waits')"
for i in 1 2 3 4; do ok "undo decision $i" t $f undo; done
t $f suggest list --json >again.json
same "undo: they wait again" list.json again.json
export_of $f >undone.json
same "undo: the tree of before" strays.json undone.json
ok "lock what is suggested about" t $f node lock operation/division
refused "nothing is accepted about it" 1 'is locked against the teacher' \
    t $f suggest accept "$missing"
ok "save, build, save" sh -c "'$TAXA_BIN' $f save one.session && mkdir -p again &&
    cd again && '$TAXA_BIN' ../one.session save two.session"
same "suggestions that wait are no part of a design" one.session again/two.session

# ---- outside its domain the offline teacher declines, and the tree stays as it was
build strange.taxa gsm8k
ok "another domain" t strange.taxa describe "Poems about the sea"
refused "it declines" 1 'only writes grade-school maths' t strange.taxa suggest missing operation --wait
is "and suggests nothing" 1 "$(t strange.taxa suggest list | grep -c 'no suggestion waits')"

# ---- stopped, and asked for again: nothing is paid twice; undone, it is asked anew
busy() { [ "$(t "$1" status --json | "$jsonq" job)" != null ]; }
calls_of() { [ "$(t "$1" calls --json | wc -l)" -ge "$2" ]; }
build stop.taxa gsm8k
ok "slow" t stop.taxa - <<END
set concurrency 4
teacher set offline latency=40
END
ok "a level" t stop.taxa expand 'everyday setting' --level 2
until_ok 20 calls_of stop.taxa 40 || fail "calls come" "$(t stop.taxa status)"
ok "stop" t stop.taxa stop --jobs
is "nothing is under way" null "$(t stop.taxa status --json | "$jsonq" job)"
quiet() { n=$(t stop.taxa calls --json | wc -l) && sleep 0.3 && [ "$(t stop.taxa calls --json | wc -l)" = "$n" ]; }
until_ok 20 quiet || fail "what was on the wire has come"
ok_keys stop.taxa >keys.before
ok "the same again" t stop.taxa expand 'everyday setting' --level 2 --wait
ok_keys stop.taxa >keys.after
is "no answer was asked for twice" 0 "$(uniq -d keys.after | wc -l)"
is "all that was paid for was used: one job" 1 "$(sed 's/\..*//' keys.after | sort -u | wc -l)"
is "and none is lost" 0 "$(comm -23 keys.before keys.after | wc -l)"
build plain.taxa gsm8k
ok "the same undisturbed" t plain.taxa expand 'everyday setting' --level 2 --wait
export_of stop.taxa >one.json
export_of plain.taxa >two.json
same "gives the same tree" one.json two.json

build undone.taxa gsm8k
ok "slow" t undone.taxa - <<END
set concurrency 4
teacher set offline latency=40
END
ok "a level" t undone.taxa expand operation --level 2
told() { t undone.taxa tree operation | grep -q '^      '; }
until_ok 20 told || fail "children come" "$(t undone.taxa status)"
ok "stop" t undone.taxa stop --jobs
ok "undo what it did" t undone.taxa undo
ok "the same again" t undone.taxa expand operation --level 2 --wait
is "is asked anew" 2 "$(ok_keys undone.taxa | sed 's/\..*//' | sort -u | wc -l)"

# ---- nothing new for a node made by hand: what was proposed can be seen all the same
build bare.taxa gsm8k
ok "expand what is complete" t bare.taxa expand operation/division --wait
t bare.taxa expansion operation/division >said 2>&1
is "its proposals are there" yes "$(grep -q '^repeats  exact sharing' said && echo yes || cat said)"

# ---- killed in the middle
build dead.taxa gsm8k
ok "slow" t dead.taxa - <<END
set concurrency 4
teacher set offline latency=60
END
kills=0 tries=0
t dead.taxa expand 'everyday setting' --level 2 >said 2>&1 || fail "expand" "$(cat said)"
while [ $kills -lt "$KILLS" ] && [ $tries -lt $((KILLS * 4)) ]; do
    tries=$((tries + 1))
    sleep "0.$(printf %03d "$(random 300)")"
    busy dead.taxa || { t dead.taxa resume >said 2>&1; continue; }
    pid=$(server_pid dead.taxa) || continue
    kill -9 "$pid"
    until_ok 10 gone dead.taxa || fail "the server dies"
    kills=$((kills + 1))
    t dead.taxa resume >said 2>&1 || [ $kills = "$KILLS" ] || fail "resume after a kill" "$(cat said)"
done
is "the server was killed, so many times" "$KILLS" $kills
busy dead.taxa || ok "go on" t dead.taxa resume
t dead.taxa wait >said 2>&1
is "it came to its end" "" "$(tree_of dead.taxa 'everyday setting' | while read -r name; do
    t dead.taxa tree "everyday setting/$name" --depth 1 | grep unexpanded; done)"
ok_keys dead.taxa >keys.dead
ok_keys plain.taxa >keys.plain
is "no question was answered twice" 0 "$(uniq -d keys.dead | wc -l)"
export_of dead.taxa >one.json
same "the same tree as undisturbed" one.json two.json
ok "suggestions, killed as well" t dead.taxa suggest describe 'everyday setting/school' \
    'everyday setting/travel' 'everyday setting/community'
pid=$(server_pid dead.taxa) && kill -9 "$pid"
until_ok 10 gone dead.taxa || fail "the server dies"
ok "asked for again" t dead.taxa suggest describe 'everyday setting/school' \
    'everyday setting/travel' 'everyday setting/community' --wait
is "three wait" 3 "$(t dead.taxa suggest list | grep -c describe)"
ok_keys dead.taxa >keys.dead
is "and no question was answered twice" 0 "$(uniq -d keys.dead | wc -l)"
ok "the file is sound" t dead.taxa doctor
finish
