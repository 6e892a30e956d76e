;; title:    A page that has run is made no-execute, or the supervisor's, or the user's under SMEP: the next fetch faults
;; why:      an emulator that finds decoded code by its address does not ask for the permission to run it again
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions; SDM 3A 4.10.4.1 Operations that
;;+          Invalidate TLBs and Paging-Structure Caches; APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0
;; requires: smep nx
;; variant:  change = nx smep level
;; variant:  flush = invlpg_page mov_cr3
;; variant:  way = call jump passing
;; where:    change != nx or mode != pm32-p32
;; where:    change != level or way == call
;; expect:   exit == PF and rip == page and cr2 == CODE2 and rbp == 3
;; expect when change == nx: err == 0x11 and cpl == 0
;; expect when change == smep: err == 0x11 and cpl == 0
;; expect when change == level: err == (0x15 if mode == long64 else 5) and cpl == 3
%macro  invlpg_page 0
        invlpg [CODE2]
%endmacro
%macro  mov_cr3 0
        mov xdx, cr3
        mov cr3, xdx
%endmacro
%if HOME == 32
        cpu p3
%endif
%ifidn change, nx
 %define ENTRY CODE2 | 7
%elifidn change, smep
 %define ENTRY CODE2 | 3
%else
 %define ENTRY CODE2 | 7
%endif
        SETPTE CODE2, ENTRY
%ifidn change, smep
        SETPTE CODE, CODE | 3
%endif
%ifidn change, nx
        mov ecx, 0xc0000080
        rdmsr
        or ah, 8                        ; EFER.NXE
        wrmsr
%endif
        xor ebp, ebp
        mov xbx, cr4
        or ebx, 0x100000
        LAUNCH_AT CODE + 0xf80
%ifidn change, smep
        mov cr4, xbx
%endif
        jmp again
next:   cmp ebp, 3                      ; an emulator links code once it has met it twice
        jne again
%ifidn change, nx
        mov byte [PTE(CODE2) + 7], 0x80
%elifidn change, smep
        mov byte [PTE(CODE2)], 0x27
%else
        mov byte [PTE(CODE2)], 0x23
%endif
        flush
%ifidn change, level
 %if HOME == 64
        push qword UDATA | 3
        push rsp
        pushfq
        push qword UCODE_ALT | 3
        push qword page
        iretq
 %else
        push dword UDATA | 3
        push esp
        pushfd
        push dword UCODE32 | 3
        push dword page
        iretd
 %endif
%endif
again:
%ifidn way, call
        call page
        jmp next
%elifidn way, jump
        jmp page
%else
        times 0x1000 - ($ - $$) nop
%endif
        times 0x1000 - ($ - $$) int3
page:   inc ebp
        cmp ebp, 4
        je stale
%ifidn way, call
        ret
%else
        jmp next
%endif
stale:  STOP
