;; title:    A code page exchanged for another one, and back: what is mapped runs, reached by a call, a jump or in passing
;; why:      an emulator that links decoded code to its successor by linear address goes on in the old page
;; cite:     SDM 3A 4.10.4.1 Operations that Invalidate TLBs and Paging-Structure Caches; SDM 3A 4.10.2.3 Details of TLB Use;
;;+          APM 2 5.5.3 TLB Management
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; requires: pge
;; variant:  flush = invlpg_page mov_cr3 toggle_pge
;; variant:  way = call jump passing
;; expect:   exit == stop and rip == done and rbx == 0x030603
%macro  invlpg_page 0
        invlpg [CODE2]
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
%if HOME == 32
        cpu p3
%endif
        ; the same page but for its first instruction's operand
        mov xsi, CODE2
        mov xdi, DATA3
        mov ecx, 0x80
        rep movsd
        mov byte [DATA3 + 2], 2
        xor ebx, ebx
        mov esi, CODE2 | 7
        mov edi, DATA3 | 7
        mov ebp, 3
        mov ecx, 3                      ; visits a mapping: an emulator links code once it has met it twice
        LAUNCH_AT CODE + 0xff0
again:
%ifidn way, call
        call page
        jmp next
%elifidn way, jump
        jmp page
%endif
        times 0x1000 - ($ - $$) nop
page:   add bl, 1                       ; the operand says which page
%ifidn way, call
        ret
%else
        jmp next
%endif
        times 0x1100 - ($ - $$) nop
next:   dec ecx
        jnz again
        mov ecx, 3
        dec ebp
        jz done
        rol ebx, 8
        mov [PTE(CODE2)], edi
        xchg esi, edi
        flush
        jmp again
done:   STOP
