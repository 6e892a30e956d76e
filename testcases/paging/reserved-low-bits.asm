;; title:    Reserved below the page address: bits 20:13 of a 2 MiB page, bit 21 of a 4 MiB page, PS of a PML4 entry; and on
;;+          AMD processors bit 8 of a PML4 entry
;; why:      an emulator that masks the low bits away maps a page that the processor refuses
;; cite:     SDM 3A 4.5.4 Linear-Address Translation with 4-Level Paging (tables 4-15, 4-17 and 4-18); SDM 3A 4.3 32-Bit Paging (table 4-4);
;;+          SDM 3A 4.4.2 Linear-Address Translation with PAE Paging (table 4-9); SDM 3A 4.7 Page-Fault Exceptions (RSVD flag);
;;+          APM 2 5.3.3 4-Kbyte Page Translation (PML4E: MBZ; PDPE: ignored); APM 2 5.3.4 2-Mbyte Page Translation
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: pse pse36 pat nx
;; sweep:    bit = 7 8 13..21
;; sweep:    present = 0 1
;; variant:  place = pml4e pdpte large
;; variant:  kind = read write execute
;; where:    place == large or mode == long64
;; where:    bit >= 13 and (bit < 21 and mode != pm32-p32 or bit == 21 and mode == pm32-p32) if place == large else bit == 8
;;+          or bit == 7 and place == pml4e
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_3 64  PT_2 64
;; expect when not present or bit != 8: exit == PF and rip == (where_to if kind == execute else spot) and cr2 == where_to
;; expect intel when present and bit == 8: exit == stop and rip == done
;; expect amd when present and bit == 8 and place == pdpte: exit == stop and rip == done
;; expect amd when present and bit == 8 and place == pml4e: exit == PF and rip == (where_to if kind == execute else spot) and cr2 == where_to
;; expect when exit == PF: err == ((9 if present else 0) | (4 if launch_cpl == 3 else 0) | (2 if kind == write
;;+          else 0x10 if kind == execute and mode == long64 else 0))
;; expect when exit == PF: mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
        WALK 0x27, 0x27
%ifidn place, large
 %define AT LEVEL2
where_to equ LARGE
        ENTRY LEVEL2, 0xa7
%else
where_to equ TARGET
 %ifidn place, pml4e
  %define AT LEVEL4
 %else
  %define AT LEVEL3
 %endif
%endif
        mov ecx, [bit]
        mov eax, 1
        shl eax, cl
        or [AT], eax
        mov eax, [present]
        xor eax, 1
        xor [AT], eax
%if HOME == 32
        CR4_BIT CR4_PSE, 1
%endif
        AIM done, where_to
        LAUNCH
spot:   ACCESS
done:   STOP
