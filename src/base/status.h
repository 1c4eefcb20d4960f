/*
 * status - what a function answers when it can fail.
 *
 * A fallible function returns `enum status` and takes a `struct err *` as its last parameter. On
 * ST_OK the err is left alone; otherwise it holds one sentence for a person: what was wrong, what
 * was found, what was expected. The err may be NULL when the caller does not care. Nothing below
 * main() exits the process.
 */
#ifndef TAXA_BASE_STATUS_H
#define TAXA_BASE_STATUS_H

enum status {
    ST_OK = 0,
    ST_USAGE,     /* the words of a command are wrong: exit code 2 */
    ST_INVALID,   /* a value, file or reply is not what it must be */
    ST_NOT_FOUND, /* no such node, point, file, model ... */
    ST_EXISTS,    /* would be there twice */
    ST_LIMIT,     /* over a ceiling (size, depth, count) */
    ST_DENIED,    /* permission, locked node, wrong key */
    ST_BUSY,      /* somebody else has it */
    ST_IO,        /* the operating system or the disk said no */
    ST_DAMAGED,   /* the session file is not sound */
    ST_VERSION,   /* made by a newer taxa */
    ST_NETWORK,   /* a server could not be reached or broke off */
    ST_SHORT,     /* finished, but short of the target: exit code 3 */
    ST_CANCELLED, /* interrupted: exit code 130 */
    ST_INTERNAL   /* a bug: the message says which promise was broken */
};

struct err {
    enum status code;
    char msg[512]; /* terminated; UTF-8; may quote untrusted text, so print through text_safe */
};

/* Fill *e (when not NULL) and return code, so that `return err_set(...)` reads well. */
enum status err_set(struct err *e, enum status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the message there is. Returns e's code (ST_INTERNAL when e is NULL). */
enum status err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit code of commands.md for a status: 0, 1, 2, 3 or 130. */
int status_exit_code(enum status code);

#endif
