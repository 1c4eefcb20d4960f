/*
 * clock - time. Monotonic for intervals, wall for the record.
 */
#ifndef TAXA_BASE_CLOCK_H
#define TAXA_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);      /* monotonic, milliseconds */
int64_t clock_us(void);      /* monotonic, microseconds */
int64_t clock_wall_us(void); /* microseconds since 1970, UTC */
/* "2026-11-24T08:11:05Z" of a wall time. */
void clock_iso(char out[32], int64_t wall_us);

#endif
