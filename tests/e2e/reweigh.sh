#!/bin/sh
# The design changes in the middle: what is finished is kept, only what the new quotas miss is added.
# N=10000 for the long form.
. tests/e2e/lib
N=${N:-400}
half=$((N / 2))
f=reweigh.taxa
build $f gsm8k
ok "half of it" t $f generate $half --wait
accepted() { t $f points state:accepted --json | "$jsonq" id record | sort; }
accepted >before.txt
last=$(t $f points --sort -id --limit 1 --json | "$jsonq" id)

t $f - >said 2>&1 <<'END'
node weight "operation/division" 2
node weight "everyday setting/community" 0.5
strategy set "pure number" weight=2
strategy set everyday complexity=0.6
END
is "the design is changed" 0 $?
t $f preview "$N" --json >preview.json
is "preview says what is added" $((N - half)) "$("$jsonq" add <preview.json)"
is "and how much of it by strategy" $((N - half)) \
    "$("$jsonq" -e strategies add <preview.json | awk '{ n += $1 } END { print n }')"
is "generate the rest" "$N" "$(t $f generate "$N" --wait --json 2>said | "$jsonq" accepted)"
accepted >after.txt
is "every finished point is kept as it was" 0 "$(comm -23 before.txt after.txt | wc -l)"
is "only what was missing is added" $((N - half)) \
    "$(comm -13 before.txt after.txt | awk -v last="$last" '$1 > last' | wc -l)"
t $f tree --json | "$jsonq" -e . -w children id accepted | awk '$2 > 0' | sort -n >tree.txt
"$jsonq" -e nodes id points <preview.json | awk '$2 > 0' | sort -n >nodes.txt
same "every node has what preview said" nodes.txt tree.txt
t $f export - --format full 2>/dev/null | "$jsonq" strategy complexified |
    awk -F '\t' '{ n[$1]++; c[$1] += $2 == "true" } END { for (s in n) print s "\t" n[s] "\t" c[s] }' |
    sort >counted.txt
"$jsonq" -e strategies name points complexified <preview.json | sort >wanted.txt
same "every strategy and its complexified share too" wanted.txt counted.txt

# ---- while it runs
ok "a slow teacher" t $f teacher set offline latency=40
t $f generate $((N + 100)) >said 2>&1
ok "a weight is changed while the run goes on" t $f node weight "operation/multiplication" 1.5
is "still running" true "$(stat_of $f running)"
t $f preview $((N + 100)) --json >preview.json
ok "the run ends well" t $f wait
is "with the new number" $((N + 100)) "$(stat_of $f accepted)"
is "what was finished is still kept" 0 "$(accepted | comm -23 after.txt - | wc -l)"

# ---- a deleted node's points stay, and are under it again after undo
under() { t $f points state:accepted "node:operation/division" --json 2>/dev/null | wc -l; }
points=$(under)
is "there are points under a node" yes "$([ "$points" -gt 20 ] && echo yes)"
ok "delete it" t $f node delete operation/division
is "its points stay in the data" $((N + 100)) "$(t $f points state:accepted --json | wc -l)"
is "generate has to make up for nothing that is accepted" $((N + 100)) \
    "$(stat_of $f accepted)"
ok "undo" t $f undo
is "its points are under it again" "$points" "$(under)"

# ---- fewer than there are
before=$(stat_of $f calls.made)
ok "generate fewer than there are" t $f generate 10 --wait
is "asks nothing and throws nothing away" "$before	$((N + 100))" \
    "$(stat_of $f calls.made accepted)"
finish
