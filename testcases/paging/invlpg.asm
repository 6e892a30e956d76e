;; title:    What was taken away from a page is gone behind INVLPG of any address in it, MOV CR3, or a change of CR4.PGE
;; why:      an emulator that drops 4 KiB of a large page, or keeps a global page from INVLPG
;; cite:     SDM 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches; SDM 2A INVLPG, Description;
;;+          SDM 3A 4.8 Accessed and Dirty Flags; APM 2 5.5.2 TLB Management; APM 3 INVLPG
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; requires: pge pse
;; sweep:    everywhere = 0 1
;; variant:  flush = first_byte last_byte mov_cr3 toggle_pge
;; variant:  page = small large
;; variant:  change = absent readonly clean moved upper
;; where:    flush != mov_cr3 or everywhere == 0
;; where:    page == small or change != moved
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when change == absent or change == readonly or change == upper: exit == PF and rip == spot and cr2 == where_to
;;+          and err == (3 if change == readonly else 2) and mem(DATA0, 4) == 0x11223344
;; expect when change == clean: exit == stop and rip == done and mem(DATA0, 4) == 0x55667788 and mem(entry, 1) & 0x60 == 0x60
;; expect when change == moved: exit == stop and rip == done and mem(DATA0, 4) == 0x11223344 and mem(DATA3, 4) == 0x55667788
%include "walk.inc"
%macro  first_byte 0
        invlpg [xdi]
%endmacro
%macro  last_byte 0
        invlpg [xbp]
%endmacro
%macro  mov_cr3 0
        mov xdx, cr3
        mov cr3, xdx
%endmacro
%macro  toggle_pge 0
        mov xdx, cr4
        xor edx, 0x80
        mov cr4, xdx
%endmacro
        WALK 0x27, 7
        CR4_BIT CR4_PGE, 1
%ifidn page, large
 %if HOME == 32
        CR4_BIT CR4_PSE, 1
 %endif
entry   equ LEVEL2
where_to equ LARGE
 %define ENTRY_NOW 0x87
        ENTRY LEVEL2, 0x87
        mov xdi, LARGE - DATA0
 %if MODE == MODE_PM32_P32
        mov xbp, LARGE - DATA0 + 0x3fffff
 %else
        mov xbp, LARGE - DATA0 + 0x1fffff
 %endif
%else
entry   equ LEVEL1
where_to equ TARGET
 %define ENTRY_NOW DATA0 | 7
        mov xdi, TARGET
        mov xbp, TARGET + 0xfff
%endif
%ifidn change, upper
 %ifidn page, large
  %if HOME == 64
   %define AT LEVEL3
  %else
   %define AT LEVEL2
  %endif
 %else
  %define AT LEVEL2
 %endif
%else
 %define AT entry
%endif
        mov eax, [everywhere]
        shl eax, 8
        or [entry], eax
%ifidn change, absent
        mov ebx, ENTRY_NOW & ~1
%elifidn change, readonly
        mov ebx, ENTRY_NOW & ~2
%elifidn change, clean
        mov ebx, ENTRY_NOW
%elifidn change, moved
        mov ebx, DATA3 | 7
%else
        xor ebx, ebx
%endif
%ifnidn change, upper
        or ebx, eax
%endif
        WRITE_PROTECT 1
        mov xsi, where_to
        mov ecx, 0x11223344
        LAUNCH
        mov eax, [xsi]
        mov [xsi], ecx
        mov [AT], ebx
        flush
        mov ecx, 0x55667788
spot:   mov [xsi], ecx
done:   STOP
