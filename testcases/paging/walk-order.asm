;; title:    The first entry from the top that is absent or has a reserved bit decides; rights are asked when all are present
;; why:      an emulator that looks at rights level by level, or at reserved bits before P
;; cite:     SDM 3A 4.7 Page-Fault Exceptions (P and RSVD flags); SDM 3A 4.6.1 Determination of Access Rights;
;;+          APM 2 5.6 Page-Protection Checks; APM 2 8.2.15 #PF-Page-Fault Exception
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: nx
;; sweep:    entry4 = 0..4
;; sweep:    entry3 = 0..4
;; sweep:    entry2 = 0..4
;; sweep:    entry1 = 0..4
;; where:    mode == long64 or entry4 == 0 and entry3 == 0
;; where:    mode != pm32-p32 or entry2 in {0, 1, 4} and entry1 in {0, 1, 4}
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when entry4 == 0 and entry3 == 0 and entry2 == 0 and entry1 == 0: exit == stop and rip == done
;; expect when entry4 != 0 or entry3 != 0 or entry2 != 0 or entry1 != 0: exit == PF and rip == spot and cr2 == target
;; expect when exit == PF: err == ((4 if launch_cpl == 3 else 2) | (0 if entry4 in {1, 2} else 9 if entry4 == 3
;;+          else 0 if entry3 in {1, 2} else 9 if entry3 == 3 else 0 if entry2 in {1, 2} else 9 if entry2 == 3
;;+          else 0 if entry1 in {1, 2} else 9 if entry1 == 3 else 1))
;; expect when exit == PF: mem(level1, 1) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
;; expect when exit == PF: mem(DATA0, 4) == launch_mem(DATA0, 4) and regs == {}
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
        WALK 0x20, 0
        NO_EXECUTE 0                    ; bit 63 is reserved at every level
%macro  STATE 1
        mov ecx, [entry%1]
        mov eax, [states + xcx * 8]
        or [LEVEL%1], eax
%if PTE_SIZE == 8
        mov eax, [states + xcx * 8 + 4]
        mov [LEVEL%1 + 4], eax
%endif
%endmacro
        LEVELS STATE
        WRITE_PROTECT 1
        mov xsi, TARGET
        LAUNCH
spot:
%if CPL == 3
        mov eax, [xsi]
%else
        mov [xsi], eax
%endif
done:   STOP
        align 8
        ; present; absent; absent, and reserved; reserved; neither the user's nor writable
states: dd 7, 0, 6, 0, 6, 0x80000000, 7, 0x80000000, 1, 0
