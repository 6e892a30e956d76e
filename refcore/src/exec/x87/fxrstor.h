/* SPDX-License-Identifier: BSD-2-Clause */
/* FXRSTOR - Restore x87 FPU, MMX, XMM, and MXCSR State.  SDM Vol. 2A, FXRSTOR, "Operation". Reserved MXCSR bits: #GP(0), nothing loaded. */
HANDLER(FXRSTOR) {
    uint8_t image[REGION_SIZE];
    uint32_t mxcsr;
    fx_available(c, o);
    uint64_t offset = aligned_region(c, o, REGION_SIZE, 16, ACCESS_READ);
    mem_read_bytes(c, o, o->seg, offset, image, REGION_SIZE, 0);
    memcpy(&mxcsr, image + REGION_MXCSR, 4);
    if (mxcsr & ~c->profile->mxcsr_mask)
        GP0;
    bool fast = (c->efer & EFER_FFXSR) && in_64bit_code(c) && c->cpl == 0;
    x87_region_load(c, o, image);
    st_region_load(c, image + REGION_ST);
    c->mxcsr = mxcsr;
    if (!fast)
        xmm_region_load(c, image + REGION_XMM);
    NEXT;
}
ENTRY(FXRSTOR);
