#!/bin/sh
# Every command on trees: what it makes of the stored tree, and that undo gives back the same bytes
# in every format and in `save`, and redo the changed ones.
. tests/e2e/lib
. "$root/tests/e2e/lib_tree"
f=ops.taxa
ok "a session" t $f - <<'END'
node add / top -d "what all is about"
node add top a -w 2 -d "the first"
node add top/a a1
node add top/a a2 -w 3
node add top/a/a2 deep
node add top b
node add top/b a1 -w 5 -d "of b"
node add top/b b2
node add top c
node add / other
node add other o1
END
is "a node that is added to / is a taxonomy" accepted "$(t $f factor list --json | "$jsonq" -e . state | head -n 1)"

# ---- add
do_it "add" node add top d -d "a description" -w 0.5
has "is last" top 'top -- what all is about|  a [w=2] -- the first|    a1|    a2 [w=3]|      deep|  b|    a1 [w=5] -- of b|    b2|  c|  d [w=0.5] -- a description|'
do_it "add before" node add top z --before top/b
is "stands before" "a z b c d" "$(below name top)"
do_it "add a taxonomy before" node add / first --before other
is "taxonomies in order" "top first other" "$(tops name)"
no 1 'there is a "b" \(@[0-9]+\) in that place' node add top b
no 1 'is not a child of' node add top x --before other/o1
no 1 'control character' node add top "$(printf 'two\nlines')"

# ---- values
do_it "rename" node rename top/d "d renamed"
do_it "rename a taxonomy" node rename first "first of all"
is "its factor is renamed" "first of all" "$(t $f factor list --json | "$jsonq" -e . name | tail -n 1)"
do_it "describe" node describe top/c some words
do_it "weight" node weight top/c 4
do_it "even" node even top
is "all weigh 1" "1 1 1 1 1" "$(below weight top)"
t $f undo >/dev/null 2>&1
do_it "lock many" node lock top/a top/b/a1 top/c
is "they are locked" "true true true" "$(of top/a locked) $(of top/b/a1 locked) $(of top/c locked)"
do_it "unlock many" node unlock top/a top/c
do_it "sort" node sort top -name
is "by name, the other way round" "z d renamed c b a" "$(below name top)"
do_it "sort by weight" node sort top weight
is "the lightest first" "0.5 1 1 2 4" "$(below weight top)"
do_it "sort taxonomies" node sort / -name
no 1 'no node "nothing"' node lock top/a top/nothing

# ---- copy
do_it "copy" node copy top/a top/c
has "with all below it" top/c 'c [w=4] -- some words|  a [w=2] -- the first|    a1|    a2 [w=3]|      deep|'
do_it "copy into the same parent" node copy top/a top
is "under a new name" 'copied as "a (2)"' "$(cat said)"
do_it "copy the copy" node copy "top/a (2)" top --before top/b
is "counts on" yes "$(below name top | grep -q 'a (3) b ' && echo yes)"
do_it "copy what is below" node copy top/a top/b --children --before top/b/b2
has "in order, with names that are free" top/b 'b|  a1 [w=5] [locked] -- of b|  a1 (2)|  a2 [w=3]|    deep|  b2|'
do_it "copy a branch to a taxonomy" node copy top/b /
is "it is one" "b" "$(t $f tree b --depth 0 --json | "$jsonq" name)"
no 1 'below itself' node copy top/a top/a/a2

# ---- move
do_it "move" node move top/a/a2 top/c
do_it "move before" node move top/c/a2 top --before top/c
do_it "move within" node move top/a top
is "is last now" a "$(below name top | sed 's/.* //')"
do_it "move what is below" node move top/c top/a --children
has "the node stays without children" top/c 'c [w=4] -- some words|'
do_it "move a branch to a taxonomy" node move b/a2 /
do_it "a taxonomy goes below a node" node move a2 other/o1
is "and is no factor" 0 "$(t $f factor list --json | "$jsonq" -e . name | grep -c '^a2$')"
do_it "taxonomies change places" node move other / --before top
no 1 'there is a "a1" \(@[0-9]+\) in that place' node move b/a1 top/b
no 1 'below itself' node move top top/a
t $f log --limit 1 >log.before
ok "a move to where it stands" t $f node move top/a top
t $f log --limit 1 >log.after
same "is no entry in the journal" log.before log.after

# ---- merge, split, delete
ok "two alike" t $f - <<'END'
node add other left -w 2
node add other right -w 3 -d "of the right"
node add other/left same -w 2
node add other/left/same l
node add other/right same -w 4
node add other/right/same r
node add other/right only
END
right=$(of other/right id)
do_it "merge" node merge other/left other/right
has "children united by name" other/left 'left [w=5] -- of the right|  same [w=6]|    l|    r|  only|'
is "names of the merged are aliases" right "$(of other/left 'aliases[]')"
is "and are shown" yes "$(t $f tree other/left --depth 0 | grep -q 'also: right' && echo yes)"
is "the same name twice is none" "" "$(of other/left/same 'aliases[]' 2>/dev/null)"
no 1 "@$right was merged into @[0-9]+ at [0-9][0-9]:[0-9][0-9] by .*undo brings it back" node weight "@$right" 2
no 1 'lie in one line' node merge other/left other/left/only
no 1 'another taxonomy' node merge other/left top/b
do_it "split" node split other/left part1 part2 part3
has "the first keeps the children" other/part1 'part1 [w=1.6666666666666667] -- of the right|  same [w=6]|    l|    r|  only|'
is "the parts stand in its place" "o1 part1 part2 part3" "$(below name other)"
no 1 'there is a "part2"' node split other/part1 one part2
gone=$(of other/part2 id)
do_it "delete many, one below another" node delete other/part1 other/part1/same other/part2 other/part1
no 1 "@$gone was deleted at [0-9][0-9]:[0-9][0-9] by .*undo brings it back" node rename "@$gone" x
ok "undo brings it back" t $f undo
is "indeed" part2 "$(of "@$gone" name)"
new=$(t $f node add other "added, then undone" --json | "$jsonq" id)
ok "undo of an add" t $f undo
no 1 "@$new, added at .*taken back by undo .redo brings it back" node rename "@$new" x
no 1 'there is no node @99999' node rename @99999 x
script "a script of node commands" <<END
node add other s1
node add other s2 --before other/s1
node move @$gone other --before other/s1
node describe @$gone "moved by a script"
END
t $f - >printed 2>said <<END
node delete other/s1
node weight @$gone 3
node delete @$gone
node weight @$gone 2
END
is "a node deleted by the script itself" yes "$(grep -q "line 4: @$gone is deleted, by an earlier line.*nothing was changed" said && echo yes || cat said)"
ok "deleted by somebody" t $f node delete "@$gone"
for words in "expand @$gone" "tree @$gone" "exclude add @$gone top" "node sort @$gone name"; do
    # shellcheck disable=SC2086
    no 1 "@$gone was deleted at .*undo brings it back" $words
done
refused "a dry run of a session that is not there" 1 'no such session file' t none.taxa tree import other.txt --dry-run
is "makes none" no "$([ -e none.taxa ] && echo yes || echo no)"

# ---- points follow a merge
f=points.taxa
build $f gsm8k
ok "points" t $f generate 60 --wait
into=operation/division from=operation/multiplication
counts() { # accepted of the two
    for node in $into $from; do
        t $f tree $node --depth 0 --json 2>/dev/null | "$jsonq" accepted
    done | paste -sd ' ' -
}
before_merge=$(counts)
point=$(t $f points "node:$from" --json | "$jsonq" id | head -n 1)
t $f show "$point" --json >point.before
do_it "merge nodes with points" node merge $into $from
is "the points count at the first ($before_merge)" "$((${before_merge% *} + ${before_merge#* }))" "$(counts)"
is "and say so" yes "$(t $f show "$point" --json | "$jsonq" 'mix[].path' | grep -q "$into" && echo yes)"
is "a filter by the old name finds them" yes "$(t $f points "node:$from" --json | "$jsonq" id | grep -qx "$point" && echo yes)"
ok "undo" t $f undo
is "the points are where they were" "$before_merge" "$(counts)"
t $f show "$point" --json >point.after
same "as they were" point.before point.after

# ---- 10,000 commands by number on 100,000 nodes: none of them reads the tree
f=large.taxa
awk 'BEGIN { print "top"
    for (i = 0; i < 100; i++) { print "  g" i
        for (j = 0; j < 1000; j++) print "    leaf " i "-" j } }' >large.txt
ok "100,000 nodes" t $f tree import large.txt
awk 'BEGIN { for (i = 0; i < 2000; i++) {
    id = 100000 - 7 * i
    print "node weight @" id " " i % 5
    print "node rename @" id " \"renamed " i "\""
    print "node describe @" id " \"of " i "\""
    print "node lock @" id
    print "node move @" id " @2 --before @3" } }' >large.script
t $f save large.before
began=$(date +%s)
ok "10,000 commands" t $f - <large.script
took=$(($(date +%s) - began))
is "in seconds, not minutes ($took s)" yes "$([ $took -lt 30 ] && echo yes)"
is "what they did" "renamed 0" "$(t $f tree @100000 --depth 0 --json | "$jsonq" name)"
ok "one undo" t $f undo
t $f save large.after
same "takes all back" large.before large.after
finish
