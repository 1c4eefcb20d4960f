#!/bin/sh
# What `preview` says is what `generate` then plans and makes: random trees, weights, strategies and
# exclusions; from nothing, and again after a run that was stopped half way and an edit. CASES=500
# for the long form; FIRST=n begins with another one.
. tests/e2e/lib
CASES=${CASES:-50}
FIRST=${FIRST:-1}

cat >design.awk <<'END'
function below(n) { return int(rand() * n) }
function one_of(list,    n, part) { n = split(list, part, " "); return part[1 + below(n)] }
function grow(path, depth, taxonomy,    i, n, name) {
    n = depth == 1 ? 1 + below(4) : below(4)
    for (i = 1; i <= n && nodes < 20 * taxonomy; i++) {
        name = "n" ++nodes
        printf "node add %s %s -w %s\n", path, name, one_of("1 1 1 2 3 0.5 0.1 0")
        at[++known] = path "/" name
        of[known] = taxonomy
        if (depth < 3)
            grow(path "/" name, depth + 1, taxonomy)
    }
}
BEGIN {
    srand(seed)
    print "describe 'Grade-school maths word problems'"
    print "schema '{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"}," \
        "\"answer\":{\"type\":\"number\"}},\"required\":[\"question\",\"answer\"]," \
        "\"x-answer\":\"answer\"}'"
    taxonomies = 2 + below(3)
    for (k = 1; k <= taxonomies; k++) {
        printf "factor add t%d\n", k
        nodes = (k - 1) * 20
        grow("t" k, 1, k)
    }
    strategies = below(4)
    for (s = 1; s <= strategies; s++) {
        line = ""
        for (k = 1; k <= taxonomies; k++)
            if (rand() < 0.7)
                line = line " t" k
        printf "strategy add s%d%s\n", s, line == "" ? " t1" : line
        printf "strategy set s%d weight=%s levels=%s complexity=%s\n", s, \
            s == 1 ? 2 : one_of("0 1 1 2 3.5"), one_of("all leaves 1 2 3"), one_of("0 0.2 0.5 1")
    }
    for (x = below(4); x > 0 && known > 1; x--) {
        a = 1 + below(known)
        b = 1 + below(known)
        if (of[a] != of[b])
            printf "exclude add %s %s%s\n", at[a], at[b], \
                (strategies > 0 && rand() < 0.5 ? " --strategy s1" : "")
    }
    printf "set seed %d\nset levels %s\nset complexity %s\nset draws %s\n", below(100000), \
        one_of("all leaves 2"), one_of("0.5 0.25 0"), one_of("quota quota quota independent")
    printf "teacher set offline wrong=%s\n", one_of("0 0.3")
    # what is edited in the middle, and the numbers of points
    printf "node weight %s %s\nset complexity 0.7\n", at[1 + below(known)], \
        one_of("0.3 4 0") >"edits"
    # points that are open when the run stops hold their places in the preview: they must keep them
    print "set rejected accept\nset disputed accept" >"edits"
    if (strategies > 1)
        print "strategy set s2 weight=5" >"edits"
    print 8 + below(12), 25 + below(20) >"numbers"
}
END

# Exactly what was said beforehand? Nodes, strategies and their complexified shares.
compare() { # file, N, what
    "$jsonq" -e nodes id points points <preview.json | awk '$2 > 0' | sort -n >wanted.txt
    t "$1" tree --json | "$jsonq" -e . -w children id planned accepted |
        awk '$2 > 0 || $3 > 0' | sort -n >found.txt
    same "case $seed, $3: nodes are planned and filled as preview said" wanted.txt found.txt
    "$jsonq" -e strategies name points complexified <preview.json | awk '$2 > 0' | sort >wanted.txt
    t "$1" export - --format full 2>said | "$jsonq" strategy complexified |
        awk -F '\t' '{ n[$1]++; c[$1] += $2 == "true" } END { for (s in n) print s "\t" n[s] "\t" c[s] }' |
        sort >found.txt
    same "case $seed, $3: so are strategies and their complexified points" wanted.txt found.txt
    is "case $seed, $3: as many as were asked for" "$2" "$(stat_of "$1" accepted)"
}

compared=0 excluded=0
seed=$FIRST
while [ "$seed" -lt $((FIRST + CASES)) ]; do
    f=case$seed.taxa
    awk -v seed="$seed" -f design.awk </dev/null >design.session
    read -r half all <numbers
    if ! t "$f" - <design.session >said 2>&1; then
        fail "case $seed: the design is made" "$(cat said)"
    fi
    # exclusions that leave no way are said by both, and taken away
    if ! t "$f" draw --points "$all" >said 2>&1; then
        refused "case $seed: generate says it, too" 1 'exclu' t "$f" generate "$all" --wait
        t "$f" exclude list --json | "$jsonq" -e . a b |
            awk -F '\t' '{ print "exclude remove " $1 " " $2 }' | sort -u | t "$f" - >said 2>&1
    fi
    excluded=$((excluded + $(t "$f" exclude list | wc -l)))
    t "$f" preview "$half" --json >preview.json
    t "$f" generate "$half" --wait >said 2>&1
    compare "$f" "$half" "from nothing"
    # half a run, an edit, and then the rest
    t "$f" generate "$all" >said 2>&1
    t "$f" stop >said 2>&1
    t "$f" - <edits >said 2>&1 || fail "case $seed: the edits" "$(cat said)"
    if t "$f" draw --points "$all" >said 2>&1; then
        t "$f" preview "$all" --json >preview.json
        t "$f" generate "$all" --wait >said 2>&1
        compare "$f" "$all" "after a stop and edits"
        compared=$((compared + 1))
    fi
    stop_server "$f"
    rm -f "$f" "$f"-*
    seed=$((seed + 1))
done
is "most cases could go on after their edits" yes \
    "$([ $((compared * 10)) -ge $((CASES * 8)) ] && echo yes)"
is "exclusions were among them" yes "$([ $((excluded * 3)) -ge "$CASES" ] && echo yes)"
finish
