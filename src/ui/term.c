/*
 * What ncurses does here: it finds the terminal's abilities, switches modes (raw, keypad,
 * alternate screen), and turns bytes into keys, waiting 25 ms after an Esc. Keys are read on a
 * pad, since only wgetch on a pad never refreshes anything. What we do ourselves is writing cells
 * (see term.h): after each cluster whose width terminals disagree about, the cursor is placed
 * again, so that a disagreement spoils one cell and never the row.
 *
 * No signal handlers: the loop reads signals from a descriptor. ncurses installs some at newterm,
 * which are taken out again.
 */
#include "ui/term.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/frame.h"
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termcap.h>
#include <unistd.h>

/* Keys that terminfo does not name but terminals that understand bracketed paste send. */
enum {
    CODE_PASTE_START = KEY_MAX + 1,
    CODE_PASTE_END,
    CODE_WORD_LEFT,
    CODE_WORD_RIGHT,
    CODE_MOUSE
};

/* Presses and the wheel, with positions in decimal (mode 1006), which have no end at column 223. */
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

#define PASTE_WAIT_MS 1000 /* a paste whose end does not come is taken as it is */

struct term {
    SCREEN *screen;
    WINDOW *pad;
    struct frame frame;
    struct buf paste;
    bool plain_signs, plain_text, bracketed;
    bool mouse, mouse_named;
    wint_t held; /* a key read too far */
    bool has_held;
};

/* ---- starting and stopping */

static const char *ability(const char *name)
{
    const char *s = tigetstr(name);
    return s == (const char *)-1 || (s != NULL && s[0] == '\0') ? NULL : s;
}

static enum status check_terminal(struct err *e)
{
    const char *name = secure_getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return err_set(
            e, ST_INVALID,
            "the workbench needs a terminal; without one use commands, for example "
            "\"taxa FILE status\" or \"taxa FILE generate 1000 --wait\" (taxa help lists them)");
    }
    if (name == NULL || name[0] == '\0') {
        return err_set(e, ST_INVALID, "TERM is not set; try TERM=xterm-256color, or TERM=vt100");
    }
    /* asked before newterm, which leaks what it has prepared when it fails */
    if (tgetent(NULL, name) != 1) {
        return err_set(e, ST_INVALID,
                       "TERM is \"%s\", which this machine does not know (package ncurses-term has "
                       "more); try TERM=xterm-256color, or TERM=vt100",
                       name);
    }
    return ST_OK;
}

static void remove_handlers(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigemptyset(&plain.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        sigaction(caught[i], &plain, NULL);
    }
}

static void send_text(const char *s)
{
    frame_write(STDOUT_FILENO, s, strlen(s));
}

static void enter_modes(struct term *t)
{
    raw();
    noecho();
    nonl();
    keypad(t->pad, TRUE);
    nodelay(t->pad, TRUE);
    if (t->bracketed) {
        send_text("\033[?2004h");
    }
    if (t->mouse) {
        send_text(MOUSE_ON);
    }
}

static void leave_modes(struct term *t)
{
    if (t->mouse) {
        send_text(MOUSE_OFF);
    }
    if (t->bracketed) {
        send_text("\033[?2004l");
    }
}

static bool knows_paste(const char *name)
{
    /* the terminfo capability BE is young; these have understood it for long */
    static const char *const families[] = {"xterm",     "tmux", "screen", "rxvt",
                                           "alacritty", "foot", "kitty",  "konsole",
                                           "gnome",     "st-",  "vte",    "wezterm"};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (strncmp(name, families[i], strlen(families[i])) == 0) {
            return true;
        }
    }
    return ability("BE") != NULL;
}

static bool lacks_signs(const char *name, bool plain_text)
{
    static const char *const families[] = {"vt", "linux", "ansi", "dumb", "cons25", "wy"};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        size_t n = strlen(families[i]);
        if (strncmp(name, families[i], n) == 0 && strncmp(name, "vte", 3) != 0) {
            return true;
        }
    }
    return plain_text;
}

static const char *expand(const char *cap, int a, int b)
{
    return tparm(cap, (long)a, (long)b, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}

static struct frame_caps abilities(void)
{
    struct frame_caps c = {.expand = expand};
    c.cup = ability("cup");
    c.cuf = ability("cuf");
    c.clear = ability("clear");
    c.el = ability("el");
    c.ech = ability("ech");
    c.ax = tigetflag("AX") > 0;
    c.bce = tigetflag("bce") > 0;
    c.sgr0 = ability("sgr0");
    if (c.sgr0 != NULL && strncmp(c.sgr0, "\033(B", 3) == 0) {
        c.sgr0 += 3; /* no other character set is ever chosen */
    }
    c.bold = ability("bold");
    c.dim = ability("dim");
    c.smul = ability("smul");
    c.rev = ability("rev");
    c.op = ability("op");
    c.setaf = ability("setaf");
    c.setab = ability("setab");
    c.csr = ability("csr");
    c.ind = ability("ind");
    c.ri = ability("ri");
    c.civis = ability("civis");
    c.cnorm = ability("cnorm");
    const char *no_colour = secure_getenv("NO_COLOR");
    int colours = tigetnum("colors");
    bool wanted = no_colour == NULL || no_colour[0] == '\0';
    c.colours =
        wanted && colours >= 8 && c.setaf != NULL && c.setab != NULL && c.op != NULL ? colours : 0;
    if (c.colours == 0) {
        c.setaf = c.setab = NULL;
    }
    return c;
}

enum status term_start(struct term **out, struct err *e)
{
    enum status st = check_terminal(e);
    if (st != ST_OK) {
        return st;
    }
    const char *name = secure_getenv("TERM");
    name = name != NULL ? name : ""; /* check_terminal has seen to it */
    struct term *t = xcalloc(1, sizeof *t);
    t->screen = newterm(name, stdout, stdin);
    if (t->screen == NULL) {
        free(t);
        return err_set(e, ST_IO, "the terminal \"%s\" could not be opened", name);
    }
    if (ability("cup") == NULL || ability("clear") == NULL) {
        delscreen(t->screen);
        free(t);
        return err_set(e, ST_INVALID,
                       "the terminal \"%s\" cannot place its cursor; try another TERM", name);
    }
    remove_handlers();
    if (secure_getenv("ESCDELAY") == NULL) {
        set_escdelay(25);
    }
    t->pad = newpad(1, 1);
    /* The locale is set once, before there are threads. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    t->plain_text = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    t->plain_signs = lacks_signs(name, t->plain_text);
    t->bracketed = knows_paste(name);
    buf_init(&t->paste, KEY_PASTE_MAX);
    if (t->bracketed) {
        define_key("\033[200~", CODE_PASTE_START);
        define_key("\033[201~", CODE_PASTE_END);
    }
    define_key("\033[<", CODE_MOUSE);
    const char *named = ability("kmous");
    t->mouse_named = named != NULL && strcmp(named, "\033[<") == 0;
    if (lacks_signs(name, false) == false) {
        define_key("\033[1;5D", CODE_WORD_LEFT);
        define_key("\033[1;5C", CODE_WORD_RIGHT);
        define_key("\033b", CODE_WORD_LEFT);
        define_key("\033f", CODE_WORD_RIGHT);
    }
    enter_modes(t);
    refresh(); /* ncurses paints its empty screen once; from here on the cells are ours */
    struct frame_caps caps = abilities();
    frame_init(&t->frame, &caps);
    *out = t;
    return ST_OK;
}

void term_stop(struct term *t, bool gone)
{
    if (t == NULL) {
        return;
    }
    if (!gone) {
        leave_modes(t);
        frame_end(&t->frame, STDOUT_FILENO);
        endwin();
    }
    delwin(t->pad);
    delscreen(t->screen);
    frame_free(&t->frame);
    buf_free(&t->paste);
    free(t);
}

int term_fd(const struct term *t)
{
    (void)t;
    return STDIN_FILENO;
}

int term_colours(const struct term *t)
{
    return t->frame.caps.colours;
}

bool term_plain_signs(const struct term *t)
{
    return t->plain_signs;
}

bool term_plain_text(const struct term *t)
{
    return t->plain_text;
}

void term_size(const struct term *t, int *cols, int *rows)
{
    (void)t;
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *cols = size.ws_col;
        *rows = size.ws_row;
        return;
    }
    /* a serial line knows no size: what terminfo says */
    int c = tigetnum("cols"), r = tigetnum("lines");
    *cols = c > 0 ? c : 80;
    *rows = r > 0 ? r : 24;
}

void term_theme(struct term *t, const struct theme *theme)
{
    frame_theme(&t->frame, theme);
}

void term_repaint(struct term *t)
{
    frame_forget(&t->frame);
}

void term_present(struct term *t, const struct cells *c)
{
    frame_present(&t->frame, c, STDOUT_FILENO);
}

void term_mouse(struct term *t, bool on)
{
    if (t->mouse != on) {
        t->mouse = on;
        send_text(on ? MOUSE_ON : MOUSE_OFF);
    }
}

void term_leave(struct term *t)
{
    leave_modes(t);
    frame_end(&t->frame, STDOUT_FILENO);
    endwin();
}

void term_return(struct term *t)
{
    refresh(); /* ncurses takes the terminal back: modes, keypad, alternate screen */
    enter_modes(t);
    frame_forget(&t->frame);
}

/* ---- keys */

static bool next_code(struct term *t, int *type, wint_t *code)
{
    if (t->has_held) {
        t->has_held = false;
        *code = t->held;
        *type = OK;
        return true;
    }
    *type = wget_wch(t->pad, code);
    return *type != ERR;
}

/*
 * A sequence that neither terminfo nor we know must not be read as an Esc and a row of keys that do
 * things: it is swallowed up to its last byte.
 */
static bool swallow_sequence(struct term *t)
{
    int type = OK;
    wint_t c = 0;
    if (!next_code(t, &type, &c)) {
        return false;
    }
    if (type != OK || (c != '[' && c != 'O')) {
        if (type == OK) {
            t->held = c;
            t->has_held = true;
        }
        return false;
    }
    for (int i = 0; i < 32 && next_code(t, &type, &c); i++) {
        if (type == OK && c >= 0x40 && c <= 0x7e) {
            break;
        }
    }
    return true;
}

static void read_paste(struct term *t)
{
    buf_clear(&t->paste);
    for (;;) {
        int type = OK;
        wint_t c = 0;
        if (!next_code(t, &type, &c)) {
            struct pollfd p = {STDIN_FILENO, POLLIN, 0};
            if (poll(&p, 1, PASTE_WAIT_MS) <= 0 || (p.revents & (POLLHUP | POLLERR)) != 0) {
                return;
            }
            continue;
        }
        if (type == KEY_CODE_YES) {
            if (c == CODE_PASTE_END) {
                return;
            }
            continue; /* a pasted key sequence is no text */
        }
        char bytes[4];
        /* a terminal sends the newlines of a paste as carriage returns */
        size_t n = utf8_encode(c == '\r' ? '\n' : (uint32_t)c, bytes);
        buf_add(&t->paste, bytes, n);
    }
}

/*
 * "button;column;rowM" behind the prefix; a lower-case m is the button let go. What we do not act
 * on (a release, another button, or a sequence that is none) stays K_NONE.
 */
static void read_mouse(struct term *t, struct key *out)
{
    long numbers[3] = {0, 0, 0};
    size_t at = 0;
    for (int i = 0; i < 32; i++) {
        int type = OK;
        wint_t c = 0;
        if (!next_code(t, &type, &c) || type != OK) {
            return;
        }
        if (c == ';' && at < 2) {
            at++;
        } else if (c >= '0' && c <= '9' && numbers[at] < 100000) {
            numbers[at] = numbers[at] * 10 + (long)(c - '0');
        } else if (c == 'M' && at == 2) {
            out->x = (int)numbers[1] - 1;
            out->y = (int)numbers[2] - 1;
            out->code = numbers[0] == 0    ? K_CLICK
                        : numbers[0] == 64 ? K_WHEEL_UP
                        : numbers[0] == 65 ? K_WHEEL_DOWN
                                           : K_NONE;
            return;
        } else {
            return;
        }
    }
}

struct code_pair {
    wint_t curses;
    uint32_t code;
};
static const struct code_pair code_pairs[] = {
    {KEY_UP, K_UP},
    {KEY_DOWN, K_DOWN},
    {KEY_LEFT, K_LEFT},
    {KEY_RIGHT, K_RIGHT},
    {KEY_HOME, K_HOME},
    {KEY_END, K_END},
    {KEY_PPAGE, K_PAGE_UP},
    {KEY_NPAGE, K_PAGE_DOWN},
    {KEY_IC, K_INSERT},
    {KEY_DC, K_DELETE},
    {KEY_BTAB, K_BACKTAB},
    {KEY_BACKSPACE, K_BACKSPACE},
    {KEY_ENTER, K_ENTER},
    {KEY_F(1), K_F1},
    {CODE_WORD_LEFT, K_WORD_LEFT},
    {CODE_WORD_RIGHT, K_WORD_RIGHT},
    {KEY_FIND, K_HOME},
    {KEY_SELECT, K_END},
};

bool term_key(struct term *t, struct key *out)
{
    int type = OK;
    wint_t c = 0;
    out->paste = NULL;
    out->code = K_NONE;
    if (!next_code(t, &type, &c)) {
        return false;
    }
    if (type == KEY_CODE_YES) {
        /* terminfo may have claimed the prefix: then the key has its name there */
        if (c == CODE_MOUSE || (c == KEY_MOUSE && t->mouse_named)) {
            read_mouse(t, out);
            out->code = t->mouse ? out->code : K_NONE;
            return true;
        }
        if (c == CODE_PASTE_START) {
            read_paste(t);
            out->code = K_PASTE;
            out->paste = t->paste.data;
            return true;
        }
        for (size_t i = 0; i < sizeof code_pairs / sizeof code_pairs[0]; i++) {
            if (code_pairs[i].curses == c) {
                out->code = code_pairs[i].code;
            }
        }
        return true;
    }
    if (c == 27 && swallow_sequence(t)) {
        return true;
    }
    out->code = c == 127 || c == 8 ? K_BACKSPACE : (uint32_t)c;
    return true;
}
