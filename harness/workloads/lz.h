/*
 * lz.h - compress a block: what repeats within it becomes a reference back, after
 * Ziv and Lempel, IEEE Trans. Inf. Theory 1977, with a hash of four bytes to find
 * it.  A token below 128 says that one byte more than that follow as they are;
 * any other that (token - 128 + 4) bytes repeat from as far back as the next two
 * bytes say, low byte first.
 */
#ifndef WORKLOADS_LZ_H
#define WORKLOADS_LZ_H

#include <stddef.h>
#include <stdint.h>

enum {
	LZ_MAX = 1 << 18, LZ_REACH = 65535, LZ_HASH = 4096,
	LZ_MATCH = 4, LZ_LONGEST = 127 + LZ_MATCH
};

struct lz {
	size_t n;		/* bytes in the block */
	size_t at;		/* how many have been dealt with */
	size_t literals;	/* the last of them, not yet put out */
	size_t out_n;
	uint32_t last[LZ_HASH];	/* where such four bytes were, plus 1 */
	unsigned char in[LZ_MAX];
	unsigned char out[LZ_MAX + LZ_MAX / 128 + 1];
};

/* Begin a block of @n bytes, n <= LZ_MAX, which are in z->in. */
void lz_begin(struct lz *z, size_t n);

/* Go on until at least @until of its bytes are dealt with; at n it is finished. */
void lz_run(struct lz *z, size_t until);

#endif
