/* SPDX-License-Identifier: BSD-2-Clause */
/* SAR - Shift Arithmetic Right.  SDM Vol. 2B, SAL/SAR/SHL/SHR, "Operation". AF is undefined, here clear. A
 * count of zero changes no flag, but the destination is written. */
unsigned count = COUNT & (BITS == 64 ? 63U : 31U);
T dest = DEST;
if (count == 0) {
    SET_DEST(dest);
} else {
    int64_t before_last = (int64_t)(S)dest >> (count - 1);
    T result = (T)(before_last >> 1);
    SET_DEST(result);
    FLAGS_RESULT(result, before_last & 1, 0);
}
