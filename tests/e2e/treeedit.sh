#!/bin/sh
# Trees as text: import into what is there, a branch edited as text, and the journal gone back to an
# entry. What each makes of the stored tree, and that undo gives back the same bytes.
. tests/e2e/lib
. "$root/tests/e2e/lib_tree"
f=edit.taxa
ok "a session" t $f - <<'END'
node add / top -d "what all is about"
node add top a -w 2 -d "the first"
node add top/a a1
node add top/a a2 -w 3
node add top/a/a2 deep
node add top b
node add top/b b1
node add top c
node add / other
END

# ---- import
cat >more.txt <<'END'
a [w=5] [locked] -- another text
  a1
  a3
    deep
b
new -- quite new
  below
END
do_it "import into what is there" tree import more.txt --under top --before top/c
has "united by name" top 'top -- what all is about|  a [w=5] [locked] -- another text|    a1|    a2 [w=3]|      deep|    a3|      deep|  b|    b1|  new -- quite new|    below|  c|'
is "says what it did" '4 added, 1 changed, 0 refused' "$(cat said)"
t $f undo >/dev/null 2>&1
rm -rf before after
look before
t $f log >log.before
t $f tree import more.txt --under top --dry-run >printed 2>said
is "a dry run" 'nothing is changed yet: 4 added, 1 changed, 0 refused' "$(cat said)"
is "names the nodes" 'changed: top/a|added: top/a/a3|added: top/a/a3/deep|added: top/new|added: top/new/below' "$(paste -sd '|' printed)"
t $f tree import more.txt --under top --dry-run --json >printed 2>said
is "as JSON" '4 1 top/a|top/a/a3|top/a/a3/deep|top/new|top/new/below changed|added|added|added|added' \
    "$("$jsonq" added changed 'nodes[].path' 'nodes[].what' <printed | tr '\t' ' ')"
t $f log >log.after
look after
equal "a dry run changes nothing" before after
same "a dry run leaves no entry" log.before log.after
do_it "what was imported comes again after undo" tree import more.txt --under top
t $f log --limit 1 >log.before
ok "the same file again" t $f tree import more.txt --under top
is "changes nothing" '0 added, 0 changed, 0 refused' "$(cat said)"
t $f log --limit 1 >log.after
same "and leaves no entry" log.before log.after
printf 'x\n  y\n x2 [w=a]\n  z\nw\n' >bad.txt
no_import() { # pattern of what is printed, words...
    _pattern=$1
    shift
    rm -rf before after
    look before
    t $f "$@" >printed 2>said
    is "$*: exit code" 1 $?
    is "$*: says what" yes "$(grep -Eq "$_pattern" printed && echo yes || cat printed)"
    look after
    equal "$*: nothing changed" before after
}
no_import 'line 3: refused: an indent of 1' tree import bad.txt --under top
no_import '"refused":\[\{"line":3,"found":" x2 \[w=a\]","expected":"an indent of 1' \
    tree import bad.txt --under top --json
do_it "the rest on request" tree import bad.txt --under top/c --skip-refused
has "is there" top/c 'c|  x|    y|  w|'
for way in tabs bullets headings numbers; do
    case $way in
    tabs) printf 'one\n\ttwo\n        three\n  four\n' ;;
    bullets) printf 'one\n- two\n    * three\n- four\n' ;;
    headings) printf '# one\n\n## two\n\n- three\n\n## four\n' ;;
    numbers) printf '1. one\n   1) two\n\n      \342\200\242 three\n   2) four\n' ;;
    esac >pasted.txt
    t $f tree import - --format auto --under top/b/b1 <pasted.txt >printed 2>said
    is "pasted $way" 'b1|  one|    two|      three|    four|' "$(outline top/b/b1)"
    t $f undo >/dev/null 2>&1
done
printf 'taxonomy 1\n  x\nother\n  y\n' >tops.txt
do_it "taxonomies" tree import tops.txt --before other
is "new ones before, known ones kept" "top taxonomy 1 other" "$(tops name)"
has "united" other 'other|  y|'

# ---- a branch as text
edit() { # name, program for sed: do_it with the branch, edited
    t $f tree export branch.txt top --ids
    cp branch.txt was.txt
    sed -i "$2" branch.txt
    do_it "$1" tree edit top branch.txt --was was.txt
}
ok "a fresh start" t $f - <<'END'
node delete top
END
t $f - <<'END' >/dev/null 2>&1
undo
END
a=$(of top/a id) a2=$(of top/a/a2 id) deep=$(of top/a/a2/deep id) b=$(of top/b id)
is "tags" "$(printf 'top -- what all is about [@%s]' "$(of top id)")" "$(t $f tree export - top --ids | head -n 1)"
t $f tree export branch.txt top --ids
t $f log --limit 1 >log.before
ok "an unchanged text" t $f tree edit top branch.txt
is "changes nothing" "edited top: nothing changed" "$(cat said)"
t $f log --limit 1 >log.after
same "and leaves no entry" log.before log.after
edit "rename, move, reorder, describe, weigh, add, delete" "
/@$a\]/s/a \[w=5\] \[locked\] -- another text/A -- its text/
/@$deep\]/d
/@$b\]/s/^  b/  b [w=7]/
\$a\\  deep [@$deep]\\
  fresh -- new\\
    fresher"
is "the note" 'edited top: 2 added, 1 renamed, 1 moved, 1 described, 2 weighed, 1 locked or unlocked' "$(cat said)"
is "numbers stay" "A deep" "$(of "@$a" name) $(of top/deep name)"
is "also that of what moved" "$deep" "$(of top/deep id)"
edit "swap two names, one within the other" "s/^  A /  b /;s/^  b \[w=7\] /  A [w=7] /"
is "numbers stay with them" "b A" "$(of "@$a" name) $(of "@$b" name)"
t $f tree export branch.txt top --ids
{
    sed -n 1p branch.txt
    sed -n "s/^ *\(deep\) \[@$deep\]/  \1 [@$deep]/p" branch.txt | head -n 1
    echo "    a2 [@$a2]"
    sed -n "/\[@$b\]/p" branch.txt
} >turned.txt
do_it "turned inside out" tree edit top turned.txt
has "a parent below its child, all else gone" top 'top -- what all is about|  deep|    a2|  A [w=7]|'
t $f undo >/dev/null 2>&1
sed "s/ \[@[0-9]*\]\$//" branch.txt >plain.txt
t $f log --limit 1 >log.before
ok "without tags" t $f tree edit top plain.txt
is "names find the nodes" "edited top: nothing changed" "$(cat said)"
edit "order" "/fresh/d"
t $f tree export branch.txt top --ids
{
    sed -n 1p branch.txt
    grep '^  ' branch.txt | grep -v '^   ' | sort -r
} >sorted.txt
ok "children in another order" t $f tree edit top sorted.txt
is "as in the text" "$(sed -n '2,$s/^  \([^ ]*\) .*/\1/p' sorted.txt | paste -sd ' ' -)" "$(below name top)"
ok "back" t $f undo

# ---- any text whatever: afterwards the branch is what it says, and before is what undo gives back
cat >any.awk <<'END'
# Lines of a branch with numbers in another order, at other depths, some gone, new, renamed, without
# number. Two siblings of one name may come of it, which is refused.
function pick(n) { return int(rand() * n) }
BEGIN { srand(seed) }
NR == 1 { print; next }
{ sub(/^ +/, ""); line[++n] = $0 }
END {
    for (i = 1; i <= 4; i++) line[++n] = "new " seed "-" i (pick(2) ? " [w=" pick(5) "." pick(9) 1 "]" : "")
    depth = 0
    for (i = 1; i <= n; i++) {
        if (rand() < 0.8) { k = i + pick(4); if (k <= n) { t = line[i]; line[i] = line[k]; line[k] = t } }
    }
    for (i = 1; i <= n; i++) {
        if (rand() < 0.1) continue
        text = line[i]
        if (rand() < 0.1) sub(/ \[@[0-9]+\]$/, "", text)
        if (rand() < 0.1) text = "re" seed "-" i text
        if (rand() < 0.1) sub(/ \[@/, " -- said " seed " [@", text)
        depth = 1 + pick(depth < 9 ? depth + 1 : 9)
        printf "%*s%s\n", 2 * depth, "", text
    }
}
END
seed=${SEED:-$(random 1000000)}
echo "seed $seed"
taken=0
ok "a copy to play with" t $f node copy top /
for i in $(seq "${EDITS:-25}"); do
    t $f tree export branch.txt "top (2)" --ids
    awk -v seed=$((seed + i)) -f any.awk branch.txt >any.txt
    rm -rf before after undone redone
    look before
    if t $f tree edit "top (2)" any.txt >printed 2>said; then
        taken=$((taken + 1))
        sed 's/ \[@[0-9]*\]$//' any.txt >plain.txt
        t $f tree export now.txt "top (2)"
        same "text $i ($seed): the branch is what it says" plain.txt now.txt
        look after
        t $f undo >/dev/null 2>&1
        look undone
        equal "text $i ($seed): undone" before undone
        t $f redo >/dev/null 2>&1
        look redone
        equal "text $i ($seed): redone" after redone
    else
        is "text $i ($seed): says why" yes "$(grep -q 'is already there' said && echo yes || cat said)"
        look after
        equal "text $i ($seed): refused, nothing changed" before after
    fi
done
is "most texts are taken ($seed)" yes "$([ $taken -gt $((${EDITS:-25} / 3)) ] && echo yes || echo $taken)"

# ---- texts with mistakes
mistake() { # name, pattern, program for sed
    t $f tree export branch.txt top --ids
    sed -i "$3" branch.txt
    no_import "$2" tree edit top branch.txt
}
mistake "a tag twice" "found \[@$a\], which line 2 has already; expected" "\$a\\  again [@$a]"
mistake "a tag from elsewhere" 'in another branch; expected' "\$a\\  x [@$(of other id)]"
mistake "a tag of nothing" 'there is no node @9999' "\$a\\  x [@9999]"
mistake "another top" 'found a line at the top' "\$a\\x"
mistake "a name twice" 'is already there' "\$a\\  c"
t $f node add top/c "goes away" >/dev/null
gone=$(of "top/c/goes away" id)
t $f tree export branch.txt top --ids
t $f node delete "@$gone" >/dev/null
no_import "line [0-9]*: refused: found .@$gone.: @$gone was deleted at ..:.. by .*undo brings it back" \
    tree edit top branch.txt

# ---- what others changed meanwhile
t $f tree export was.txt top --ids
sed 's/^  c /  C /' was.txt >branch.txt
ok "meanwhile" t $f - <<END
node add top/c "from another"
node rename @$b "by another"
node weight @$a 9
END
do_it "an edit of an older text" tree edit top branch.txt --was was.txt
is "keeps what others did" "C by another 9 from another" \
    "$(of top/C name) $(of "@$b" name) $(of "@$a" weight) $(of "top/C/from another" name)"
sed '/^  c /d' was.txt >branch.txt
no_import 'was added below it meanwhile' tree edit top branch.txt --was was.txt

# ---- the journal
t $f log --json --limit 3 >log.json
is "entries" "id at who line undone" "$(head -n 1 log.json | tr -d '{}"' | tr ',' '\n' | cut -d: -f1 | paste -sd ' ' -)"
id=$("$jsonq" id <log.json | tail -n 1)
rm -rf before after
look before
for i in 1 2 3; do
    ok "edit $i" t $f node add other "for the journal $i"
done
look after
t $f undo --to "$(t $f log --json --limit 4 | "$jsonq" id | tail -n 1)" >printed 2>said
is "undo to an entry says what it took back" "undone: node add other 'for the journal 3'" "$(head -n 1 printed)"
is "all newer ones" "3 steps undone" "$(cat said)"
look undone
equal "it is as it was then" before undone
last=$(t $f log --json | "$jsonq" id | head -n 1)
ok "redo to an entry" t $f redo --to $((last - 1))
is "and no further" "for the journal 2" "$(below name other | grep -o 'for the journal 2$')"
ok "redo to the last" t $f redo --to "$last"
look redone
equal "all is there again" after redone
no 1 'nothing to redo' redo --to "$last"
no 1 'nothing to undo' undo --to "$last"
no 1 'no entry 99999' undo --to 99999
no 2 'not both' undo 2 --to "$id"
ok "undo everything" t $f undo --to 0
is "nothing is left" "no taxonomy yet" "$(t $f tree | cut -c 1-15)"
ok "and again" t $f redo --to "$last"
look redone
equal "all is there" after redone
finish
