#!/bin/sh
# The manual page and the README say what the program's tables and screens say. `make docs` makes them again.
out=$1
passed=0 failed=0
mkdir -p "$TMPDIR/docs"
sh tests/tools/docs-make "$TAXA_BIN" "$out/tests/docs" "$out/tests/tour" "$TMPDIR/docs"
for f in man/taxa.1 README.md; do
    if cmp -s "$f" "$TMPDIR/docs/$(basename $f)"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$f is out of date (make docs):"
        diff "$f" "$TMPDIR/docs/$(basename $f)" | head -20
    fi
done
if mandoc -T lint -W warning man/taxa.1 >"$TMPDIR/lint" 2>&1; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    cat "$TMPDIR/lint"
fi
echo "$passed passed, $failed failed"
