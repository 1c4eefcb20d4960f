# The rules of check-src, one function each. Written for POSIX awk (mawk, gawk, busybox).
# Variables: owners = file of allowed global state ("path:name" a line), readme = where they are named.

function bad(reason) {
    printf "%s:%d: %s\n", FILENAME, FNR, reason
    failed = 1
}

# Line without comments and with empty string literals; `in_comment` lives from line to line.
function strip(s,    code, rest, c) {
    code = ""
    while (s != "") {
        if (in_comment) {
            if (!match(s, /\*\//)) {
                return code
            }
            s = substr(s, RSTART + 2)
            in_comment = 0
            continue
        }
        if (!match(s, /\/\*|\/\/|"|'/)) {
            return code s
        }
        code = code substr(s, 1, RSTART - 1)
        c = substr(s, RSTART, RLENGTH)
        rest = substr(s, RSTART + RLENGTH)
        if (c == "//") {
            return code
        } else if (c == "/*") {
            in_comment = 1
            s = rest
        } else {
            code = code c c
            s = after_quote(rest, c)
        }
    }
    return code
}

function after_quote(s, quote,    i, c) {
    for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\\") {
            i++
        } else if (c == quote) {
            return substr(s, i + 1)
        }
    }
    return ""
}

function calls(code, names) {
    return code ~ ("(^|[^A-Za-z0-9_])(" names ")[ \t]*\\(")
}

function floor_of(path,    parts) {
    split(path, parts, "/")
    return parts[1]
}

# ---- lengths and white space -----------------------------------------------------------------

function check_layout(line,    shown) {
    if (line ~ /\t/) {
        bad("a tab")
    }
    if (line ~ /[ \t\r]$/) {
        bad("space at the end of the line")
    }
    shown = line
    gsub(/[\200-\277]/, "", shown) # a character of several bytes counts once
    if (length(shown) > 100) {
        bad("line of " length(shown) " columns; at most 100")
    }
    if (FNR == 801) {
        bad("file of more than 800 lines")
    }
    if (line ~ /^{/) {
        body = FNR
    }
    if (line ~ /^}/) {
        if (body > 0 && FNR - body + 1 > 80) {
            bad("function of " (FNR - body + 1) " lines; at most 80")
        }
        body = 0
    }
}

# ---- includes --------------------------------------------------------------------------------

function check_own_include(target,    self, other) {
    self = floor_of(substr(FILENAME, 5))
    other = floor_of(target)
    if (target !~ /\// || !(other in height)) {
        bad("include \"" target "\": not from a floor of src")
    } else if (self == "ui" && other !~ /^(base|domain|command|store|ui)$/) {
        bad("ui includes from " other "; it may know base, domain, command and store only")
    } else if (height[other] > height[self]) {
        bad(self " includes from " other ", which stands below it")
    }
}

function check_library(name) {
    if (name ~ /^(n?curses|term|panel|ncursesw\/.*)\.h$/ && FILENAME != "src/ui/term.c") {
        bad("<" name "> outside src/ui/term.c")
    }
    if (name ~ /^curl\//) {
        if (FILENAME !~ /^src\/teacher\//) {
            bad("<" name "> outside src/teacher")
        } else if (curl_user != "" && curl_user != FILENAME) {
            bad("<" name "> in a second file; " curl_user " has it")
        } else {
            curl_user = FILENAME
        }
    }
    if (name ~ /^pcre2/ && FILENAME != "src/base/regex.c") {
        bad("<" name "> outside src/base/regex.c")
    }
    if (name ~ /^sqlite3/ && FILENAME !~ /^src\/store\//) {
        bad("<" name "> outside src/store")
    }
    if (name ~ /cJSON/ && FILENAME != "src/base/json.h") {
        bad("<" name "> outside src/base/json.h")
    }
}

function check_include(line,    target) {
    if (line !~ /^[ ]*#[ ]*include[ ]/) {
        return
    }
    target = line
    sub(/^[^"<]*["<]/, "", target)
    sub(/[">].*$/, "", target)
    if (line ~ /include[ ]*</) {
        check_library(target)
    } else {
        check_own_include(target)
    }
}

# ---- calls -----------------------------------------------------------------------------------

function check_calls(code) {
    if (calls(code, "strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|[sf]?scanf|system|popen|s?rand")) {
        bad("a banned call")
    }
    if (FILENAME != "src/base/mem.c" && \
        calls(code, "malloc|calloc|realloc|reallocarray|strdup|strndup")) {
        bad("memory not from base/mem.h")
    }
    if (FILENAME != "src/main.c" && calls(code, "printf|puts|putchar")) {
        bad("printing to standard output below main")
    }
    if (FILENAME != "src/main.c" && FILENAME != "src/base/mem.c" && calls(code, "exit|abort")) {
        bad("ending the process below main")
    }
}

# ---- state -----------------------------------------------------------------------------------

function check_owner(name,    key) {
    key = FILENAME ":" name
    if (key in owner) {
        owner[key] = 2
    } else {
        bad("mutable state \"" name "\", which tests/lint/owners does not know")
    }
}

# `declaration` ends before the "=", ";" or ","; what is const for good is no state.
function check_variable(declaration,    name, type) {
    gsub(/\[[^]]*\]/, "", declaration)
    sub(/[ ]+$/, "", declaration)
    name = declaration
    sub(/^.*[^A-Za-z0-9_]/, "", name)
    type = substr(declaration, 1, length(declaration) - length(name))
    if (type ~ /_fn[ ]+$/) {
        return # by the custom of the house the type of a function: this declares one
    }
    sub(/^.*\*/, "", type) # only a const behind the last star makes a pointer constant
    if (type !~ /(^|[^A-Za-z0-9_])const([^A-Za-z0-9_]|$)/) {
        check_owner(name)
    }
}

function check_state(code,    head) {
    if (code ~ /^[A-Za-z].*{[ ]*$/) {
        opener = code
    }
    if (code ~ /^}[ ]*[A-Za-z_][A-Za-z0-9_]*[ ]*(\[[^]]*\][ ]*)*[=;]/) {
        if (opener !~ /^typedef / && opener !~ /(^| )const /) {
            head = code
            sub(/^}[ ]*/, "", head)
            sub(/[^A-Za-z0-9_].*$/, "", head)
            check_owner(head)
        }
        return
    }
    if (code !~ /^[A-Za-z_]/ && code !~ /^[ ]+static /) {
        return
    }
    sub(/^[ ]+/, "", code)
    if (code ~ /^(typedef|extern|return|goto|else|case|default|_Static_assert)[^A-Za-z0-9_]/ || \
        code ~ /^(struct|union|enum)[ ]+[A-Za-z0-9_]+;/) {
        return
    }
    if (code ~ /^[A-Za-z_][A-Za-z0-9_ *]*\(\*[ ]*[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])*\)/) {
        head = code # a variable that points to a function; "(*const name)" does not get here
        if (head !~ /\(\*[ ]*const[ ]/) {
            sub(/^[^(]*\(\*[ ]*/, "", head)
            sub(/[^A-Za-z0-9_].*$/, "", head)
            check_owner(head)
        }
        return
    }
    if (match(code, /^[A-Za-z_][A-Za-z0-9_ *]*[ *][A-Za-z_][A-Za-z0-9_]*[ ]*(\[[^]]*\][ ]*)*[=;,]/)) {
        check_variable(substr(code, 1, RLENGTH - 1))
    }
}

function read_owners(    line, readme_text, path) {
    while ((getline line < owners) > 0) {
        if (line != "" && line !~ /^#/) {
            owner[line] = 1
        }
    }
    close(owners)
    while ((getline line < readme) > 0) {
        readme_text = readme_text line "\n"
    }
    close(readme)
    for (line in owner) {
        path = line
        sub(/:.*$/, "", path)
        sub(/^src\//, "", path)
        if (readme_text != "" && index(readme_text, path) == 0) {
            printf "%s: %s owns state, and %s does not say so\n", owners, path, readme
            failed = 1
        }
    }
}

BEGIN {
    count = split("base domain command store task teacher engine server ui main.c", order, " ")
    for (i = 1; i <= count; i++) {
        height[order[i]] = i
    }
    read_owners()
}

FNR == 1 {
    in_comment = 0
    body = 0
    opener = ""
}

{
    check_layout($0)
    code = strip($0)
    if (FILENAME ~ /^src\//) {
        check_include($0)
        check_calls(code)
        check_state(code)
    }
}

END {
    for (key in owner) {
        if (owner[key] == 1) {
            printf "%s: %s is not there any more\n", owners, key
            failed = 1
        }
    }
    exit failed
}
