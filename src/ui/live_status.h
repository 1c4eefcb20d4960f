/*
 * live_status - what FRAME_STATUS says, with ceilings (channel.h has the form).
 */
#ifndef TAXA_UI_LIVE_STATUS_H
#define TAXA_UI_LIVE_STATUS_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_STAGES    16
#define LIVE_EVENTS    20
#define LIVE_EXPANDING 64
#define LIVE_RATES     120 /* one a second */
#define LIVE_SPANS     3   /* histories of different length */
#define LIVE_TEACHERS  64
#define LIVE_TOUCHED   200

struct live_stage {
    char name[32];
    int64_t waiting, asked, done, again, lost;
};
struct live_event {
    char at[16]; /* 12:04:31 */
    char text[256];
    int64_t call; /* the call that shows it; 0: none */
};

struct live_teacher {
    char name[64];
    char key[200]; /* where its key comes from and whether it is there; never the key */
};

struct live_status {
    bool known;
    char run[16], reason[256], job[128];
    int64_t target, planned, asked, accepted, rejected, disputed, invalid, failed;
    int64_t missing; /* points still wanted */
    bool running;
    int64_t waiting; /* questions not yet sent */
    bool limit_auto;
    int64_t calls_made, calls_ok, calls_failed, calls_retried, in_flight, in_flight_limit;
    double tokens_in, tokens_cached, tokens_out;
    double cost, cost_expected; /* cost_expected < 0: not told */
    double seconds, eta;        /* eta < 0: not known */
    double points_per_s, calls_per_s, p50, p95, p99;
    bool touched_known; /* only these nodes differ between that tree and revision_tree */
    int64_t touched_from, touched[LIVE_TOUCHED];
    size_t touched_count;
    int64_t revision_tree, revision_points, revision_settings;
    char undo[256], redo[256];
    char teacher[160];
    bool offline;
    struct live_teacher teachers[LIVE_TEACHERS];
    size_t teacher_count;
    int64_t expanding[LIVE_EXPANDING];
    size_t expanding_count;
    struct live_stage stages[LIVE_STAGES];
    size_t stage_count;
    struct live_event events[LIVE_EVENTS]; /* as sent: oldest first */
    size_t event_count;
    struct live_event errors[LIVE_EVENTS]; /* oldest first */
    size_t error_count;
    char slow_stage[32], slow_why[160]; /* the bottleneck; "" none */
    int64_t limited, retrying;
    /* points finished in slots of `seconds`, oldest first: the last minute, hour, day */
    struct live_span {
        int seconds; /* 0: not told */
        double points[LIVE_RATES];
        size_t count;
    } span[LIVE_SPANS];
};

/* Replaces *s. ST_INVALID leaves it alone. Times are given as the clock on the wall shows them. */
enum status live_status_read(struct live_status *s, const char *json, size_t n, struct err *e);

#endif
