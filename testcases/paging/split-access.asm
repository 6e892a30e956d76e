;; title:    An access over two pages faults for the page that refuses: CR2 is its first byte there, the error code is that page's,
;;+          and no byte is stored
;; why:      an emulator that reports the start of the operand for the second page, or stores the first half before it looks
;; cite:     SDM 3A 4.7 Page-Fault Exceptions; SDM 3A Interrupt 14-Page-Fault Exception (#PF); SDM 3A 6.5 Exception Classifications (Faults); SDM 3A 8.1.1
;;+          Guaranteed Atomic Operations (of more than a quadword a part may be stored); APM 2 8.2.15 #PF-Page-Fault Exception
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: sse2
;; sweep:    first = 7 6 5 3
;; sweep:    second = 7 6 5 3
;; sweep:    below = 1 2 3 8 15
;; variant:  size = 2 4 16
;; variant:  kind = read write
;; where:    first == 7 or second == 7
;; where:    below < size
;; touches:  DATA0+0xfc0 128
;; undefined when size == 16 and kind == write: mem(DATA0 + 0xff0, 16) mem(PT_1 + 0x130, 1) mem(PT_1 + 0x260, 1)
;; expect when first in {6, 5, 3}: exit == (PF if first == 6 or first == 5 and kind == write or first == 3 and launch_cpl == 3 else stop)
;; expect when second in {6, 5, 3}: exit == (PF if second == 6 or second == 5 and kind == write or second == 3 and launch_cpl == 3 else stop)
;; expect when first == 7 and second == 7: exit == stop and rip == done
;; expect when exit == PF: rip == spot and regs == {} and cr2 == (DATA1 - below if second == 7 else DATA1)
;; expect when exit == PF and size != 16: changed == {frame}
;; expect when exit == PF: err == (((first if second == 7 else second) & 1) | (4 if launch_cpl == 3 else 0) | (2 if kind == write else 0))
;; expect when exit == stop and kind == write and size == 2: mem(DATA1 - 1, 2) == 0x3344
;; expect when exit == stop and kind == write and size == 4: mem(DATA1 - below, 4) == 0x11223344
;; expect when exit == stop and kind == write and size == 16: mem(DATA1 - below, 8) == 0x0123456789abcdef
;;+          and mem(DATA1 - below + 8, 8) == 0xfedcba9876543210
;; expect when exit == PF: not {DATA1} <= dirtied or second == 7
%include "walk.inc"
        mov dword [DATA2], 0x89abcdef
        mov dword [DATA2 + 4], 0x01234567
        mov dword [DATA2 + 8], 0x76543210
        mov dword [DATA2 + 12], 0xfedcba98
        movdqu xmm1, [DATA2]
        mov eax, [first]
        or eax, DATA0
        SETPTE DATA0, eax
        mov eax, [second]
        or eax, DATA1
        SETPTE DATA1, eax
        WRITE_PROTECT 1
        mov xsi, DATA1
        sub xsi, [below]
        mov eax, 0x11223344
        LAUNCH
%if WINDOW_BITS == 64
 %define AT [rsi]
%else
 %define AT [esi]
%endif
%if size == 2
 %define DATA ax
 %define MOVE mov
%elif size == 4
 %define DATA eax
 %define MOVE mov
%else
 %define DATA xmm1
 %define MOVE movdqu
%endif
spot:
%ifidn kind, read
        MOVE DATA, AT
%else
        MOVE AT, DATA
%endif
done:   STOP
