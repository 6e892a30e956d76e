;; title:    CLAC and STAC change AC at CPL 0 whether or not CR4.SMAP is set, and take effect on the next access
;; why:      an emulator that asks CR4.SMAP for the opcode, or allows it to the user
;; cite:     SDM 2A CLAC, Operation and Exceptions; SDM 2B STAC, Operation and Exceptions; APM 3 CLAC; APM 3 STAC
;; modes:    real vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 1 3
;; requires: smap
;; sweep:    smap = 0 1
;; sweep:    ac = 0 1
;; variant:  insn = clac stac
;; variant:  prefix = plain locked
;; where:    mode != compat16 or smap == 0
;; expect when launch_cpl != 0 or prefix == locked: exit == UD and rip & 0xffff == spot & 0xffff
;; expect when launch_cpl == 0 and prefix == plain: exit == stop and rip & 0xffff == (spot + 3) & 0xffff
;; expect when mode != real: flags.ac == (ac if exit == UD else 1 if insn == stac else 0)
;; expect:   regs == {}
%include "walk.inc"
%if MODE == MODE_PM32_P32 || MODE == MODE_PM32_PAE || HOME == 64
        SUPERVISOR_TABLES
        SETPTE STACK12, STACK12 | 3
%endif
        mov xcx, [LB_cr4]
        CR4_BIT CR4_SMAP, [smap]
        mov xax, [ac]
        shl eax, 18
        or xax, [LB_flags]
        LAUNCH_SET flags, xax
        LAUNCH
spot:
%ifidn prefix, locked
        lock
%endif
        cpu all
        insn
        STOP
