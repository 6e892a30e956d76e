;; title:    A PDPTE changed in memory counts from the next load of the PDPTE registers on, not before
;; why:      an emulator that walks from CR3 sees the change at once
;; cite:     SDM 3A 4.4.1 PDPTE Registers
;; modes:    pm32-pae
;; cpl:      0
;; requires: intel pge
;; sweep:    after = 0 1
;; variant:  load = nothing invlpg_page mov_cr3 cr4_pge
;; touches:  PT_TOP 64  PT_X 64  PT_2 64
;; expect when load == nothing or load == invlpg_page: exit == (PF if after else stop)
;; expect when load == mov_cr3 or load == cr4_pge: exit == (stop if after else PF)
;; expect when exit == PF: rip == spot and cr2 == target and err == 0
%include "walk.inc"
target  equ TARGET
%macro  nothing 0
%endmacro
%macro  invlpg_page 0
        invlpg [esi]
%endmacro
%macro  mov_cr3 0
        mov edx, cr3
        mov cr3, edx
%endmacro
%macro  cr4_pge 0
        mov edx, cr4
        xor edx, 0x80
        mov cr4, edx
%endmacro
        WALK 0x27, 0x27
        mov esi, TARGET
        mov ebx, PT_2
        or ebx, [after]                 ; 1: absent until it is changed
        mov eax, ebx
        xor eax, 1
        mov [PT_TOP + 8], eax
        LAUNCH
        mov [PT_TOP + 8], ebx
        load
spot:   mov eax, [esi]
        STOP
