/*
 * channel - see channel.h.
 *
 * Both directions are buffered and never block, so a slow or stopped peer costs memory up to a
 * ceiling and no time. A payload is handed out in place: the byte behind it, which belongs to the
 * next frame, is put aside while the caller holds the string. Starting the server is in
 * channel_open.c.
 */
#include "command/channel.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "command/channel_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    HEADER = 5,              /* type, length */
    READ_CHUNK = 65536,      /* bytes asked of the socket at once */
    KEEP_BYTES = 1 << 20,    /* a buffer larger than this is given back when it is empty */
    CONNECT_SECONDS = 5,     /* for a server that lives and does not accept */
    BACKLOG_EXTRA = 64 << 20 /* what may wait beside one frame of the largest size */
};

struct channel {
    int fd;
    pid_t server;    /* child that channel_open started; 0: none */
    int64_t next_id; /* of commands */
    struct buf in;   /* received; frames before `taken` are done with */
    size_t taken;
    size_t held;    /* where the terminator of the payload in use stands; 0: none */
    char held_byte; /* what belongs there */
    struct buf out; /* to be written from `sent` on */
    size_t sent;
};

/* ------------------------------------------------------------------ making and ending */

struct channel *channel_wrap(int fd)
{
    struct channel *c = xcalloc(1, sizeof *c);
    c->fd = fd;
    c->next_id = 1;
    buf_init(&c->in, (size_t)CHANNEL_FRAME_MAX + HEADER + READ_CHUNK);
    buf_init(&c->out, (size_t)CHANNEL_FRAME_MAX + HEADER + BACKLOG_EXTRA);
    int flags = fcntl(fd, F_GETFL);
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return c;
}

void channel_close(struct channel *c)
{
    if (c == NULL) {
        return;
    }
    (void)close(c->fd);
    if (c->server > 0) {
        (void)waitpid(c->server, NULL, WNOHANG); /* it usually lives on; no zombie when it ended */
    }
    buf_free(&c->in);
    buf_free(&c->out);
    free(c);
}

int channel_fd(const struct channel *c)
{
    return c->fd;
}

void channel_set_server(struct channel *c, pid_t server)
{
    c->server = server;
}

enum status channel_peer_uid(const struct channel *c, unsigned *uid, struct err *e)
{
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) {
        char text[128];
        return err_set(e, ST_IO, "cannot tell who is at the other end: %s",
                       strerror_r(errno, text, sizeof text));
    }
    *uid = who.uid;
    return ST_OK;
}

/* ------------------------------------------------------------------ writing */

size_t channel_backlog(const struct channel *c)
{
    return c->out.len - c->sent;
}

bool channel_wants_write(const struct channel *c)
{
    return channel_backlog(c) > 0;
}

static void empty_buffer(struct buf *b)
{
    if (b->cap > KEEP_BYTES) {
        size_t max = b->max;
        buf_free(b);
        buf_init(b, max);
    } else {
        buf_clear(b);
    }
}

static enum status gone(int error, struct err *e)
{
    char text[128];
    if (error == 0 || error == EPIPE || error == ECONNRESET) {
        return err_set(e, ST_NETWORK, "the other side ended the connection");
    }
    return err_set(e, ST_NETWORK, "the connection broke: %s", strerror_r(error, text, sizeof text));
}

enum status channel_flush(struct channel *c, struct err *e)
{
    while (channel_wants_write(c)) {
        ssize_t n = send(c->fd, c->out.data + c->sent, channel_backlog(c), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            break;
        }
        if (n < 0) {
            return gone(errno, e);
        }
        c->sent += (size_t)n;
    }
    if (!channel_wants_write(c)) {
        empty_buffer(&c->out);
        c->sent = 0;
    } else if (c->sent > KEEP_BYTES && c->sent > c->out.len / 2) {
        buf_drop(&c->out, c->sent);
        c->sent = 0;
    }
    return ST_OK;
}

enum status channel_send(struct channel *c, enum frame_type type, const char *payload, size_t n,
                         struct err *e)
{
    if (n > CHANNEL_FRAME_MAX) {
        return err_set(e, ST_LIMIT, "a message of %zu bytes is over the ceiling of %u", n,
                       CHANNEL_FRAME_MAX);
    }
    if (channel_backlog(c) > BACKLOG_EXTRA) {
        return err_set(e, ST_LIMIT, "the other side does not read: %zu bytes wait for it",
                       channel_backlog(c));
    }
    if (c->out.len + HEADER + n > c->out.max) {
        buf_drop(&c->out, c->sent);
        c->sent = 0;
    }
    size_t before = c->out.len;
    unsigned char header[HEADER] = {(unsigned char)type, (unsigned char)(n & 0xFF),
                                    (unsigned char)(n >> 8 & 0xFF), (unsigned char)(n >> 16 & 0xFF),
                                    (unsigned char)(n >> 24 & 0xFF)};
    buf_add(&c->out, header, sizeof header);
    if (!buf_add(&c->out, payload, n)) {
        buf_cut(&c->out, before); /* never half a frame */
        return err_set(e, ST_LIMIT, "no room for a message of %zu bytes", n);
    }
    return channel_flush(c, e);
}

/* ------------------------------------------------------------------ reading */

static bool known_type(unsigned char type)
{
    static const char types[] = {FRAME_HELLO,     FRAME_COMMAND, FRAME_SCRIPT,
                                 FRAME_INTERRUPT, FRAME_OUT,     FRAME_EXIT,
                                 FRAME_PROGRESS,  FRAME_STATUS,  FRAME_NOTICE};
    return memchr(types, type, sizeof types) != NULL;
}

/* Looks at the received bytes. ST_BUSY: not a whole frame yet. */
static enum status take_frame(struct channel *c, enum frame_type *type, const char **payload,
                              size_t *n, struct err *e)
{
    size_t there = c->in.len - c->taken;
    if (there < HEADER) {
        return ST_BUSY;
    }
    const unsigned char *h = (const unsigned char *)c->in.data + c->taken;
    size_t size = (size_t)h[1] | (size_t)h[2] << 8 | (size_t)h[3] << 16 | (size_t)h[4] << 24;
    if (!known_type(h[0])) {
        return err_set(e, ST_NETWORK, "the other side does not speak taxa's language");
    }
    if (size > CHANNEL_FRAME_MAX) {
        return err_set(e, ST_LIMIT, "a message of %zu bytes is over the ceiling of %u", size,
                       CHANNEL_FRAME_MAX);
    }
    if (there < HEADER + size) {
        return ST_BUSY;
    }
    *type = (enum frame_type)h[0];
    *payload = c->in.data + c->taken + HEADER;
    *n = size;
    c->taken += HEADER + size;
    c->held = c->taken;
    c->held_byte = c->in.data[c->held];
    c->in.data[c->held] = '\0';
    return ST_OK;
}

static void release_payload(struct channel *c)
{
    if (c->held > 0) {
        c->in.data[c->held] = c->held_byte;
        c->held = 0;
    }
}

/* Makes room at the front before more is read. */
static void drop_taken(struct channel *c)
{
    if (c->taken == c->in.len) {
        empty_buffer(&c->in);
    } else {
        buf_drop(&c->in, c->taken);
    }
    c->taken = 0;
}

static enum status receive(struct channel *c, struct err *e)
{
    char chunk[READ_CHUNK];
    ssize_t n = 0;
    do {
        n = recv(c->fd, chunk, sizeof chunk, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        return buf_add(&c->in, chunk, (size_t)n)
                   ? ST_OK
                   : err_set(e, ST_LIMIT, "a message does not fit into memory");
    }
    if (n < 0 && errno == EAGAIN) {
        return ST_BUSY;
    }
    return gone(n < 0 ? errno : 0, e);
}

enum status channel_read(struct channel *c, enum frame_type *type, const char **payload, size_t *n,
                         struct err *e)
{
    release_payload(c);
    for (;;) {
        enum status st = take_frame(c, type, payload, n, e);
        if (st != ST_BUSY) {
            return st;
        }
        drop_taken(c);
        st = receive(c, e);
        if (st != ST_OK) {
            return st;
        }
    }
}

/* ------------------------------------------------------------------ the client's side */

enum status channel_path(const char *file, struct buf *out, struct err *e)
{
    char *real = NULL;
    enum status st = dir_runtime(out, e);
    if (st == ST_OK) {
        st = path_absolute(file, &real, e);
    }
    if (st == ST_OK) {
        buf_printf(out, "/%016" PRIx64 ".sock", rng_hash(real, strlen(real), 0));
        struct sockaddr_un address;
        if (out->over || out->len >= sizeof address.sun_path) {
            st = err_set(e, ST_LIMIT, "the path of the socket is longer than %zu bytes: %s",
                         sizeof address.sun_path - 1, out->data);
        }
    }
    free(real);
    return st;
}

/* A connected socket; ST_NOT_FOUND when nobody listens, also when a dead server left its socket. */
static enum status connect_to(const char *path, int *fd, struct err *e)
{
    char text[128];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0) {
        return err_set(e, ST_IO, "cannot make a socket: %s", strerror_r(errno, text, sizeof text));
    }
    struct timeval patience = {.tv_sec = CONNECT_SECONDS};
    (void)setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int got = 0;
    do {
        got = connect(*fd, (const struct sockaddr *)&address, sizeof address);
    } while (got != 0 && errno == EINTR);
    if (got == 0 || errno == EISCONN) {
        return ST_OK;
    }
    int error = errno;
    (void)close(*fd);
    *fd = -1;
    if (error == ENOENT || error == ECONNREFUSED) {
        return err_set(e, ST_NOT_FOUND, "no server runs for this session");
    }
    if (error == EAGAIN) {
        return err_set(e, ST_BUSY, "the session's server does not answer");
    }
    return err_set(e, ST_IO, "cannot reach the session's server: %s",
                   strerror_r(error, text, sizeof text));
}

/* Whose name stands beside decisions when none is set. */
static void user_name(struct buf *out)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char space[4096];
    if (getpwuid_r(geteuid(), &entry, space, sizeof space, &found) == 0 && found != NULL) {
        buf_adds(out, found->pw_name);
    } else {
        buf_printf(out, "uid %u", (unsigned)geteuid());
    }
}

static enum status say_hello(struct channel *c, bool watch, struct err *e)
{
    struct buf user;
    struct buf hello;
    buf_init(&user, 4096);
    buf_init(&hello, 65536);
    user_name(&user);
    buf_printf(&hello, "{\"version\":%d,\"pid\":%ld,\"user\":", CHANNEL_VERSION, (long)getpid());
    json_quote(&hello, user.data, user.len);
    buf_printf(&hello, ",\"watch\":%s}", watch ? "true" : "false");
    enum status st = channel_send(c, FRAME_HELLO, hello.data, hello.len, e);
    buf_free(&user);
    buf_free(&hello);
    return st;
}

enum status channel_connect(const char *file, bool watch, struct channel **out, struct err *e)
{
    *out = NULL;
    int fd = -1;
    struct buf path;
    buf_init(&path, 4096);
    enum status st = channel_path(file, &path, e);
    if (st == ST_OK) {
        st = connect_to(path.data, &fd, e);
    }
    buf_free(&path);
    if (st != ST_OK) {
        return st;
    }
    struct channel *c = channel_wrap(fd);
    unsigned uid = 0;
    st = channel_peer_uid(c, &uid, e);
    if (st == ST_OK && uid != geteuid()) {
        st = err_set(e, ST_DENIED, "the session's server belongs to user %u, not to you", uid);
    }
    if (st == ST_OK) {
        st = say_hello(c, watch, e);
    }
    if (st != ST_OK) {
        channel_close(c);
        return st;
    }
    *out = c;
    return ST_OK;
}

static enum status send_text(struct channel *c, enum frame_type type, const struct buf *text,
                             struct err *e)
{
    return text->over
               ? err_set(e, ST_LIMIT, "the command is larger than %u bytes", CHANNEL_FRAME_MAX)
               : channel_send(c, type, text->data, text->len, e);
}

static void add_cwd(struct buf *text)
{
    char *cwd = getcwd(NULL, 0);
    if (cwd != NULL) {
        buf_adds(text, ",\"cwd\":");
        json_quote(text, cwd, strlen(cwd));
        free(cwd);
    }
}

enum status channel_command(struct channel *c, int argc, const char *const *argv,
                            const char *stdin_text, int64_t *id, struct err *e)
{
    struct buf text;
    buf_init(&text, CHANNEL_FRAME_MAX);
    *id = c->next_id++;
    buf_printf(&text, "{\"id\":%" PRId64 ",\"argv\":[", *id);
    for (int i = 0; i < argc; i++) {
        if (i > 0) {
            buf_addc(&text, ',');
        }
        json_quote(&text, argv[i], strlen(argv[i]));
    }
    buf_addc(&text, ']');
    add_cwd(&text);
    if (stdin_text != NULL) {
        buf_adds(&text, ",\"stdin\":");
        json_quote(&text, stdin_text, strlen(stdin_text));
    }
    buf_addc(&text, '}');
    enum status st = send_text(c, FRAME_COMMAND, &text, e);
    buf_free(&text);
    return st;
}

enum status channel_script(struct channel *c, const char *name, const char *text,
                           const char *stdin_text, int64_t *id, struct err *e)
{
    struct buf frame;
    buf_init(&frame, CHANNEL_FRAME_MAX);
    *id = c->next_id++;
    buf_printf(&frame, "{\"id\":%" PRId64 ",\"name\":", *id);
    json_quote(&frame, name, strlen(name));
    buf_adds(&frame, ",\"text\":");
    json_quote(&frame, text, strlen(text));
    if (stdin_text != NULL) {
        buf_adds(&frame, ",\"stdin\":");
        json_quote(&frame, stdin_text, strlen(stdin_text));
    }
    add_cwd(&frame);
    buf_addc(&frame, '}');
    enum status st = send_text(c, FRAME_SCRIPT, &frame, e);
    buf_free(&frame);
    return st;
}
