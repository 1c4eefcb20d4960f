#!/bin/sh
# A small disk that fills: each refusal is clear, what was stored stays, and with room again the
# work goes on. The disk is a tmpfs in a mount namespace of its own; where that is not allowed (not
# root, a container), a limit on the size of files stands in for it.
self=$(readlink -f "$0")
if [ "${DISK:-}" = "" ]; then
    if unshare -m sh -c 'mount -t tmpfs -o size=64k none /mnt' 2>/dev/null; then
        export DISK=tmpfs
        exec unshare -m sh "$self" "$@"
    fi
    DISK=limit
fi
. tests/e2e/lib
echo "disk: $DISK"
mkdir disk
[ "$DISK" != tmpfs ] || mount -t tmpfs -o size=3m none disk || fail "a small disk"
f=disk/s.taxa
limit=0
small() { # command...: with little room, for it and for the server that it starts
    if [ "$DISK" = tmpfs ]; then
        "$@"
    else
        stop_server $f
        (ulimit -f "$limit" && "$@")
    fi
}
more_room() {
    if [ "$DISK" = tmpfs ]; then
        mount -o remount,size=512m "$work/disk"
    else
        stop_server $f
    fi
}
full='no space|disk is full|too large'
build $f gsm8k
ok "some points" t $f generate 30 --wait
look() { t $f save - && t $f tree --json && t $f points --json && t $f export - --format full; }
look >before.txt 2>/dev/null
unchanged() { # name
    look >now.txt 2>/dev/null
    same "$1: nothing changed" before.txt now.txt
}
is "there is something to compare" yes "$([ "$(wc -l <before.txt)" -gt 60 ] && echo yes)"
limit=$(($(stat -c %s $f) / 512 + 1000))

# ---- an edit that does not fit
seq -f 'node %.0f -- a description that takes some room in the file' 1 25000 >big.txt
refused "a tree too large for the disk" 1 "$full" small t $f tree import big.txt --under steps
unchanged "a tree too large for the disk"
ok "the file is sound" t $f doctor

# ---- a run that does not fit
stop_server $f
refused "a run too large for the disk" 3 "$full" small t $f generate 4000 --wait
made=$(stat_of $f accepted)
is "what was accepted stays, and it is less than was wanted" yes \
    "$([ "$made" -ge 30 ] && [ "$made" -lt 4000 ] && echo yes)"
is "status says why it stands still" yes \
    "$(stat_of $f run reason | grep -Eq "paused.*($full)" && echo yes || stat_of $f run reason)"
is "no point was rejected for it by mistake" yes "$(stat_of $f accepted rejected |
    awk '$2 <= $1 { print "yes" }')"
t $f calls --json | "$jsonq" key | sort >calls.txt

# ---- other files on it: the old ones stay, no part of a new one is left
if [ "$DISK" = tmpfs ]; then
    : >disk/old.jsonl
    dd if=/dev/zero of=disk/filler bs=4096 2>/dev/null
    refused "an export" 1 "$full|No space" t $f export disk/new.jsonl --format full
    refused "an export over an old one" 1 "$full|No space" t $f export disk/old.jsonl --format full
    is "the old one stays" 0 "$(wc -c <disk/old.jsonl)"
    refused "a backup" 1 "$full|No space" t $f backup disk/copy.taxa
    refused "a new session" 1 "$full|No space" t disk/new.taxa describe x
    is "nothing of them is left" "filler old.jsonl s.taxa" \
        "$(echo $(ls disk | grep -Ev -- '-(lock|wal|shm)$'))"
fi
ok "reading goes on: the tree" t $f tree
ok "reading goes on: the export, to another disk" t $f export out.jsonl
is "of all that is there" "$made" "$(wc -l <out.jsonl)"

# ---- killed while it is full
pid=$(server_pid $f) && kill -9 "$pid"
until_ok 10 gone $f
is "killed on a full disk: what was accepted stays" "$made" "$(stat_of $f accepted)"
rm -f disk/filler
more_room
ok "with room again the run ends well" t $f generate 1000 --wait
is "exactly" "1000	0	false" "$(stat_of $f accepted short running)"
t $f calls --json | "$jsonq" key | sort >now.txt
is "no stored call was lost" 0 "$(comm -23 calls.txt now.txt | wc -l)"
is "no question was answered twice" 0 \
    "$(t $f calls outcome:ok --json | "$jsonq" key | sort | uniq -d | wc -l)"
ok "edits work again" t $f node add steps "one more"
ok "the file is sound" t $f doctor

# ---- the same again, without a kill: the server that paused goes on when asked
build disk/two.taxa gsm8k
f=disk/two.taxa
used=$(df -k --output=used disk | tail -n 1)
[ "$DISK" != tmpfs ] || mount -o remount,size=$((used + 2500))k disk
limit=$(($(stat -c %s $f) / 512 + 2000))
refused "again" 3 "$full" small t $f generate 800 --wait
more_room
ok "resume" t $f resume
ok "wait" t $f wait
is "all of them" "800	0" "$(stat_of $f accepted short)"
is "no question was answered twice" 0 \
    "$(t $f calls outcome:ok --json | "$jsonq" key | sort | uniq -d | wc -l)"
stop_server disk/s.taxa
stop_server disk/two.taxa
[ "$DISK" != tmpfs ] || umount -l disk 2>/dev/null
finish
