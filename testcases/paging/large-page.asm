;; title:    A directory entry with PS maps 2 MiB or 4 MiB: offset, rights, accessed and dirty flags are its own; without CR4.PSE
;;+          32-bit paging does not look at PS
;; why:      an emulator that takes PAT (bit 12) for an address bit, or writes D to the entry of the level below
;; cite:     SDM 3A 4.3 32-Bit Paging (tables 4-4 and 4-5); SDM 3A 4.4.2 Linear-Address Translation with PAE Paging;
;;+          SDM 3A 4.5.4 Linear-Address Translation with 4-Level Paging; SDM 3A 4.8 Accessed and Dirty Flags; APM 2 5.2.2 and 5.3.4
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: pse pat
;; sweep:    offset = 0x0 0xffc
;; sweep:    rights = 1 3 5 7
;; sweep:    other = 0x0 0x1000 0xe00 0x18
;; sweep:    pse = 0 1
;; variant:  kind = read write execute
;; where:    mode == pm32-p32 or pse
;; where:    kind != execute or offset == 0
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_3 64  PT_2 64  PT_X+0x100 128  DATA0+0xfc0 64
;; expect when rights == 7 or launch_cpl == 0 and (kind != write or rights & 2) or launch_cpl == 3 and kind != write and rights & 4: exit == stop and rip == done
;; expect when launch_cpl == 3 and rights & 4 == 0 or kind == write and rights & 2 == 0: exit == PF and cr2 == LARGE_DATA0 + offset
;; expect when exit == PF and kind != execute: err == (1 | (4 if launch_cpl == 3 else 0) | (2 if kind == write else 0)) and rip == spot
;; expect when exit == stop and pse: mem(level2, 4) == (0xa0 | rights | other | (0x40 if kind == write else 0))
;; expect when exit == stop and not pse: mem(level2, 4) == (PT_X | 0xa0 | rights | 0x20 | other & 0xfff)
;; expect when exit == stop and kind == read: rax & 0xffffffff == mem(DATA0 + offset, 4)
;; expect when exit == stop and kind == write: mem(DATA0 + offset, 4) == 0x11223344
;; expect when exit == PF: mem(level2, 4) & 0x40 == 0 and mem(DATA0 + offset, 4) == launch_mem(DATA0 + offset, 4)
%include "walk.inc"
level2  equ LEVEL2
LARGE_DATA0 equ LARGE
        WALK 0x27, 0x27
        mov eax, [other]
        or eax, [rights]
        or eax, 0x80
%if MODE == MODE_PM32_P32
        test byte [pse], 1
        jnz .large
        and eax, 0xfff                  ; 4 KiB pages: bit 12 is the address's
        or eax, PT_X | 0x20             ; see accessed-denied
        mov dword [PT_X + (DATA0 >> 12) * 4], DATA0 | 7
.large:
%endif
        mov [LEVEL2], eax
%if HOME == 32
        CR4_BIT CR4_PSE, [pse]
%endif
        WRITE_PROTECT 1
        mov dword [DATA0 + 0xffc], 0x55667788
        AIM done, LARGE
        add xsi, [offset]
        mov eax, 0x11223344
        LAUNCH
spot:   ACCESS
done:   STOP
