/*
 * retry - see retry.h.
 *
 * Codes are compared as the vendors spell them in error.code, error.type and error.status. Numbers
 * are read by hand because strtod follows the user's locale.
 */
#include "teacher/retry.h"

#include "base/rng.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define HINT_MAX_S 600.0

static bool one_of(const char *code, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(code, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum retry_class retry_class(int http_status, const char *code)
{
    static const char *const money[] = {"insufficient_quota",  "billing_hard_limit_reached",
                                        "billing_not_active",  "enforced_spend_limit_reached",
                                        "quota_per_day",       "billing_error",
                                        "account_deactivated", "access_terminated"};
    static const char *const filtered[] = {"content_filter", "content_policy_violation"};
    if (one_of(code, money, sizeof money / sizeof money[0])) {
        return RETRY_FATAL;
    }
    if (one_of(code, filtered, sizeof filtered / sizeof filtered[0])) {
        return RETRY_REFUSED;
    }
    if (http_status == 401 || http_status == 402 || http_status == 403 || http_status == 404) {
        return RETRY_FATAL;
    }
    if (http_status >= 300 && http_status < 400) {
        return RETRY_FATAL;
    }
    if (http_status == 408 || http_status == 409 || http_status == 425 || http_status == 429 ||
        http_status >= 500) {
        return RETRY_AGAIN;
    }
    return RETRY_NO;
}

int retry_overload(int http_status)
{
    return http_status == 429 || http_status == 503 || http_status == 529;
}

/* Digits with an optional fraction at *s, which is moved behind them; -1 when there are none. */
static double read_number(const char **s)
{
    const char *p = *s;
    if (!isdigit((unsigned char)*p)) {
        return -1;
    }
    double value = 0;
    for (; isdigit((unsigned char)*p); p++) {
        value = value < 1e12 ? value * 10 + (*p - '0') : value;
    }
    if (*p == '.') {
        double unit = 0.1;
        for (p++; isdigit((unsigned char)*p); p++) {
            value += unit * (*p - '0');
            unit /= 10;
        }
    }
    *s = p;
    return value;
}

double retry_seconds(const char *text)
{
    if (text == NULL) {
        return -1;
    }
    while (*text == ' ') {
        text++;
    }
    double total = 0;
    bool any = false;
    while (*text != '\0' && *text != ' ') {
        double n = read_number(&text);
        if (n < 0) {
            return -1;
        }
        any = true;
        if (strncmp(text, "ms", 2) == 0) {
            total += n / 1000;
            text += 2;
        } else if (*text == 'h' || *text == 'm' || *text == 's') {
            total += *text == 'h' ? n * 3600 : *text == 'm' ? n * 60 : n;
            text++;
        } else if (*text == '\0' || *text == ' ') {
            total += n;
        } else {
            return -1;
        }
    }
    return any ? total : -1;
}

double retry_backoff(int tries, uint64_t seed)
{
    double most = 0.5;
    for (int i = 1; i < tries && most < 60; i++) {
        most *= 2;
    }
    most = most < 60 ? most : 60;
    return most * rng_unit(seed, rng_id("retry"), (uint64_t)tries);
}

double retry_wait(double hint, int tries, uint64_t seed)
{
    double own = retry_backoff(tries, seed);
    hint = hint > HINT_MAX_S ? HINT_MAX_S : hint;
    return hint > own ? hint : own;
}
