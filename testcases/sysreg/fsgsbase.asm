;; title:    RDFSBASE and its kin: #UD unless CR4.FSGSBASE is set in 64-bit mode; the 32-bit forms zero-extend; a
;;+          base that is not canonical is #GP(0)
;; cite:     SDM 2B RDFSBASE/RDGSBASE, SDM 2D WRFSBASE/WRGSBASE, Operation and exceptions; APM 3 RDFSBASE, WRFSBASE
;; modes:    real vm86 pm32 compat32 long64
;; cpl:      0 3
;; requires: fsgsbase
;; sweep:    enabled = 0 1
;; sweep:    high = 0x7fff 0xffff8000 0x1000000 0xfeffffff
;; variant:  insn = rdfsbase rdgsbase wrfsbase wrgsbase
;; variant:  size = 32 64
;; where:    enabled and mode == long64 or high == 0x7fff
;; where:    size == 32 or mode == long64
;; where:    insn in {wrfsbase, wrgsbase} or high in {0x7fff, 0xffff8000}
;; expect when mode != long64 or not enabled: exit == UD and rip & 0xffff == here & 0xffff and regs == {}
;; expect when mode == long64 and enabled and (size == 32 or high in {0x7fff, 0xffff8000}): exit == stop
;; expect when mode == long64 and enabled and size == 64 and high in {0x1000000, 0xfeffffff}: exit == GP and err ==
;;+          0 and rip == here and regs == {} and fs_base == launch.fs_base and gs_base == launch.gs_base
;; expect when exit == stop and insn == rdfsbase: rbx == fs_base & (0xffffffff if size == 32 else -1)
;; expect when exit == stop and insn == rdgsbase: rbx == gs_base & (0xffffffff if size == 32 else -1)
;; expect when exit == stop and insn == wrfsbase: fs_base == rbx & (0xffffffff if size == 32 else -1) and fs ==
;;+          launch.fs
;; expect when exit == stop and insn == wrgsbase: gs_base == rbx & (0xffffffff if size == 32 else -1) and gs ==
;;+          launch.gs
%include "window.inc"
        mov xax, cr4
        mov ecx, [enabled]
        shl ecx, 16
        or eax, ecx
        mov cr4, xax
%if HOME == 64
        mov ebx, [high]
        shl rbx, 32
        or rbx, 0x76543210
 %ifidn insn, rdfsbase
        mov ecx, 0xc0000100
 %else
        mov ecx, 0xc0000101
 %endif
        mov rdx, rbx
        shr rdx, 32
        mov eax, ebx
 %ifidn insn, rdfsbase
        wrmsr
 %elifidn insn, rdgsbase
        wrmsr
 %endif
 %ifidn insn, rdfsbase
        mov rbx, -1
 %elifidn insn, rdgsbase
        mov rbx, -1
 %endif
%endif
        LAUNCH
here:
%if size == 64
        db 0xf3, 0x48
%else
        db 0xf3
%endif
        db 0x0f, 0xae
%ifidn insn, rdfsbase
        db 0xc3
%elifidn insn, rdgsbase
        db 0xcb
%elifidn insn, wrfsbase
        db 0xd3
%else
        db 0xdb
%endif
        STOP
