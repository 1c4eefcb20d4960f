#!/bin/sh
# The manual page and the README say what the program's tables say. `make docs` makes them again.
out=$1
passed=0 failed=0
same() { # name, expected file, actual file
    if cmp -s "$2" "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$1 is out of date (make docs):"
        diff "$2" "$3" | head -20
    fi
}
"$out/tests/docs" man man/taxa.1.in >"$TMPDIR/taxa.1"
same man/taxa.1 man/taxa.1 "$TMPDIR/taxa.1"
"$out/tests/docs" readme README.md >"$TMPDIR/README.md"
same README.md README.md "$TMPDIR/README.md"
if mandoc -T lint -W warning man/taxa.1 >"$TMPDIR/lint" 2>&1; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    cat "$TMPDIR/lint"
fi
echo "$passed passed, $failed failed"
