#!/bin/sh
# Nodes that move by one place: alone and as a block, among their siblings, in and out, and what is
# said where there is no place to go to. Undo gives back the same bytes.
. tests/e2e/lib
. "$root/tests/e2e/lib_tree"
f=shift.taxa
ok "a session" t $f - <<'END'
node add / top
node add top a
node add top/a a1
node add top/a a2
node add top/a a3
node add top b
node add top c
node add top d
node add / other
END
do_it "up" node shift up top/b
is "stands before" "b a c d" "$(below name top)"
no 1 'first of its siblings' node shift up top/b
do_it "down" node shift down top/b
is "stands behind" "a b c d" "$(below name top)"
do_it "two that stand together, down" node shift down top/a top/b
is "as a block" "c a b d" "$(below name top)"
do_it "two that stand apart, up" node shift up top/a top/d
is "each by one" "a c d b" "$(below name top)"
do_it "of two only one can" node shift up top/a top/d
is "the other stays" "a d c b" "$(below name top)"
no 1 'last of its siblings' node shift down top/b
no 1 'none of the 2 nodes can go down' node shift down top/c top/b
do_it "in" node shift in top/d
is "below the sibling above" "a1 a2 a3 d" "$(below name top/a)"
do_it "in, two of them" node shift in top/c top/b
is "below the nearest that stays" "a1 a2 a3 d c b" "$(below name top/a)"
no 1 'could take it in' node shift in top/a
do_it "out, two of them" node shift out top/a/a2 top/a/d
is "behind the parent in their order" "a a2 d" "$(below name top)"
no 1 'it would be a taxonomy' node shift out top/d
no 1 'it would be a taxonomy' node shift out top
do_it "taxonomies change places" node shift down top
is "in their order" "other top" "$(tops name)"
do_it "in different branches at once" node shift down top/a top/a/a1
is "each among its own" "a2 a d" "$(below name top)"
no 1 'no node' node shift up top/nothing
no 2 'up, down, in or out|up\|down' node shift sideways top/a
finish
