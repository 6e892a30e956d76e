;; title:    CR0.WP, CR4.SMAP and EFLAGS.AC count for the next access, also to a page that is in the TLB
;; why:      an emulator that keeps rights in its TLB and does not drop them
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.10.2.2 Caching Translations in TLBs; SDM 2A CLAC; SDM 2B STAC;
;;+          APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; requires: smap
;; sweep:    warm = 0 1
;; variant:  change = wp_on wp_off smap_on smap_off stac_now clac_now popf_set
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when change == wp_on: exit == PF and err == 3
;; expect when change == smap_on or change == clac_now: exit == PF and err == 3
;; expect when change == wp_off or change == smap_off or change == stac_now or change == popf_set: exit == stop and rip == done
;;+          and mem(DATA0, 4) == 0x11223344
;; expect when exit == PF: rip == spot and cr2 == target and mem(DATA0, 4) == 0
%include "walk.inc"
target  equ TARGET
        cpu all
%ifidn change, wp_on
        WALK 0x27, 5
        WRITE_PROTECT 0
%elifidn change, wp_off
        WALK 0x27, 5
        WRITE_PROTECT 1
%else
        WALK 0x27, 7
        WRITE_PROTECT 1
%endif
        SUPERVISOR_TABLES
        SETPTE CODE, CODE | 3
%ifidn change, smap_off
        CR4_BIT CR4_SMAP, 1
        mov eax, 0x40002                ; AC, for the first access
        LAUNCH_SET flags, xax
%elifidn change, stac_now
        CR4_BIT CR4_SMAP, 1
%elifidn change, popf_set
        CR4_BIT CR4_SMAP, 1
%elifidn change, clac_now
        CR4_BIT CR4_SMAP, 1
        mov eax, 0x40002
        LAUNCH_SET flags, xax
%endif
        mov xsi, TARGET
        mov xbx, [warm]
        mov ecx, 0x11223344
        LAUNCH
        test ebx, ebx
        jz .cold
%ifidn change, stac_now
        stac
        mov eax, [xsi]
        clac
%elifidn change, popf_set
        stac
        mov eax, [xsi]
        clac
%else
        mov eax, [xsi]
%endif
.cold:
%ifidn change, smap_off
        clac
%endif
%ifidn change, stac_now
        stac
%elifidn change, clac_now
        clac
%elifidn change, popf_set
        push xword 0x40002
 %if HOME == 64
        popfq
 %else
        popfd
 %endif
%elifidn change, wp_on
        mov xdx, cr0
        or edx, 0x10000
        mov cr0, xdx
%elifidn change, wp_off
        mov xdx, cr0
        and edx, ~0x10000
        mov cr0, xdx
%else
        mov xdx, cr4
        xor edx, 0x200000
        mov cr4, xdx
%endif
spot:   mov [xsi], ecx
done:   STOP
