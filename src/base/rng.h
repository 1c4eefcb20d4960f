/*
 * rng - counter-based random numbers.
 *
 * A draw depends on (seed, identity, counter) and on nothing else: never on order, threads or what
 * was drawn before. So a run at any concurrency, resumed any number of times, draws the same.
 * Philox-like mixing (SplitMix64 finalisers over the three words); not for secrets.
 */
#ifndef TAXA_BASE_RNG_H
#define TAXA_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* 64-bit content hash, stable for ever. */
uint64_t rng_hash(const void *bytes, size_t n, uint64_t basis);
uint64_t rng_id(const char *name); /* identity of a named stream */
uint64_t rng_at(uint64_t seed, uint64_t identity, uint64_t counter);

/* [0, 1) */
double rng_unit(uint64_t seed, uint64_t identity, uint64_t counter);
/* 0..n-1, unbiased; n > 0 */
uint64_t rng_below(uint64_t seed, uint64_t identity, uint64_t counter, uint64_t n);
/* mean 0, sd 1 */
double rng_normal(uint64_t seed, uint64_t identity, uint64_t counter);

/* Fisher-Yates over uint32_t items, depending on seed and identity only. */
void rng_shuffle_u32(uint64_t seed, uint64_t identity, uint32_t *items, size_t n);

#endif
