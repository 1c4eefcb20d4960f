/*
 * shipped - the example sessions that come with the program (NAME.session, scripts of commands).
 */
#ifndef TAXA_UI_SHIPPED_H
#define TAXA_UI_SHIPPED_H

#include <stddef.h>

struct shipped {
    char *name;  /* "gsm8k" */
    char *path;  /* of the script */
    char *about; /* its first comment line; "" */
};

/* All that are found, by name. Free with shipped_free. */
struct shipped *shipped_load(size_t *count);
void shipped_free(struct shipped *list, size_t count);

#endif
