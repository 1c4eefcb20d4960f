#!/bin/sh
# A session saved, built from its script and saved again is the same text, for every shipped session.
# Random edits, each a command or a script, are all undone and all done again, each step looking as
# it did, also when the server ends in between. EDITS=200 for the long form, SEED= to repeat one.
. tests/e2e/lib
EDITS=${EDITS:-60}
SEED=${SEED:-$(random 1000000)}
echo "seed $SEED"

# ---- save, build, save
for script in "$root"/sessions/*.session; do
    name=$(basename "$script" .session)
    mkdir -p first again
    ok "$name: save" sh -c "cd first && '$TAXA_BIN' '$script' save '$name.session'"
    ok "$name: build from what was saved, save again" \
        sh -c "cd again && '$TAXA_BIN' ../first/$name.session save $name.session"
    same "$name: the same text" first/"$name.session" again/"$name.session"
    # Numbers of nodes (and with them the rounding of quotas) and what was set to its default are not
    # part of a design.
    for where in first again; do
        file=$where/$name.taxa
        {
            t $file tree --json | "$jsonq" -e . -w children name description weight locked state origin
            t $file settings --json | "$jsonq" -e . name value
            t $file factor list --json | "$jsonq" -e . name description state reason origin
            t $file strategy list --json
            t $file teacher list --json
            t $file example list --json
            t $file preview 1000 --json | "$jsonq" -d nodes .
        } >$where.txt 2>&1
    done
    same "$name: the same trees, settings, factors, strategies, teachers, examples and quotas" \
        first.txt again.txt
    is "$name: nothing of that is missing" 0 "$(grep -c '^taxa:' first.txt)"
    is "$name: the script says more than a line or two" yes \
        "$([ "$(wc -l <first/"$name".session)" -gt 10 ] && echo yes)"
done

# ---- random edits
f=edits.taxa
build $f gsm8k
ok "some points to review" t $f generate 40 --wait
t $f points --json | "$jsonq" id >points.txt

look() { # everything that a person changes, as one number
    {
        t $f save - && t $f tree --json && t $f queue --json && t $f points --json &&
            t $f factor list --json && t $f export - --format full --where 'id>0'
    } 2>look.err | md5sum
}
# One random edit on standard output, as a script of one to three lines. Names that are taken, nodes
# that were deleted meanwhile and the like make an edit fail: then it must have changed nothing.
edit() { # number
    t $f tree --json | "$jsonq" -e . -w children id >nodes.txt
    awk -v seed="$SEED$1" -v n="$1" '
    function any(list, count) { return list[int(rand() * count) + 1] }
    function node() { return "@" any(ids, id_count) }
    function one(k) {
        k = int(rand() * 31)
        if (k < 3) return "node add " node() " \"new " n "\" -d \"of edit " n "\" -w " int(rand() * 5)
        if (k < 5) return "node rename " node() " \"name " n "\""
        if (k == 5) return "node describe " node() " \"text " n " with \\\"quotes\\\"\""
        if (k < 8) return "node weight " node() " " int(rand() * 40) / 10
        if (k < 10) return "node move " node() " " node()
        if (k == 10) return "node copy " node() " " node()
        if (k == 11) return "node merge " node() " " node()
        if (k == 12) return "node split " node() " \"part a" n "\" \"part b" n "\""
        if (k < 15) return "node delete " node()
        if (k == 15) return (rand() < 0.5 ? "node lock " : "node unlock ") node()
        if (k == 16) return "node sort " node() " " (rand() < 0.5 ? "-name" : "points")
        if (k == 17) return "strategy set everyday weight=" int(rand() * 9 + 1) " complexity=" rand()
        if (k == 18) return "strategy add \"strategy " n "\" operation steps"
        if (k == 19) return "set complexity " int(rand() * 100) / 100
        if (k == 20) return "describe \"Grade-school maths word problems, edit " n "\""
        if (k == 21) return "exclude add " node() " " node()
        if (k == 22) return "review " (rand() < 0.5 ? "accept " : "reject ") any(points, point_count) " \"edit " n "\""
        if (k == 23) return "review reject " any(points, point_count) " \"reason " n "\""
        if (k == 24) return "node even " node()
        if (k == 25) return "node move " node() " " node() " --before " node()
        if (k == 26) return "node move " node() " " node() " --children"
        if (k == 27) return "node copy " node() " " (rand() < 0.3 ? "/" : node()) " --children"
        if (k == 28) return "node add " (rand() < 0.3 ? "/" : node()) " \"first " n "\" --before " node()
        if (k == 29) return "node " (rand() < 0.5 ? "move " : "copy ") node() " /"
        return "teacher set offline wrong=" int(rand() * 100) / 100
    }
    FILENAME == "nodes.txt" { ids[++id_count] = $1; next }
    { points[++point_count] = $1 }
    END {
        srand(seed)
        lines = rand() < 0.8 ? 1 : 3
        for (i = 0; i < lines; i++) print one()
    }' nodes.txt points.txt
}
steps() { t $f log --json --limit 100000 | grep -c '"undone":false'; }
step_count=$(steps)
look >look.0
done_edits=0 tried=0 changed=0
: >kinds.txt
while [ $done_edits -lt "$EDITS" ] && [ $tried -lt $((EDITS * 6)) ]; do
    tried=$((tried + 1))
    edit $tried >edit.txt
    if t $f - <edit.txt >said 2>&1; then
        look >look.now
        if cmp -s look.now look.$done_edits; then
            # such as a weight that was the same: then it must be no step for undo either
            steps=$(steps)
            is "an edit that changes nothing is no step: $(cat edit.txt)" $step_count "$steps"
            if [ "$steps" != $step_count ]; then # a fault; go on with the steps that there are
                step_count=$steps done_edits=$((done_edits + 1))
                mv look.now look.$done_edits
            fi
            continue
        fi
        done_edits=$((done_edits + 1))
        step_count=$((step_count + 1))
        mv look.now look.$done_edits
        cut -d' ' -f1-2 edit.txt >>kinds.txt
    else
        look >look.now
        cmp -s look.now look.$done_edits ||
            fail "an edit that is refused changes nothing" "$(cat edit.txt said)"
    fi
    [ $((tried % 25)) != 0 ] || stop_server $f
done
is "so many edits were made" "$EDITS" $done_edits
is "each was one step" $step_count "$(steps)"
is "of many kinds" yes "$([ "$(sort -u kinds.txt | wc -l)" -ge 8 ] && echo yes)"

walk() { # undo|redo, from, step
    at=$2
    wrong=0
    for _ in $(seq "$EDITS"); do
        t $f "$1" >said 2>&1 || wrong=$((wrong + 1))
        at=$((at + $3))
        look >look.now
        if ! cmp -s look.now look.$at; then
            wrong=$((wrong + 1))
            [ $wrong -gt 1 ] || fail "$1 to step $at looks as it did" "$(cat said)"
        fi
        [ $((at % 20)) != 0 ] || stop_server $f
    done
    is "every $1 led to what was there" 0 $wrong
}
walk undo "$EDITS" -1
walk redo 0 1
ok "undo all at once" t $f undo "$EDITS"
look >look.now
same "as at the start" look.0 look.now
stop_server $f
ok "redo all at once, by a new server" t $f redo "$EDITS"
look >look.now
same "as at the end" look.$EDITS look.now
ok "the file is sound" t $f doctor
finish
