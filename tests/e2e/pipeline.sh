#!/bin/sh
# From a shipped session to a dataset, offline: exactly N accepted, every quota as `preview` said, a
# valid export, and the same mixes whatever the share of complexified points.
. tests/e2e/lib
N=${N:-300}
f=gsm8k.taxa

t "$root/sessions/gsm8k.session" preview "$N" --json >preview.json
is "preview is for N points" "$N" "$("$jsonq" points <preview.json)"
t $f generate "$N" --wait --json >result.json 2>said
is "generate --wait ends well" 0 $?
is "its result counts N accepted, none short" "$N	0	false" \
    "$("$jsonq" accepted short running <result.json)"
is "status agrees" "$N	$N	0	0	0	0" "$(stat_of $f target accepted short failed running calls.in_flight | sed 's/false/0/')"

# ---- quotas
t $f tree --json >tree.json
"$jsonq" -e . -w children id planned accepted <tree.json | awk '$2 > 0 || $3 > 0' | sort -n >tree.txt
"$jsonq" -e nodes id points points <preview.json | awk '$2 > 0' | sort -n >nodes.txt
same "planned and accepted of every node are what preview said" nodes.txt tree.txt
is "there are nodes to compare" yes "$([ "$(wc -l <nodes.txt)" -gt 50 ] && echo yes)"

ok "export --format full" t $f export full.jsonl --format full
"$jsonq" 'mix[].path' strategy complexified <full.jsonl >mixes.txt
# Independent of the program's own counting: every record counts for its nodes and all above them.
awk -F '\t' '{
    n = split($1, path, "|")
    for (i = 1; i <= n; i++) {
        m = split(path[i], part, "/")
        name = ""
        for (k = 1; k <= m; k++) {
            name = name (k > 1 ? "/" : "") part[k]
            count[name]++
        }
    }
} END { for (name in count) print name "\t" count[name] }' mixes.txt | sort >counted.txt
"$jsonq" -e nodes path points <preview.json | awk -F '\t' '$2 > 0' | sort >wanted.txt
same "the exported mixes fill the quotas of preview" wanted.txt counted.txt
"$jsonq" -e strategies name points complexified <preview.json | sort >wanted.txt
awk -F '\t' '{ n[$2]++; c[$2] += $3 == "true" } END { for (s in n) print s "\t" n[s] "\t" c[s] }' \
    mixes.txt | sort >counted.txt
same "strategies and the complexified share are exact" wanted.txt counted.txt
is "the complexified total too" "$("$jsonq" complexified <preview.json)" \
    "$(awk -F '\t' '$3 == "true"' mixes.txt | wc -l)"
is "what is excluded is never drawn together" 0 \
    "$(grep -Ec 'average of amounts.*steps/one step|discount and increase.*steps/one step' mixes.txt)"

# ---- the dataset
ok "export" t $f export records.jsonl
t $f save - | sed -n "s/^schema '\(.*\)'$/\1/p" >schema.json
is "one line a record" "$N" "$(wc -l <records.jsonl)"
ok "every record is valid by the schema, and has no other field" \
    sh -c "'$jsonq' -s schema.json question answer <records.jsonl"
is "no record twice" "$N" "$(sort -u records.jsonl | wc -l)"
"$jsonq" record.question record.solution record.answer <full.jsonl >a.txt
"$jsonq" question solution answer <records.jsonl >b.txt
same "jsonl and full hold the same records" a.txt b.txt
t $f export - --format chat 2>said | "$jsonq" 'messages#' 'messages[0].role' 'messages[1].role' |
    sort | uniq -c >chat.txt
is "chat: a question and an answer each" "$N 2 user assistant" "$(echo $(cat chat.txt))"
t $f export rows.csv --format csv 2>said
# RFC 4180: records end where no quoted cell is open.
is "csv: a header and N rows" $((N + 1)) \
    "$(awk '{ q += gsub(/"/, "") ; if (q % 2 == 0) n++ } END { print n + 0 }' rows.csv)"
is "every export says who wrote it" yes "$(grep -q 'offline teacher (rule-based)' said && echo yes)"

# ---- calls
t $f calls --json >calls.jsonl
is "every call is listed" "$(stat_of $f calls.made)" "$(wc -l <calls.jsonl)"
is "no question was answered twice" 0 \
    "$("$jsonq" outcome key <calls.jsonl | awk '$1 == "ok"' | sort | uniq -d | wc -l)"
is "generate N again has nothing to do" "$(stat_of $f calls.made)" \
    "$(t $f generate "$N" --wait >/dev/null 2>&1 && stat_of $f calls.made)"

# ---- the share of complexified points leaves the mixes alone
for c in 0 1; do
    build c$c.taxa gsm8k
    t c$c.taxa - >said 2>&1 <<END || fail "settings for c=$c" "$(cat said)"
set complexity $c
strategy set everyday complexity=
strategy set "pure number" complexity=
teacher set offline wrong=0 correct-no-on-right=0 incorrect-yes-on-right=0 malformed=0
END
    is "c=$c: all at the first attempt" "100	100" \
        "$(t c$c.taxa generate 100 --wait --json 2>said | "$jsonq" accepted target)"
    t c$c.taxa export - --format full 2>said >c$c.jsonl
    "$jsonq" id strategy 'mix[].node' <c$c.jsonl >c$c.txt
done
same "c = 0 and c = 1 under one seed draw identical mixes" c0.txt c1.txt
is "c = 0: none complexified" 100 "$("$jsonq" complexified <c0.jsonl | grep -c false)"
is "c = 1: all complexified" 100 "$("$jsonq" complexified <c1.jsonl | grep -c true)"
finish
