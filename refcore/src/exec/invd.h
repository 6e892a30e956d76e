/* SPDX-License-Identifier: BSD-2-Clause */
/* INVD, WBINVD - (Write Back and) Invalidate Internal Caches.  SDM Vol. 2A, INVD; Vol. 2C, WBINVD. There are
 * no caches here. */
HANDLER(INVD) {
    REQUIRE_CPL0;
    NEXT;
}
ENTRY(INVD);
const struct entry entry_WBINVD = {.run = {{run_INVD}}};
