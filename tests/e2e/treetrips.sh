#!/bin/sh
# Round trips of trees with the real program: each format written, read into another session and
# written again is the same bytes; names, descriptions, weights, locks and order come back; a session
# saved, built from its script and saved again is the same text.
. tests/e2e/lib
repeat() { # text, times
    awk -v s="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'
}
# Nasty names and descriptions, as JSON strings without their quotes.
cat >nasty.txt <<'END'
算数の問題
e\u0301\u0323 combining, क्ष, ก็
👩‍🔬 and 👨‍👩‍👧‍👦 and 🇩🇪 and ☝🏽
שלום עולם
\u202bright to left\u202c
a\ttab\tinside
a/b\\/c\\d/
\"quoted\" 'single' `back`
many   spaces    inside
- bullet
* star
+ plus
1. number
12) number
# heading
#no heading
--
-- description
name -- not a description
name [w=2]
name [locked]
[w=2]
[@31]
name [@31]
@31
-x
path,weight
a,b,\"c\"
=1+1
_:blank <iri> .
null
%s %n
---
===
| table |
> quote
\\
\\x41
trailing backslash \\
\u00a0edge of a hard space\u00a0
END
nodes() { # of JSON, from the lines above: name and description are the same text, turned round
    awk '{
        d = $0
        if (NR % 3 == 0) d = "  " d "  "
        if (NR % 3 == 1) d = d "\\n" d "\\n\\n- " d "\\r\\n"
        printf "%s{\"name\":\"%s\",\"description\":\"%s\",\"weight\":%s,\"locked\":%s,\"children\":[{\"name\":\"%s\"}]}",
            (NR > 1 ? "," : ""), $0, d, (NR % 4 ? NR / 7 : 0), (NR % 5 ? "false" : "true"), $0
    }' nasty.txt
}
{
    printf '[{"name":"nasty","description":" of all kinds\\tand more ","children":['
    nodes
    printf ',{"name":"%s","description":"%s"}' "$(repeat x 10000)" "$(repeat 'long ' 2000)"
    printf ',{"name":"%s"},{"name":"%s"}' "$(repeat 算 10000)" "$(repeat 😀 9999)"
    printf ']},{"name":"empty"},{"name":"deep"'
    repeat ',"children":[{"name":"down"' 199
    repeat '}]' 199
    printf '},{"name":"wide","children":[{"name":"first"}'
    awk 'BEGIN { for (i = 0; i < 5000; i++) printf ",{\"name\":\"child %d\"}", i }'
    printf ']},{"name":"@1"},{"name":"-x","description":"-y"},{"name":"/"},{"name":"# h"},{"name":"a: b"}]'
} >all.json
values() { # file: everything of its trees that must come back
    t "$1" tree --json | "$jsonq" -e . -w children name description weight locked
}
ok "the trees" t one.taxa tree import all.json
is "all are there" "$(($(wc -l <nasty.txt) * 2 + 4 + 1 + 200 + 5002 + 5))" \
    "$(t one.taxa tree --json | "$jsonq" -e . -w children id | wc -l)"
values one.taxa >one.values
for format in text md json csv skos opml; do
    ok "$format: written" t one.taxa tree export one.$format --format $format
    ok "$format: read" t $format.taxa tree import one.$format --format $format
    ok "$format: written again" t $format.taxa tree export two.$format --format $format
    same "$format: the same bytes" one.$format two.$format
    values $format.taxa >two.values
    same "$format: the same names, descriptions, weights, locks and order" one.values two.values
    ok "$format: one branch" t one.taxa tree export branch.$format nasty --format $format
    ok "$format: read below a node" t $format.taxa tree import branch.$format --format $format --under empty
    ok "$format: that branch again" t $format.taxa tree export again.$format empty/nasty --format $format
    same "$format: the same branch" branch.$format again.$format
    ok "$format: nothing at all" t one.taxa tree export none.$format deep/down --format $format
done
ok "with numbers" t one.taxa tree export numbers.txt nasty --ids
t one.taxa log >log.before
ok "read as an edit" t one.taxa tree edit nasty numbers.txt
is "changes nothing" 'edited nasty: nothing changed' "$(cat said)"
t one.taxa log >log.after
same "and leaves no entry" log.before log.after
ok "saved" t one.taxa save one.session
mkdir built
ok "built and saved again" sh -c "cd built && '$TAXA_BIN' ../one.session save two.session"
same "the same script" one.session built/two.session
values built/one.taxa >two.values
same "the same trees" one.values two.values

# ---- no taxonomy at all, none with a node
ok "an empty session" t none.taxa describe "nothing yet"
for format in text md json csv skos opml; do
    ok "$format: empty" t none.taxa tree export empty.$format --format $format
    ok "$format: empty, read" t nothing-$format.taxa tree import empty.$format --format $format
    is "$format: nothing is there" "0 added, 0 changed, 0 refused" "$(cat said)"
    ok "$format: empty, written again" t none.taxa tree export empty2.$format --format $format
    same "$format: empty, the same" empty.$format empty2.$format
done

# ---- what a name cannot be
for name in 'two
lines' "$(printf 'a\001b')" "$(printf '\177')" ' x' 'x ' "$(repeat x 40001)"; do
    t one.taxa node add empty "$name" >printed 2>said
    is "refused: $(printf '%.10s' "$name" | tr '\n\001' '  ')" 1 $?
done
long=$(repeat 算 10000)
ok "a long name by a command" t one.taxa node rename "nasty/$(repeat x 10000)" "$(repeat y 10000)"
is "undo names it" "undone: node rename nasty/xxxxxx" "$(t one.taxa undo 2>&1 | cut -c 1-32)"
ok "a name of long characters" t one.taxa node rename "nasty/$(repeat x 10000)" "$(repeat 😀 10000)"
ok "another" t one.taxa node rename "nasty/$(repeat 😀 10000)" "$(repeat 算 9999)"
is "undo names it in whole characters" "undone: node rename nasty/😀" \
    "$(t one.taxa undo 2>&1 | iconv -f UTF-8 -t UTF-8 | head -c 30)"
is "the log holds it" "nasty/$(repeat 😀 10000)" \
    "$(t one.taxa log --json --limit 1 | "$jsonq" line | cut -d ' ' -f 3)"
t one.taxa undo >/dev/null 2>&1
is "a long path is found" "$long" "$(t one.taxa tree "nasty/$long" --json | "$jsonq" name)"
t one.taxa node add "nasty" "$long" >printed 2>said
is "a refusal shows the beginning" yes "$(grep -q '"算*" (@[0-9]*) in that place already' said && [ "$(wc -c <said)" -lt 500 ] && echo yes)"
t one.taxa tree "nasty/$long/nothing" >printed 2>said
is "also of a path" yes "$(iconv -f UTF-8 -t UTF-8 <said >/dev/null && [ "$(wc -c <said)" -lt 600 ] && echo yes)"
finish
