;; title:    INVPCID: its types and its descriptor are checked at CPL 0, and each type drops a translation of the current address space
;; cite:     SDM 2A INVPCID, Description, Operation and Exceptions; SDM 3A 4.10.4.1 Operations that Invalidate TLBs and
;;+          Paging-Structure Caches; APM 3 INVPCID
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: invpcid
;; sweep:    kind = 0..4 0xffffffff
;; sweep:    pcid = 0 1 0xfff 0x1000 0x80000000
;; sweep:    high = 0 1
;; sweep:    canonical_address = 1 0
;; where:    mode == long64 or canonical_address
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64  DATA1 64
;; undefined: mem(PT_1 + 0x268, 1) mem(PT_1 + 0x134, 1)
;; expect when launch_cpl == 3: exit == GP and err == 0 and rip == flush
;; expect when launch_cpl == 0 and (kind > 3 or pcid > 0xfff or high or kind < 2 and pcid != 0 or kind == 0 and not canonical_address): exit == GP and err == 0 and rip == flush
;; expect when launch_cpl == 0 and kind <= 3 and pcid <= 0xfff and not high and (kind >= 2 or pcid == 0) and (kind != 0 or canonical_address): exit == PF
;;+          and rip == spot and cr2 == target and err == 0
%include "walk.inc"
target  equ TARGET
        cpu all
        WALK 0x27, 7
        mov eax, [pcid]
        mov [DATA1], eax
        mov eax, [high]
        mov [DATA1 + 4], eax
        mov xsi, TARGET
        mov [DATA1 + 8], xsi
%if HOME == 64
        cmp dword [canonical_address], 0
        jne .canonical
        mov byte [DATA1 + 15], 0x80
.canonical:
%endif
        mov xcx, [kind]
        mov xdi, DATA1
        xor ebx, ebx
        LAUNCH
        mov eax, [xsi]
%if CPL == 0
        mov [LEVEL1], ebx
%endif
flush:  invpcid xcx, [xdi]
spot:   mov eax, [xsi]
        STOP
