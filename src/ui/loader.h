/*
 * loader - the thread that makes scenes, so that reading the file never delays a key.
 *
 * It has a read-only store of its own. Asking never waits and never queues: what is asked for while
 * it reads is one more reading afterwards. A scene that nobody took before the next was ready is
 * dropped. A file that is not there yet, or cannot be read now, is tried again with the next
 * asking.
 */
#ifndef TAXA_UI_LOADER_H
#define TAXA_UI_LOADER_H

#include "base/status.h"
#include "ui/scene.h"

struct loader;

enum status loader_start(const char *file, struct loader **out, struct err *e);
/* Waits for a reading that is under way. Scenes that were taken are their taker's to free. */
void loader_stop(struct loader *l);
void loader_ask(struct loader *l, const struct scene_want *want);
int loader_fd(const struct loader *l); /* readable: loader_take has something */
/* The newest scene, NULL when there is none. To be given back: what it shares is counted there. */
struct scene *loader_take(struct loader *l);
void loader_return(struct loader *l, struct scene *s);

#endif
