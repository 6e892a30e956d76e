/* SPDX-License-Identifier: BSD-2-Clause */
/* FXSAVE - Save x87 FPU, MMX Technology, and SSE State.  SDM Vol. 2A, FXSAVE, "Operation". Bytes 464..511 are the software's; 416..463 are
 * reserved and left as they were. With EFER.FFXSR (AMD) a 64-bit FXSAVE at CPL 0 leaves the XMM registers out (APM Vol. 2, "FXSAVE
 * and FXRSTOR Instructions"). */
HANDLER(FXSAVE) {
    uint8_t image[REGION_XMM_END];
    fx_available(c, o);
    uint64_t offset = aligned_region(c, o, REGION_SIZE, 16, ACCESS_WRITE);
    bool fast = (c->efer & EFER_FFXSR) && in_64bit_code(c) && c->cpl == 0;
    x87_region(c, o, image);
    memcpy(image + REGION_MXCSR, &c->mxcsr, 4);
    memcpy(image + REGION_MXCSR + 4, &c->profile->mxcsr_mask, 4);
    st_region(c, image + REGION_ST);
    xmm_region(c, image + REGION_XMM);
    unsigned size = fast ? REGION_XMM : REGION_XMM + 16 * xmm_count(c);
    mem_probe_write(c, o, o->seg, offset, REGION_SIZE);
    mem_write_bytes(c, o, o->seg, offset, image, size, 0);
    NEXT;
}
ENTRY(FXSAVE);
