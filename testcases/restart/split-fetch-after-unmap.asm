;; title:    A split instruction is fetched anew once one of its two pages is unmapped
;;+          or moved, though it has run before
;; why:      an emulator finds decoded instructions by the address of their first byte
;;+          and never asks for the second page again
;; cite:     SDM 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches;
;;+          SDM 3A Interrupt 14-Page-Fault Exception (#PF)
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; variant:  flush = invlpg_page mov_cr3
;; variant:  unmap = first second moved
;; expect when unmap != moved: exit == PF and rip == split and err == (0x10 if mode == long64 else 0)
;; expect when unmap == first: cr2 == split
;; expect when unmap == second: cr2 == CODE2
;; expect when unmap == moved: exit == UD and rip == CODE2 + 3 and rax == 0x99999978
;; expect:   rcx == 1 and {PT_1} <= changed
%ifidn unmap, first
%define PAGE CODE
%else
%define PAGE CODE2
%endif
%ifidn unmap, moved
%define CHANGED DATA3 | 7
%else
%define CHANGED 0
%endif
%macro  invlpg_page 0
        invlpg [PAGE]
%endmacro
%macro  mov_cr3 0
        mov xdx, cr3
        mov cr3, xdx
%endmacro
        mov ecx, 2
        mov dword [DATA3], 0x0f999999   ; the other second page: three bytes of the operand, then UD2
        mov byte [DATA3 + 4], 0x0b
        LAUNCH
        jmp split
clear:  mov dword [PTE(PAGE)], CHANGED
        flush
        jmp split
        times 0xffe - ($ - $$) nop
split:  mov eax, 0x12345678
        dec ecx
        jz stale
%ifidn unmap, first
        mov dword [PTE(PAGE)], 0
        flush
        jmp split
%else
        jmp clear
%endif
stale:  STOP
