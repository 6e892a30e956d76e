;; title:    A PDPT entry with PS maps 1 GiB: offset, rights and flags are its own; bits 29:13 are reserved
;; cite:     SDM 3A 4.5.4 Linear-Address Translation with 4-Level Paging (table 4-16); SDM 3A 4.8 Accessed and Dirty Flags;
;;+          APM 2 5.3.5 1-Gbyte Page Translation
;; modes:    long64
;; cpl:      0 3
;; requires: page1gb
;; sweep:    rights = 1 3 5 7 0
;; sweep:    bit = 3 4 8..29 52 58
;; variant:  kind = read write execute
;; where:    rights in {0, 7} or bit == 3 or bit == 13
;; touches:  PT_TOP 64  PT_3 64
;; expect when rights == 0: exit == PF and err & 9 == 0
;; expect when rights != 0 and bit >= 13 and bit < 30: exit == PF and err & 9 == 9
;; expect when rights != 0 and (bit < 13 or bit > 29): exit == (PF if launch_cpl == 3 and rights & 4 == 0 or kind == write and rights & 2 == 0 else stop)
;; expect when rights != 0 and (bit < 13 or bit > 29) and exit == PF: err & 9 == 1
;; expect when exit == PF: cr2 == where_to and err & 0x16 == (4 if launch_cpl == 3 else 0) | (2 if kind == write
;;+          else 0x10 if kind == execute else 0)
;; expect when exit == stop: rip == done and mem(level3, 1) == 0x80 | rights | (0x60 if kind == write else 0x20) | ((1 << bit) & 0xff)
;; expect when exit == stop and kind == write: mem(DATA0, 4) == 0x11223344
;; expect when exit == PF: mem(level3, 1) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
level3  equ LEVEL3
where_to equ (TARGET & ~0x3fffffff) + DATA0
        WALK 0x27, 0x27
        mov ecx, [bit]
        mov eax, 1
        shl rax, cl
        or al, 0x80
        or al, [rights]
        cmp byte [rights], 7            ; whether a page that is refused counts as accessed is open
        jne .refused
        sub ecx, 13
        cmp ecx, 29 - 13
        ja .allowed
.refused:
        or al, 0x20
.allowed:
        mov [LEVEL3], rax
        WRITE_PROTECT 1
        AIM done, where_to
        mov eax, 0x11223344
        LAUNCH
spot:   ACCESS
done:   STOP
