;; title:    LDS LES LFS LGS LSS load selector and offset together: a selector that faults leaves both registers as
;;+          they were
;; cite:     SDM 2A LDS/LES/LFS/LGS/LSS, Operation and Protected Mode Exceptions; SDM 3A 6.5 Exception
;;+          Classifications;
;;+          APM 3 LDS, LES, LFS, LGS, LSS
;; modes:    pm16 pm32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; sweep:    kind = 0 1 2 3 4 5 6
;; variant:  insn = LDS LES LFS LGS LSS
;; variant:  size = 2 4
;; where:    mode != long64 or insn not in {LDS, LES}
;; undefined amd: fs_base gs_base hidden.fs.base hidden.gs.base
;; expect when kind == 0: exit == stop and rcx & 0xffff == FREE0 | launch_cpl and mem(GDT + FREE0 + 5, 1) & 1 == 1
;; expect when kind == 0 and size == 2: rbx == launch.rbx & ~0xffff | 0x5566
;; expect when kind == 0 and size == 4: rbx == 0x33445566
;; expect when kind == 1: exit == GP and err == FREE0
;; expect when kind == 2: exit == GP and err == FREE0
;; expect when kind == 3: exit == (SS_FAULT if insn == LSS else NP) and err == FREE0
;; expect when kind == 4: exit == GP and err == BEYOND
;; expect when kind == 5 and (insn != LSS or (mode == long64 and launch_cpl == 0)): exit == stop and rcx & 0xffff == 0
;; expect when kind == 5 and insn == LSS and (mode != long64 or launch_cpl == 3): exit == GP and err == 0
;; expect when kind == 6: exit == GP and err == 0x84
;; expect when exit != stop: regs == {} and ds == launch.ds and es == launch.es and fs == launch.fs
;;+          and gs == launch.gs and ss == launch.ss
;; expect when exit != stop: rip & 0xffff == here & 0xffff and changed <= {frame}
%if WINDOW_BITS == 16
HIGH    equ ARENA >> 16
%else
HIGH    equ 0x00cf0000
%endif
        mov ecx, [kind]
        mov edx, [access + xcx * 4]
        shl edx, 8
        or edx, HIGH
        SETDESC FREE0, 0xffff, edx
        mov edx, [selectors + xcx * 4]
        mov dword [DATA0], 0x33445566
        mov dword [DATA0 + 4], 0xffeeddcc
        mov [DATA0 + size], dx
        mov ebx, -1
%if HOME == 64
        shl rbx, 16
        mov rcx, 0x1111222233334444
%else
        mov ecx, 0x33334444
%endif
        LAUNCH
here:
%if size == 2
        o16 insn bx, [SEGOFF(DATA0)]
%else
        o32 insn ebx, [SEGOFF(DATA0)]
%endif
%ifidn insn, LDS
        mov cx, ds
%elifidn insn, LES
        mov cx, es
%elifidn insn, LFS
        mov cx, fs
%elifidn insn, LGS
        mov cx, gs
%else
        mov cx, ss
%endif
        STOP
; right; an execute-only code segment; a system descriptor; not present; beyond the GDT; null; beyond the LDT
        align 4
access: dd 0x92 | CPL << 5, 0x98 | CPL << 5, 0x82 | CPL << 5, 0x12 | CPL << 5, 0x92, 0x92, 0x92
selectors:
        dd FREE0 | CPL, FREE0 | CPL, FREE0 | CPL, FREE0 | CPL, BEYOND | CPL, 0, 0x84 | CPL
