/*
 * command_table - all rows, in the order of command_ids.h.
 *
 * The rows live in three files because they are long; together they are one constant array that
 * the linker puts into read-only memory. CMD_CREATES stands only where the command can succeed on
 * an empty session: a mistyped file name in front of `node rename` must not leave a new file.
 */
#include "command/command.h"
#include "command/presets.h"
#include "command/templates.h"
#include "domain/plan.h"
#include "domain/tree.h"

/* How often an argument occurs: once; 0 or 1; 1 or more values; 0 or more; once in a range. */
#define ONE(name, type, help)                                                                      \
    {                                                                                              \
        name, type, 1, 1, 0, 0, NULL, help                                                         \
    }
#define OPTIONAL(name, type, help)                                                                 \
    {                                                                                              \
        name, type, 0, 1, 0, 0, NULL, help                                                         \
    }
#define SOME(name, type, help)                                                                     \
    {                                                                                              \
        name, type, 1, -1, 0, 0, NULL, help                                                        \
    }
#define ANY(name, type, help)                                                                      \
    {                                                                                              \
        name, type, 0, -1, 0, 0, NULL, help                                                        \
    }
#define RANGED(name, type, low, high, help)                                                        \
    {                                                                                              \
        name, type, 1, 1, low, high, NULL, help                                                    \
    }
#define CHOICE(name, choices, help)                                                                \
    {                                                                                              \
        name, ARG_CHOICE, 1, 1, 0, 0, choices, help                                                \
    }
/* A text that may be written as several words; the parser joins them into one value. */
#define MANY(name, type, help)                                                                     \
    {                                                                                              \
        name, type, 1, -1, 0, 0, NULL, help                                                        \
    }

#define OPTION(name, letter, value, type, help)                                                    \
    {                                                                                              \
        name, letter, value, type, 0, 0, NULL, help                                                \
    }
#define RANGED_OPTION(name, letter, value, type, low, high, help)                                  \
    {                                                                                              \
        name, letter, value, type, low, high, NULL, help                                           \
    }
#define CHOICE_OPTION(name, letter, value, choices, help)                                          \
    {                                                                                              \
        name, letter, value, ARG_CHOICE, 0, 0, choices, help                                       \
    }

#define FLAG(name, help)                                                                           \
    {                                                                                              \
        name, NULL, NULL, ARG_TEXT, 0, 0, NULL, help                                               \
    }

#define FILTER_HELP                                                                                \
    "Words of a filter, joined by and, each negated by ! in front: state:accepted, node:PATH "     \
    "(with "                                                                                       \
    "all below), strategy:NAME, complex:yes, verdict:yes/yes (correct?/incorrect?), reviewed:no, " \
    "id:412, id>400, /regex/ over record and scenario.\n"

static const struct command table[CMD_COUNT] = {
#include "command/rows_data.inc"
#include "command/rows_session.inc"
#include "command/rows_taxonomy.inc"
};

const struct command *command_at(enum command_id id)
{
    return &table[id];
}

const struct command *command_table(size_t *count)
{
    *count = CMD_COUNT;
    return table;
}
