#!/bin/sh
# Bad input: each has a clear message, the right exit code, and changes nothing.
. tests/e2e/lib
f=bad.taxa
build $f gsm8k
ok "some points" t $f generate 30 --wait
look() {
    t $f save - && t $f tree --json && t $f points --json && t $f log --json &&
        t $f export - --format full
}
look >before.txt 2>/dev/null
unchanged() { # name
    look >now.txt 2>/dev/null
    same "$1: nothing changed" before.txt now.txt
}
no() { # code, pattern, words...: refused, nothing changed
    _code=$1 _pattern=$2
    shift 2
    refused "$*" "$_code" "$_pattern" t $f "$@"
    unchanged "$*"
}
script() { # name, code, pattern: the script on standard input is refused, nothing changed
    cat >script.txt
    t $f - <script.txt >printed 2>said
    is "$1: exit code" "$2" $?
    is "$1: says what and where" yes "$(grep -Eq "$3" said && echo yes || cat said)"
    unchanged "$1"
}

# ---- words
no 2 'unknown command "frobnicate"' frobnicate
no 2 'unknown command "nod add".*node add' nod add operation x
no 2 'NAME' node add operation
no 2 '"steps" is too much' node even operation steps wording
no 2 'option|--colour' tree --colour red
no 2 'number' generate many
no 2 'number' node weight operation heavy
no 2 '0 to 1|0 and 1|at most 1' set complexity 1.5
no 2 'at least 1|1 to' generate 0
no 2 'seed|whole|number' set seed 1.5
no 2 'setting "colour"|no setting|unknown setting' set colour blue
no 2 'quota|independent' set draws sometimes
no 1 'operation/nothing|nothing' node add operation/nothing x
no 1 '@99999' node delete @99999
no 1 'pure number.*already' strategy add "pure number" steps
no 1 'exists|already|there' node add operation division
no 1 'below|itself|under' node move operation operation/division
no 1 '999999' show 999999
no 2 'filter|colour|unknown' points colour:red
no 2 'at byte 1.*parenthesis' points '/(/'
no 1 'nothing is running|nothing' stop
refused "a command that needs a file" 2 'needs a session file|unknown|FILE' t status

# ---- missing things
refused "a session file that is not there" 1 'no such session file' t none.taxa status
is "is not made by looking" no "$([ -e none.taxa ] && echo yes || echo no)"
refused "a script that is not there" 1 'No such file' t none.session status
no 1 'No such file|none.json' schema @none.json
no 1 'No such file|none.txt' tree import none.txt
no 1 'No such file|nowhere' export nowhere/out.jsonl
refused "a folder as a session" 1 'folder' t "$work" status
echo x >there.taxa
refused "backup over a file" 1 'exists' t $f backup there.taxa
is "which stays" x "$(cat there.taxa)"

# ---- scripts: the line is named, all or nothing
script "wrong in line 7" 1 'line 7.*nothing was changed' <<'END'
# a comment is a line
set seed 99
node add operation "one more"

node weight "operation/one more" 2
describe "Another one"
node add "operation/no such node" "below it"
node add operation "after it"
END
script "a typing error in line 3" 2 'line 3.*nothing was changed' <<'END'
set seed 99
node add operation "one more"
noed add operation "another"
END
script "an open quote in line 2" 2 'line 2' <<'END'
set seed 99
describe "no end
END
printf 'set seed 99\nnode add nowhere x\n' >broken.session
refused "a .session script that fails builds no session" 1 'line 2' t broken.session status
is "no session file is left" no "$([ -e broken.taxa ] && echo yes || echo no)"

# ---- trees
tree() { # file, pattern: says line by line what it refuses, on standard output
    t $f tree import "$1" --under steps >printed 2>said
    is "$1: exit code" 1 $?
    is "$1: the line" yes "$(grep -Eq "$2" printed && echo yes || cat printed)"
    is "$1: the reason" yes "$(grep -Eq "^taxa: .*$2" said && echo yes || cat said)"
    unchanged "$1"
}
printf 'fruit\n  apple\n  pear\n  apple\n' >double.txt
tree double.txt 'line 4: .*apple'
printf 'fruit\n    apple\n  pear\n' >indent.txt
tree indent.txt 'line 3: .*indent'
printf 'fruit\n\tapple\n        pear\n' >mixed.txt
tree mixed.txt 'line 3: .*tabs'
printf '[{"name":"a","children":[{"name":"b"' >cut.json
no 1 'line|JSON|end' tree import cut.json --under steps

# ---- schemas and records
no 1 'JSON|position|line' schema '{"type":"object"'
no 1 'patternProperties|keyword' schema '{"type":"object","properties":{"a":{"type":"string"}},"patternProperties":{}}'
no 1 'type' schema '{"type":"thing"}'
no 1 'answer' schema '{"type":"object","properties":{"a":{"type":"string"}},"x-answer":"answer"}'
no 1 'solution' example add '{"question":1}'
no 1 'number' example add '{"question":"How many are 3 and 4 then?","solution":"3 + 4 = 7","answer":"many"}'
no 1 'number' review edit 1 '{"question":"How many are 3 and 4 then?","solution":"3 + 4 = 7","answer":"many"}'

# ---- teachers
cp $f saved.taxa
teacher() { # words of teacher set ...: a session of its own with 2 points wanted from it
    stop_server teacher.taxa
    rm -f teacher.taxa*
    build teacher.taxa gsm8k
    t teacher.taxa - >said 2>&1 <<END || fail "a teacher" "$(cat said)"
teacher add far dialect=openai model=m $1
role architect far
role writer far
role critic far
role critic-correct far
role critic-incorrect far
END
}
no_points() { # name: nothing was made, nothing counted as a rejection, the design is as it was
    is "$1: nothing was accepted, rejected or found invalid" "0	0	0	0" \
        "$(stat_of teacher.taxa accepted rejected disputed invalid)"
    t teacher.taxa save - >after.session
    same "$1: the design is as it was" design.session after.session
}
ask() { # name, pattern of the reason
    t teacher.taxa save - >design.session
    refused "$1" 3 "$2" t teacher.taxa generate 2 --wait
    no_points "$1"
    is "$1: status says so" yes \
        "$(stat_of teacher.taxa reason | grep -Eq "$2" && echo yes || stat_of teacher.taxa run reason)"
}
start_mock --key right
mock_url=http://127.0.0.1:$port/v1
stop_mock
WRONG=nonsense
export WRONG
teacher "base-url=http://127.0.0.1:9/v1"
t teacher.taxa save - >design.session
timeout 40 "$TAXA_BIN" teacher.taxa teacher test far >printed 2>said
is "teacher test of an unreachable server fails" yes \
    "$([ $? = 1 ] && grep -Eqi 'connect|refused|reach' printed said && echo yes || cat printed said)"
start_mock --key right
mock_url=http://127.0.0.1:$port/v1
teacher "base-url=$mock_url key-env=WRONG"
ask "a wrong key (401)" '401'
is "the wrong key is nowhere in the session, state or runtime folders" 0 \
    "$(grep -rlF nonsense teacher.taxa* home run said 2>/dev/null | wc -l)"
stop_mock
start_mock --sequence '404*40'
mock_url=http://127.0.0.1:$port/v1
teacher "base-url=$mock_url"
ask "a model that is not there (404)" '404'
stop_mock
teacher "base-url=$mock_url key-file=$work/no.key"
ask "a key file that is not there" 'no.key'
echo secretsecret >open.key
chmod 644 open.key
teacher "base-url=$mock_url key-file=$work/open.key"
ask "a key file that others can read" '0600|others'
unchanged "all that"

# ---- disk full: a limit on the size of files stands in for a small disk
stop_server $f
size=$(($(stat -c %s $f) / 512 + 8))
(
    ulimit -f $size
    t $f tree import - --format text --under steps >printed 2>said <<END
$(seq -f 'node %.0f -- a description that takes some room in the file, and some more' 1 4000)
END
    echo $? >code
)
is "no room: exit code" 1 "$(cat code)"
is "no room: says so" yes "$(grep -Eqi 'full|space|large|I/O' said && echo yes || cat said)"
stop_server $f
unchanged "no room"
(
    ulimit -f 4
    t $f export full.jsonl --format full >printed 2>said
    echo $? >code
)
is "no room for an export: exit code" 1 "$(cat code)"
is "no room for an export: says so" yes "$(grep -Eqi 'large|full|space' said && echo yes || cat said)"
is "no room for an export: no file is left" 0 "$(ls | grep -c '^full.jsonl')"
stop_server $f
(
    ulimit -f 8
    t small.taxa describe "x" >printed 2>said
    echo $? >code
)
is "no room for a new session: exit code" 1 "$(cat code)"
is "no room for a new session: none is left" 0 "$(ls | grep -c '^small.taxa')"

# ---- a run when the disk fills: paused with the reason, goes on when there is room
build run.taxa gsm8k
t run.taxa teacher set offline latency=5 >said 2>&1
stop_server run.taxa
size=$(($(stat -c %s run.taxa) / 512 + 2000))
(
    ulimit -f $size
    timeout 60 "$TAXA_BIN" run.taxa generate 300 --wait >printed 2>said
    echo $? >code
)
is "a full disk pauses the run: exit code" 3 "$(cat code)"
is "a full disk pauses the run: says so" yes \
    "$(grep -Eqi 'full|space|large|I/O' said && echo yes || cat said)"
stop_server run.taxa
ok "with room again it ends well" t run.taxa generate 300 --wait
is "exactly" 300 "$(stat_of run.taxa accepted)"
is "nothing was asked twice" 0 \
    "$(t run.taxa calls outcome:ok --json | "$jsonq" key | sort | uniq -d | wc -l)"
ok "and the file is sound" t run.taxa doctor

# ---- a file that may not be written. Root may write all: then somebody else tries.
mkdir ro
cp $f ro/ro.taxa
chmod 444 ro/ro.taxa
chmod 755 "$work" ro
as_other() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$work/home" "$work/run"
    mkdir other
    chown 65534:65534 other
    as_other() {
        setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work/other" \
            XDG_RUNTIME_DIR="$work/other" XDG_STATE_HOME="$work/other" "$@"
    }
    cp "$TAXA_BIN" ro/taxa-for-others
    chmod 755 ro/taxa-for-others
    other_bin=$work/ro/taxa-for-others
else
    other_bin=$TAXA_BIN
fi
sum=$(cksum <ro/ro.taxa)
refused "a file that may not be written" 1 'ermission denied' \
    as_other "$other_bin" "$work/ro/ro.taxa" set seed 5
ok "reading it works" as_other "$other_bin" "$work/ro/ro.taxa" status
is "it is as it was" "$sum" "$(cksum <ro/ro.taxa)"
is "nothing is left beside it" 'ro.taxa' "$(ls ro | grep -v for-others)"

# ---- a file that somebody else holds
stop_server $f
cp $f held.taxa
flock held.taxa-lock sleep 30 &
holder=$!
held() { ! flock -n held.taxa-lock true; }
until_ok 5 held
refused "a file in use" 1 'in use' t held.taxa set seed 5
is "reading it works" 30 "$(stat_of held.taxa accepted)"
kill $holder $(ps -o pid= --ppid $holder 2>/dev/null) 2>/dev/null
cmp -s $f held.taxa && pass || fail "a file in use is as it was"

# ---- files that are no sound sessions: untouched, nothing beside them
mkdir dead
head -c 30000 $f >dead/cut.taxa
head -c 50 $f >dead/short.taxa
head -c 40000 /dev/urandom >dead/noise.taxa
: >dead/empty.taxa
echo 'this is a letter' >dead/letter.taxa
{ head -c 8192 $f && head -c 40960 /dev/zero && tail -c +49153 $f; } >dead/hole.taxa
ls dead >names.txt
for name in $(cat names.txt); do
    sum=$(cksum <"dead/$name")
    for command in "status" "set seed 5" "generate 5 --wait" "export x.jsonl"; do
        refused "$name: $command" 1 "$name.*(damaged|not a taxa session|cut short)" \
            t "dead/$name" $command
    done
    is "$name is as it was" "$sum" "$(cksum <"dead/$name")"
done
ls dead >now.txt
same "nothing is left beside them" names.txt now.txt
is "no export was left either" no "$([ -e x.jsonl ] && echo yes || echo no)"
# From a newer version.
cp $f new.taxa
printf '\000\000\003\350' | dd of=new.taxa bs=1 seek=60 conv=notrunc 2>dd.log
sum=$(cksum <new.taxa)
refused "from a newer version" 1 'newer taxa' t new.taxa set seed 5
refused "from a newer version, reading" 1 'newer taxa' t new.taxa status
is "it is as it was" "$sum" "$(cksum <new.taxa)"
finish
