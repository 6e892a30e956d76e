;; title:    Bits 62:52 of an entry are reserved with PAE paging and ignored in IA-32e mode, at every level
;; why:      an emulator with one walk for both masks them in both, or in neither
;; cite:     SDM 3A 4.4.2 Linear-Address Translation with PAE Paging (tables 4-9 to 4-11, bits 62:M);
;;+          SDM 3A 4.5.4 Linear-Address Translation with 4-Level Paging (bits 58:52 and 62:59 ignored); APM 2 5.4.1 Field Definitions
;; modes:    pm32-pae long64
;; cpl:      0 3
;; sweep:    bit = 52..62
;; sweep:    present = 0 1
;; variant:  place = pml4e pdpte pde pte large
;; variant:  kind = read write
;; where:    mode == long64 or place == pde or place == pte or place == large
;; touches:  PT_TOP 64  PT_X 64  PT_3 64  PT_2 64
;; expect when present and mode == long64: exit == stop and rip == done
;; expect when not present or mode != long64: exit == PF and rip == spot and cr2 == where_to
;; expect when exit == PF: err == ((9 if present else 0) | (4 if launch_cpl == 3 else 0) | (2 if kind == write else 0))
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
 %elifidn place, pdpte
  %define AT LEVEL3
 %elifidn place, pde
  %define AT LEVEL2
 %else
  %define AT LEVEL1
 %endif
%endif
        mov ecx, [bit]
        sub ecx, 32
        mov eax, 1
        shl eax, cl
        mov [AT + 4], eax
        mov eax, [present]
        xor eax, 1
        xor [AT], eax
        mov xsi, where_to
        LAUNCH
spot:   ACCESS
done:   STOP
