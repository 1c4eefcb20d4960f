#!/bin/sh
# What make makes: nothing when nothing changed, what depends on a header when it did, and the
# installed files under DESTDIR and PREFIX. On a copy of the tree, so that nothing here is touched.
. tests/e2e/lib
variant=$(basename "$out")
mkdir -p tree/"$out"
(cd "$root" && cp -a Makefile src sessions themes man "$work/tree/" &&
    cp -a "$out/src" "$out/gen" "$out/flags" "$out/libtaxa.a" "$out/taxa" "$work/tree/$out/")
cd tree || exit 1
m() { make --no-print-directory BUILD="$variant" V=0 "$@"; }
mtimes() { find build ! -type d -printf '%p %T@\n' | sort; }
compiled() { sed -n 's/^ *CC *//p' said | sort; }
ok "make" m

# ---- nothing changed
mtimes >../before.txt
ok "make again" m
mtimes >../after.txt
same "touches no file" ../before.txt ../after.txt
is "and compiles nothing" "" "$(grep -E '^ +(CC|LD|AR|EMBED) ' said)"

# ---- something did
touch src/teacher/heap.h
ok "make after a change of a header" m
compiled >../got.txt
grep -l ' src/teacher/heap.h' $(find "$out" -name '*.d') | sed "s|^$out/||; s|d\$|c|" | sort \
    >../wanted.txt
same "compiles what includes it, nothing else" ../wanted.txt ../got.txt
is "which is more than one file" yes "$(awk 'END { if (NR > 1) print "yes" }' ../got.txt)"
is "and links" "$out/taxa" "$(sed -n 's/^ *LD *//p' said)"
touch src/base/utf8.c
ok "make after a change of a source" m
is "compiles it alone" "src/base/utf8.c" "$(compiled)"
touch "$(find src/task/prompts -name '*.txt' | head -n 1)"
ok "make after a change of a prompt" m
is "embeds them again" "$out/gen/prompts.c" "$(sed -n 's/^ *EMBED *//p' said)"
is "and compiles only them" "$out/gen/prompts.c" "$(compiled)"

# ---- install. The program is there already: -o, for a change of PREFIX is compiled in.
dest=$work/dest
ok "make install" m -o build/taxa install DESTDIR="$dest" PREFIX=/usr
{
    echo "755 usr/bin/taxa"
    echo "644 usr/share/man/man1/taxa.1"
    for file in sessions/*.session themes/*.theme; do
        echo "644 usr/share/taxa/$file"
    done
} | sort >../wanted.txt
(cd "$dest" && find . -type f -printf '%m %P\n' | sort) >../got.txt
same "these files, and no others, with their modes" ../wanted.txt ../got.txt
is "five sessions are among them" 5 "$(grep -c '\.session$' ../got.txt)"
is "every folder can be entered by all" "" "$(find "$dest" -mindepth 1 -type d ! -perm -755)"
for file in man/taxa.1:share/man/man1/taxa.1 "$out/taxa:bin/taxa" \
    sessions/gsm8k.session:share/taxa/sessions/gsm8k.session; do
    cmp -s "${file%%:*}" "$dest/usr/${file#*:}" && pass || fail "${file#*:} is what was built"
done
cd "$work" || exit 1
ok "the installed program runs" "$dest/usr/bin/taxa" --version
ok "an installed session too, from another folder" \
    "$dest/usr/bin/taxa" "$dest/usr/share/taxa/sessions/gsm8k.session" generate 10 --wait
is "its dataset is here" 10 "$("$dest/usr/bin/taxa" gsm8k.taxa export - 2>said | wc -l)"
is "nothing is written among the installed" "" \
    "$(cd "$dest" && find . -type f -newer "$work/got.txt")"
stop_server gsm8k.taxa
cd tree || exit 1
ok "make uninstall" m uninstall DESTDIR="$dest" PREFIX=/usr
is "leaves no file" "" "$(find "$dest" -type f)"
ok "make help" m help
is "make help names the targets" "" "$(for target in run check unit lint asan tsan fuzz bench \
    screens install clean; do
    grep -Eq "make .*$target" said || echo "$target"
done)"
ok "make clean" m clean
is "leaves no build folder" no "$([ -e build ] && echo yes || echo no)"
cd "$work" || exit 1
finish
