#!/bin/sh
# embed.sh OUT.c FILE... - write each FILE as a C array `const char prompt_<name>[]`.
#
# <name> is the file's name without folder and ending, '-' turned into '_'. Bytes are written as
# character constants, one by one: a string literal may hold 4095 characters only, and plain numbers
# over 127 do not fit a signed char. OUT.c is replaced whole, so a broken run leaves no half of it.
set -eu
LC_ALL=C
export LC_ALL

if [ $# -lt 2 ]; then
    echo "usage: embed.sh OUT.c FILE..." >&2
    exit 2
fi
out=$1
shift
tmp=$out.tmp.$$
trap 'rm -f "$tmp"' EXIT HUP INT TERM

{
    echo '/* Written by src/task/embed.sh from the prompt files; do not edit. */'
    echo '#include "task/prompts.h"'
    for file in "$@"; do
        name=$(basename "$file")
        name=$(printf '%s' "${name%.*}" | tr -- '-' '_')
        case $name in
        '' | *[!a-z0-9_]*)
            echo "embed.sh: $file: a name of a-z, 0-9 and '-' is expected" >&2
            exit 1
            ;;
        esac
        if [ ! -r "$file" ]; then
            echo "embed.sh: $file: cannot be read" >&2
            exit 1
        fi
        printf '\nconst char prompt_%s[] = {\n' "$name"
        od -An -v -tx1 "$file" | awk '
            {
                line = "   "
                for (i = 1; i <= NF; i++) {
                    if ($i == "00") {
                        exit 1
                    }
                    line = line " \047\\x" $i "\047,"
                }
                print line
            }' || {
            echo "embed.sh: $file: a prompt holds no NUL byte" >&2
            exit 1
        }
        printf '%s\n' "    '\\0'};"
    done
} >"$tmp"
mv -f "$tmp" "$out"
