;; title:    SWAPGS exchanges GS.base and KERNEL_GS_BASE at CPL 0 of 64-bit mode, is #GP(0) above it, #UD in all
;;+          other modes
;; cite:     SDM 2B SWAPGS, Operation and exceptions; APM 3 SWAPGS
;; modes:    real vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 2 3
;; sweep:    high = 0 0x7fff 0xffff8000
;; where:    mode == long64 or high == 0
;; expect when mode != long64: exit == UD and rip & 0xffff == here & 0xffff
;; expect when mode == long64 and launch_cpl != 0: exit == GP and err == 0 and rip == here
;; expect when mode == long64 and launch_cpl == 0: exit == stop and gs == launch.gs and gs_base == high << 32 |
;;+          0x1230000
;; expect when mode == long64 and launch_cpl == 0: kernel_gs_base == 0xffffffff00456000
;; expect when exit != stop: gs_base == launch.gs_base and kernel_gs_base == launch.kernel_gs_base
;; expect:   regs == {}
%include "window.inc"
%if HOME == 64
        mov ecx, 0xc0000102
        mov eax, 0x1230000
        mov edx, [high]
        wrmsr
        mov ecx, 0xc0000101
        mov eax, 0x00456000
        mov edx, -1
        wrmsr
%endif
        LAUNCH
here:   db 0x0f, 0x01, 0xf8
        STOP
