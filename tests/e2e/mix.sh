#!/bin/sh
# Before the run: what draw shows is what generate makes; try writes a scenario or a record that is
# paid once, also over kill -9, and is no point; preview warns of what is odd.
. tests/e2e/lib
f=gsm8k.taxa
build $f gsm8k
t $f - >said 2>&1 <<'END' || fail "settings" "$(cat said)"
set complexity 0.5
teacher set offline wrong=0 correct-no-on-right=0 incorrect-yes-on-right=0 malformed=0
END

# ---- draw
t $f draw 1000 --points 40 --json >drawn.json
is "draw knows how many there are" "40	false" "$("$jsonq" mixes afresh <drawn.json)"
"$jsonq" -e draws strategy complexified 'nodes[].path' <drawn.json >wanted.txt
t $f draw 3 --skip 2 --points 40 --json | "$jsonq" -e draws mix 'nodes[].path' >some.txt
sed -n 3,5p wanted.txt | cut -f3 | awk '{ print NR + 2 "\t" $0 }' >part.txt
same "draw 3 --skip 2: the third to fifth" part.txt some.txt
t $f draw 100 --strategy "pure number" --points 40 --json | "$jsonq" -e draws 'nodes[].path' >some.txt
awk -F '\t' '$1 == "pure number" { print $3 }' wanted.txt >part.txt
same "draw --strategy: those of the strategy, in their order" part.txt some.txt
is "draw spends nothing" 0 "$(stat_of $f calls.made)"
ok "generate" t $f generate 40 --wait
t $f export - --format full 2>/dev/null | "$jsonq" id strategy complexified 'mix[].path' | sort -n |
    cut -f2- >found.txt
same "generate makes exactly the mixes that draw showed" wanted.txt found.txt
is "draw goes on with what is still to be made" "20	false" \
    "$(t $f draw 1 --points 60 --json | "$jsonq" mixes afresh)"
is "with nothing to add it says so" "40	true" \
    "$(t $f draw 1 --points 40 --json | "$jsonq" mixes afresh)"
refused "an unknown strategy is named" 1 'no strategy "none"' t $f draw --strategy none

# ---- try
before=$(stat_of $f calls.made)
undo=$(t $f log | head -n 1)
t $f try --mix 2 --wait --json >one.json 2>said
is "try ends well" 0 $?
is "it is of the mix that draw shows" "$(t $f draw 1 --skip 1 --json | "$jsonq" -e draws 'nodes[].path')" \
    "$("$jsonq" 'nodes[].path' <one.json)"
is "it has a scenario and no record" "yes" \
    "$(grep -q '"scenario":"' one.json && ! grep -q '"record"' one.json && echo yes)"
calls=$(stat_of $f calls.made)
is "its calls are counted" "$("$jsonq" 'calls#' <one.json)" $((calls - before))
is "it is no point" "40	0	0" "$(stat_of $f accepted asked failed)"
is "and nothing to undo" "$undo" "$(t $f log | head -n 1)"
t $f try --mix 2 --wait --json >two.json 2>said
same "the same again has the same result" one.json two.json
is "and is not paid again" "$calls" "$(stat_of $f calls.made)"
t $f try --mix 2 --record --wait --json >three.json 2>said
is "with the record it keeps its scenario" "$("$jsonq" scenario <one.json)" \
    "$("$jsonq" scenario <three.json)"
is "and pays for the record only" $((calls + 1)) "$(stat_of $f calls.made)"
t $f save - | sed -n "s/^schema '\(.*\)'$/\1/p" >schema.json
ok "the record is one" sh -c "'$jsonq' record <three.json | '$jsonq' -s schema.json question answer"
is "tried shows it" "$("$jsonq" scenario <three.json)" \
    "$(t $f tried --json | "$jsonq" -e . scenario)"
ok "for people, too" sh -c "'$TAXA_BIN' $f tried | grep -q '^record'"
ok "an edit of the description" t $f describe "Other word problems, for grown-ups"
t $f try --mix 2 --wait --json >four.json 2>said
is "is another question" yes "$([ "$(stat_of $f calls.made)" -gt $((calls + 1)) ] && echo yes)"
refused "a mix that is not there" 1 'no mix 5000' t $f try --mix 5000 --wait
is "no question was answered twice" 0 \
    "$(t $f calls --json | "$jsonq" outcome key | awk '$1 == "ok"' | sort | uniq -d | wc -l)"

# ---- killed between question and answer
k=killed.taxa
build $k gsm8k
t $k - >said 2>&1 <<'END' || fail "settings" "$(cat said)"
strategy set everyday complexity=0
strategy set "pure number" complexity=0
teacher set offline malformed=0 latency=60000
END
kill_server() {
    kill -9 "$(server_pid $k)"
    ok "it is gone" until_ok 10 gone $k
}
in_flight() { [ "$(stat_of $k calls.in_flight)" = 1 ]; }
t $k try --record >said 2>&1
ok "the first question is on its way" until_ok 10 in_flight
kill_server
is "nothing is paid yet" 0 "$(stat_of $k calls.made)"
answered() { [ "$(t $k calls --json | "$jsonq" task outcome | grep -c 'scenarios	ok')" = 1 ]; }
ok "a teacher who answers at once, then slowly" t $k teacher set offline latency=0
t $k try --wait --json >one.json 2>said
ok "the scenario is paid" answered
ok "slow again" t $k teacher set offline latency=60000
t $k try --record >said 2>&1
ok "the record is on its way" until_ok 10 in_flight
kill_server
ok "quick again" t $k teacher set offline latency=0
ok "resume goes on with it" t $k resume
has_record() { t $k tried --json | grep -q '"record"'; }
ok "the record is written" until_ok 10 has_record
is "it has the scenario that was paid for" "$("$jsonq" scenario <one.json)" \
    "$(t $k tried --json | "$jsonq" -e . scenario)"
is "each of the two was paid once" "generate scenarios" \
    "$(echo $(t $k calls --json | "$jsonq" task | sort))"
is "no point came of it" "0	0" "$(stat_of $k accepted asked)"
ok "slow once more" t $k teacher set offline latency=60000
t $k try --mix 2 >said 2>&1
ok "another scenario is on its way" until_ok 10 in_flight
refused "its record has to wait" 1 'is being written' t $k try --mix 2 --record --wait
ok "stop ends it" t $k stop
is "and it says so" "stopped by hand" "$(t $k tried --json | "$jsonq" -e . problem)"
ok "a budget" t $k set budget-tokens 1
refused "holds for it, too" 1 'budget-tokens' t $k try --mix 3 --wait

# ---- warnings
w=odd.taxa
t $w - >said 2>&1 <<'END' || fail "an odd design" "$(cat said)"
describe "Short riddles"
factor add place
factor add form
factor add mood
node add place sea -w 2
node add place land
node add place air
node add place sky
node add place/land hill -w 0
node add form rhyme
node add form prose
node add mood dark
node add mood light
strategy add one place form
strategy add two place form
strategy set two weight=0
exclude add place/sea form/rhyme
exclude add place/sea form/prose
set levels leaves
set points 3
END
is "preview says what is odd" \
    "all-off empty-nodes no-partners strategy-off unused-taxonomy" \
    "$(echo $(t $w preview --json | "$jsonq" -e warnings kind | grep -v repeats | sort -u))"
is "and about which node" 'place/sea' "$(t $w tree --json >tree.json
    id=$(t $w preview --json | "$jsonq" -e warnings kind node | awk '$1 == "no-partners" { print $2; exit }')
    t $w preview --json | "$jsonq" -e nodes id path | awk -v id="$id" '$1 == id { print $2 }')"
ok "people read it as sentences" sh -c "'$TAXA_BIN' $w preview | grep -q '^! no strategy draws from'"
refused "draw says that there is no way" 1 'exclu' t $w draw
ok "a pair of one strategy is added" t $w exclude add place/land form/rhyme --strategy one
is "and listed with it" "one" \
    "$(t $w exclude list --json | "$jsonq" -e . a name | awk '$1 == "place/land" { print $2 }')"
ok "and removed from it alone" t $w exclude remove place/land form/rhyme --strategy one
is "the others stay" 2 "$(t $w exclude list | wc -l)"
finish
