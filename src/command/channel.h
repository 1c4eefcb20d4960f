/*
 * channel - how a command reaches the server of a session file, and what comes back.
 *
 * One server process owns a session file (design.md 1). Its socket lies in the user's runtime
 * folder, named by a hash of the file's absolute path. A channel is one connection: frames of
 * {type byte, 32-bit length, payload}, at most CHANNEL_FRAME_MAX. Both sides use this file. The
 * client side is non-blocking after connect: give channel_fd to poll and call channel_read.
 */
#ifndef TAXA_COMMAND_CHANNEL_H
#define TAXA_COMMAND_CHANNEL_H

#include "base/buf.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_FRAME_MAX (256u << 20)
#define CHANNEL_VERSION   1

enum frame_type {
    /* client -> server; payloads are JSON */
    FRAME_HELLO = 'H',   /* {"version":1,"pid":..,"user":"..","watch":true}; watch: see STATUS */
    FRAME_COMMAND = 'C', /* {"id":1,"argv":[..],"cwd":"..","stdin":".."}: one undo step */
    FRAME_SCRIPT =
        'R', /* {"id":1,"text":"..","cwd":"..","name":"file","stdin":".."}: one undo step */
    FRAME_INTERRUPT = 'I', /* {"id":1}: give up waiting for that command; the job goes on */
    /* server -> client */
    FRAME_OUT = 'O',      /* {"id":1,"text":".."}: for standard output */
    FRAME_PROGRESS = 'P', /* {"id":1,"done":..,"of":..,"text":"..","eta":seconds} while waiting */
    FRAME_EXIT = 'X', /* {"id":1,"code":0,"message":".."}: the command ended; message for stderr */
    FRAME_STATUS = 'S', /* see below; at most 10 a second (sooner after an edit and
                             when the run starts, pauses or ends), only when something changed */
    FRAME_NOTICE = 'N'  /* {"level":"info|warn|error|moved","text":".."}: for a person; "moved":
                             this server serves a deleted file, ask again for a new one */
};
/*
 * FRAME_STATUS: the `status` object of commands.md and besides
 *
 * - "run": idle, running, paused, stopped or interrupted; "reason": why
 * - "job": the line of a growing job, or null; "expanding": [node ids]
 * - "rate": {"points_per_s","calls_per_s"}; "history": points in each of the last 63 seconds;
 *   "eta": seconds or null
 *   "history_hour", "history_day": {"seconds","points":[..]}, points in slots of so many seconds,
 *   from the first point on, the last slot is not over
 * - "in_flight_limit", "limit_auto", "waiting", of them "retrying" wait for their next try;
 *   "limited": replies "too many requests"; "latency": {"p50","p95","p99"}, seconds
 * - "stages": [{"name","asked","waiting","done","again","lost"}], waiting: of asked, not sent yet
 * - "bottleneck": {"stage","why"} or null
 * - "events": [{"at","text"}], the last 20
 * - "errors": [{"at","text","call","point"}], the last 20; call: see `call ID`; point 0: of none
 * - "teachers": [{"name","key"}]: where its key comes from, whether it is there, never the key
 * - "revision": {"tree","points","settings"}
 * - "touched": {"from","nodes"}: between that revision of the tree and the one told here only these
 *   nodes were written; missing when there are more than are worth telling
 * - "undo", "redo": the line that would be undone or redone, or null
 * - "teacher": shown name of the writer's teacher; "offline": is it the rule-based one
 */

struct channel;

/* Where the socket of this session file is (path_absolute already applied). */
enum status channel_path(const char *file, struct buf *out, struct err *e);

/* Connect if a server is there: ST_NOT_FOUND when none is. Sends HELLO. */
enum status channel_connect(const char *file, bool watch, struct channel **out, struct err *e);
/*
 * Connect, starting a server first when none is there (posix_spawn of /proc/self/exe "--serve FILE"
 * in a session of its own, with /dev/null as standard files; waits at most 10 s until it listens,
 * or reports the message with which it gave up). TAXA_SERVER_EXE in the environment names another
 * program to start. The server inherits one end of a pipe as descriptor 3 and writes one line on
 * it: "ok" once it listens, or "fail CODE message" (CODE: the number of an enum status) before it
 * ends. After "fail 7" (ST_BUSY: another server has the file) the caller connects to that one.
 */
enum status channel_open(const char *file, bool watch, struct channel **out, struct err *e);
void channel_close(struct channel *c);
int channel_fd(const struct channel *c);

/* Queue a frame and write what the socket takes now. */
enum status channel_send(struct channel *c, enum frame_type type, const char *payload, size_t n,
                         struct err *e);
bool channel_wants_write(const struct channel *c);
enum status channel_flush(struct channel *c, struct err *e);
/*
 * The next whole frame. Returns ST_OK with *payload (valid until the next call; NUL-terminated),
 * ST_BUSY when none is complete yet, ST_NETWORK when the other side is gone, ST_LIMIT for a frame
 * over the ceiling.
 */
enum status channel_read(struct channel *c, enum frame_type *type, const char **payload, size_t *n,
                         struct err *e);

/* Send one command and return its id, to match FRAME_OUT and FRAME_EXIT. stdin_text may be NULL. */
enum status channel_command(struct channel *c, int argc, const char *const *argv,
                            const char *stdin_text, int64_t *id, struct err *e);

/*
 * The same for several commands, a line each, that are one undo step called `name`. All of them
 * read stdin_text, which may be NULL.
 */
enum status channel_script(struct channel *c, const char *name, const char *text,
                           const char *stdin_text, int64_t *id, struct err *e);

/* Server side: wrap an accepted socket (takes the fd). channel_peer_uid by SO_PEERCRED. */
struct channel *channel_wrap(int fd);
enum status channel_peer_uid(const struct channel *c, unsigned *uid, struct err *e);
size_t channel_backlog(const struct channel *c); /* bytes waiting to be written */

#endif
