/* SPDX-License-Identifier: BSD-2-Clause */
/* COMISS, COMISD - Compare Scalar Ordered Values and Set EFLAGS; UCOMISS, UCOMISD - Unordered Compare.  SDM
 * Vol. 2A and 2D, "Operation": unordered sets ZF, PF and CF; OF, SF and AF are cleared. EFLAGS stay if an
 * exception is raised. */
#define COMPARE_FLAGS(name, mnemonic, size)                                                                  \
    BOTH(name, {                                                                                             \
        xmm x = half_read(&c->v[o->reg], 0);                                                                 \
        xmm y = scalar_source(c, o, size);                                                                   \
        uint32_t guest = fp_control(c);                                                                      \
        uint32_t host = fp_host(c);                                                                          \
        uint32_t flags;                                                                                      \
        uint8_t zf, pf, cf;                                                                                  \
        __asm__ volatile("ldmxcsr %[guest]\n\t" mnemonic                                                     \
                         " %[y], %[x]\n\tsetz %[zf]\n\tsetp %[pf]\n\tsetc %[cf]\n\t"                         \
                         "stmxcsr %[flags]\n\tldmxcsr %[host]"                                               \
                         : [zf] "=&q"(zf), [pf] "=&q"(pf), [cf] "=&q"(cf), [flags] "=&m"(flags)              \
                         : [x] "x"(x), [y] "x"(y), [guest] "m"(guest), [host] "m"(host)                      \
                         : "cc");                                                                            \
        fp_finish(c, o, flags &MXCSR_FLAGS);                                                                 \
        flags_set_status(c, (zf ? FLAG_ZF : 0U) | (pf ? FLAG_PF : 0U) | (cf ? FLAG_CF : 0U));                \
    })
COMPARE_FLAGS(COMISS, "comiss", 4)
COMPARE_FLAGS(COMISD, "comisd", 8)
COMPARE_FLAGS(UCOMISS, "ucomiss", 4)
COMPARE_FLAGS(UCOMISD, "ucomisd", 8)
