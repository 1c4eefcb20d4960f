/*
 * rng - see rng.h.
 *
 * Stored sessions depend on these numbers, so nothing here may ever change: the tests hold fixed
 * values. Seed and identity are folded into two keys, and the counter passes two full finalisers
 * between them, so that neighbouring counters and neighbouring seeds share nothing visible.
 */
#include "base/rng.h"

#include <math.h>
#include <string.h>

#define GOLDEN 0x9E3779B97F4A7C15u /* 2^64 / golden ratio, odd */

/* The finaliser of SplitMix64 (Stafford's variant 13): a bijection; every bit avalanches. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static uint64_t load_le(const unsigned char *p, size_t n)
{
    uint64_t word = 0;
    for (size_t i = n; i > 0; i--) {
        word = word << 8 | p[i - 1];
    }
    return word;
}

uint64_t rng_hash(const void *bytes, size_t n, uint64_t basis)
{
    const unsigned char *p = bytes;
    uint64_t h = mix(basis + GOLDEN) ^ mix((uint64_t)n * GOLDEN + 1);
    while (n >= 8) {
        h = mix(h ^ load_le(p, 8)) + GOLDEN;
        p += 8;
        n -= 8;
    }
    if (n > 0) {
        h = mix(h ^ load_le(p, n)) + GOLDEN;
    }
    return mix(h);
}

uint64_t rng_id(const char *name)
{
    return rng_hash(name, strlen(name), 0);
}

uint64_t rng_at(uint64_t seed, uint64_t identity, uint64_t counter)
{
    uint64_t before = mix(mix(seed + GOLDEN) ^ identity);
    uint64_t after = mix(~before); /* not of the same form as a counter: never equal to it */
    return mix(mix(counter * GOLDEN + before) ^ after);
}

static double unit_of(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

double rng_unit(uint64_t seed, uint64_t identity, uint64_t counter)
{
    return unit_of(rng_at(seed, identity, counter));
}

uint64_t rng_below(uint64_t seed, uint64_t identity, uint64_t counter, uint64_t n)
{
    if (n < 2) {
        return 0;
    }
    uint64_t bits = rng_at(seed, identity, counter);
    uint64_t surplus = (0 - n) % n; /* 2^64 mod n: so many low values would be one too often */
    while (bits < surplus) {
        bits = mix(bits + GOLDEN);
    }
    return bits % n;
}

double rng_normal(uint64_t seed, uint64_t identity, uint64_t counter)
{
    const double two_pi = 6.283185307179586476925286766559;
    uint64_t bits = rng_at(seed, identity, counter);
    double radius = sqrt(-2.0 * log(1.0 - unit_of(bits)));
    return radius * cos(two_pi * unit_of(mix(bits + GOLDEN)));
}

void rng_shuffle_u32(uint64_t seed, uint64_t identity, uint32_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rng_below(seed, identity, i, i);
        uint32_t held = items[i - 1];
        items[i - 1] = items[j];
        items[j] = held;
    }
}
