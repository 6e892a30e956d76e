;; title:    With PAE paging the four PDPTEs are checked and loaded by MOV CR3 and by MOV CR4 that changes PGE: a reserved bit of a
;;+          present one is #GP(0), and nothing is loaded
;; why:      an emulator that reads them in the walk makes a page fault of it, or none
;; cite:     SDM 3A 4.4.1 PDPTE Registers; SDM 2B MOV-Move to/from Control Registers, Protected Mode Exceptions; APM 3 MOV CRn, Exceptions
;;+          (reserved bits in the page-directory pointers table)
;; modes:    pm32-pae
;; cpl:      0
;; requires: pge
;; sweep:    index = 0..3
;; sweep:    bit = 1 2 3 5 6 7 8 9 11 52 62 63
;; sweep:    present = 0 1
;; variant:  how = mov_cr3 cr4_pge
;; where:    index != 0 or present
;; touches:  PT_TOP 64  PT_X 64
;; expect when not present or bit in {3, 9, 11}: exit == stop and rip == done
;; expect when present and not (bit in {3, 9, 11}): exit == GP and err == 0 and rip == spot and cr3 == PT_TOP and cr4 == launch.cr4
%include "walk.inc"
%ifidn how, mov_cr3
 %define WHERE PT_X
%else
 %define WHERE PT_TOP
%endif
        mov dword [PT_X], PT_2 | 1
        mov ebx, [index]
        lea ebx, [WHERE + ebx * 8]
        mov ecx, [bit]
        xor edx, edx
        xor eax, eax
        mov edi, 1
        shl edi, cl
        cmp ecx, 32
        jb .low
        mov edx, edi
        xor edi, edi
.low:   or edi, PT_2
        or edi, [present]
        mov esi, PT_X
        mov eax, cr4
        xor eax, 0x80
        LAUNCH
        mov [ebx], edi
        mov [ebx + 4], edx
spot:
%ifidn how, mov_cr3
        mov cr3, esi
%else
        mov cr4, eax
%endif
done:   STOP
