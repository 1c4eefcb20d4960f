/*
 * The roles of a theme and their names in theme files. Included with ROLE(id, name) defined; no
 * guard on purpose.
 */
ROLE(TEXT, "text")
ROLE(DIM, "dim")       /* less important words, headings of columns */
ROLE(STRONG, "strong") /* what the eye should meet first */
ROLE(HEADER, "header") /* the first line */
ROLE(HEADER_ACTIVE, "header-active")
ROLE(HEADER_KEY, "header-key")
ROLE(CURSOR, "cursor") /* over the row under the cursor */
ROLE(SIGN, "sign")     /* fold signs, steps */
ROLE(NUMBER, "number")
ROLE(BAR, "bar")
ROLE(BAR_BACK, "bar-back")
ROLE(SPARK, "spark")
ROLE(BORDER, "border")
ROLE(KEY, "key")   /* a key in the hint line and in texts */
ROLE(HINT, "hint") /* what the key does */
ROLE(MESSAGE, "message")
ROLE(WARNING, "warning")
ROLE(ERROR, "error")
ROLE(PROMPT, "prompt")
ROLE(MATCH, "match")
ROLE(POPUP, "popup")
ROLE(POPUP_ACTIVE, "popup-active")
ROLE(ACCEPTED, "accepted")
ROLE(REJECTED, "rejected")
ROLE(DISPUTED, "disputed")
ROLE(INVALID, "invalid")
ROLE(FAILED, "failed")
ROLE(WORKING, "working") /* in work, running */
ROLE(LOCKED, "locked")
ROLE(OFF, "off")     /* switched off */
ROLE(HUMAN, "human") /* by a person */
ROLE(MODEL, "model") /* by a teacher */
