;; title:    A page-table entry that lies in code that has run gains its accessed bit: the code runs with it
;; why:      the walk's own writes are no stores: an emulator has to look for code under them too
;; cite:     SDM 3A 4.8 Accessed and Dirty Flags; SDM 3A 11.6 Self-Modifying Code; SDM 3A 8.3 Serializing Instructions;
;;+          APM 2 5.4.2 Accessed (A) Bit
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: cpuid
;; variant:  access = load store fetch
;; touches:  PT_X 64
;; expect:   exit == stop and rip == done and rbp == (DATA0 | 7)
;; expect when access == store: rbx == (DATA0 | 0x67)
;; expect when access != store: rbx == (DATA0 | 0x27)
%include "selfmod.inc"
        ; PT_X is the page table of LINEAR and, as a page of its own, code: `mov eax, imm` whose operand is entry 1
%if MODE == MODE_PM32_P32
 %define LINEAR 0xc0000000
 %define UPPER PT_TOP + 0xc00
%else
 %define LINEAR 0x200000
 %define UPPER PT_2 + 8
%endif
        mov dword [UPPER], PT_X | 7
        mov dword [DATA0], 0xc3c3c3c3
        mov dword [PT_X], 0
        mov dword [PT_X + PTE_SIZE], DATA0 | 7
%if MODE == MODE_LONG64
        mov byte [PT_X + 6], 0x48       ; mov rax, imm64
        mov byte [PT_X + 7], 0xb8
%else
        mov byte [PT_X + PTE_SIZE - 1], 0xb8
%endif
        mov dword [PT_X + PTE_SIZE + PTE_SIZE], 0xc3c3c3c3
        LAUNCH
        mov edi, PT_X + PTE_SIZE - 1 - (WINDOW_BITS == 64)
        call wdi
        mov ebp, eax
        mov esi, LINEAR + 0x1000
%ifidn access, load
        mov eax, [wsi]
%elifidn access, store
        mov [wsi], esi
%else
        call wsi
%endif
        SYNC cpuid
        call wdi
        mov ebx, eax
done:   STOP
