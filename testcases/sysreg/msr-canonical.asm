;; title:    An MSR that holds a linear address takes canonical values alone, in any mode; AMD's SYSENTER registers
;;+          have 32 bits
;; cite:     SDM 2D WRMSR, Protected and 64-Bit Mode Exceptions (non-canonical address to IA32_FS_BASE, IA32_LSTAR,
;;+          ...); APM 2 SYSENTER and SYSEXIT MSRs; APM 2 3.2 Model-Specific Registers (MSRs); APM 3 WRMSR,
;;+          Exceptions
;; modes:    real pm32 compat32 long64
;; requires: lm msr sep
;; sweep:    index = 0x175 0x176 0xc0000082 0xc0000083 0xc0000100 0xc0000101 0xc0000102
;; sweep:    high = 0 1 0x7fff 0xffff8000 0xffffffff 0x1000000 0x7fffffff 0x80000000 0xfeffffff
;; where:    index not in {0xc0000100, 0xc0000101} or mode == long64
;; undefined amd: sysenter_esp sysenter_eip
;; expect intel when high in {0x1000000, 0x7fffffff, 0x80000000, 0xfeffffff}: exit == GP and rip & 0xffff == here &
;;+          0xffff
;; expect amd when high in {0x1000000, 0x7fffffff, 0x80000000, 0xfeffffff} and index > 0x176: exit == GP and rip &
;;+          0xffff == here & 0xffff
;; expect when high in {0, 1, 0x7fff, 0xffff8000, 0xffffffff}: exit == stop
;; expect amd when index < 0x177: exit == stop
;; expect when exit == GP and mode != real: err == 0
;; expect when exit == GP: lstar == launch.lstar and cstar == launch.cstar and kernel_gs_base ==
;;+          launch.kernel_gs_base
;; expect when exit == GP: fs_base == launch.fs_base and gs_base == launch.gs_base
;; expect when exit == stop and mode in {compat32, long64} and index == 0xc0000082: lstar == high << 32 | 0x89abcdef
;; expect when exit == stop and mode in {compat32, long64} and index == 0xc0000083: cstar == high << 32 | 0x89abcdef
;; expect when exit == stop and mode in {compat32, long64} and index == 0xc0000100: fs_base == high << 32 |
;;+          0x89abcdef
;; expect when exit == stop and mode in {compat32, long64} and index == 0xc0000101: gs_base == high << 32 |
;;+          0x89abcdef
;; expect when exit == stop and mode in {compat32, long64} and index == 0xc0000102: kernel_gs_base == high << 32 |
;;+          0x89abcdef
;; expect intel when exit == stop and mode in {compat32, long64} and index == 0x175: sysenter_esp == high << 32 |
;;+          0x89abcdef
;; expect intel when exit == stop and mode in {compat32, long64} and index == 0x176: sysenter_eip == high << 32 |
;;+          0x89abcdef
%include "window.inc"
        mov ecx, [index]
        mov edx, [high]
        mov eax, 0x89abcdef
        LAUNCH
here:   wrmsr
        STOP
