;; title:    The far pointer is read whole before its selector is looked at: a page fault on either part comes first
;; cite:     SDM 2A LDS/LES/LFS/LGS/LSS, Operation (read of the operand, then the checks); SDM 3A 6.9 Priority Among
;;+          Simultaneous Exceptions; APM 2 Exception Priorities
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    below = 1 2 3 4 5
;; sweep:    sel = UDATA_F KTSS2 BEYOND
;; variant:  insn = lfs lss les
;; variant:  hole = first second
;; where:    mode != long64 or insn != les
;; where:    below in {1, 2, 3, 4} if hole == first else below in {4, 5}
;; touches:  DATA0+0xfc0 128
;; expect:   exit == PF and cr2 == (DATA1 - below if hole == first else DATA1)
;; expect:   err == (4 if launch_cpl == 3 else 0) and rip == here and regs == {} and changed <= {frame}
;; expect:   es == launch.es and fs == launch.fs and ss == launch.ss
        mov xbx, DATA1
        sub xbx, [below]
        mov dword [xbx], 0x33445566
        mov eax, [sel]
        or al, CPL
        mov [xbx + 4], ax
%ifidn hole, first
        SETPTE DATA0, 0
        SETPTE DATA1, DATA1 | 0x27      ; which part is read first is open
%else
        SETPTE DATA0, DATA0 | 0x27
        SETPTE DATA1, 0
%endif
        mov eax, 0x55555555
        LAUNCH
here:   o32 insn eax, [ebx]
        STOP
