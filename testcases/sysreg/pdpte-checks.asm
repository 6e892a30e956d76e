;; title:    Under PAE paging a write of CR0, CR3 or CR4 that loads the PDPTEs checks them: reserved bits of a
;;+          present one are #GP(0), and the register stays
;; why:      an emulator that reads the table with each walk finds out too late, or not at all
;; cite:     SDM 3A 4.4.1 PDPTE Registers, Table 4-8; SDM 2B MOV-Move to/from Control Registers, Protected Mode
;;+          Exceptions; APM 3 MOV CRn, Exceptions (reserved bits in the page-directory pointers table)
;; modes:    pm32-pae
;; requires: pge pse
;; sweep:    bit = 1 2 5 6 7 8 9 11 52 62
;; sweep:    entry = 1 2 3
;; sweep:    present = 0 1
;; variant:  by = table paging global_pages page_sizes
;; where:    by == table or bit in {1, 5, 8, 52}
;; touches:  PT_TOP 0x40
;; touches:  PT_X 0x40
;; expect when present and bit not in {9, 11}: exit == GP and err == 0 and rip == here and cr0 & 0x80000000 == (0 if
;;+          by == paging else 0x80000000)
;; expect when present and bit not in {9, 11}: cr3 == launch.cr3 and cr4 == launch.cr4
;; expect when not present or bit in {9, 11}: exit == stop
;; expect when by == table and (not present or bit in {9, 11}): cr3 == PT_X
        cpu all
%ifidn by, table
 %define TABLE PT_X
%else
 %define TABLE PT_TOP
%endif
        mov ecx, 7
.copy:  mov eax, [PT_TOP + ecx * 4]
        mov [PT_X + ecx * 4], eax
        dec ecx
        jns .copy
        mov ecx, [bit]
        xor edi, edi
        xor ebp, ebp
        bts edi, ecx
        cmp ecx, 32
        jb .low
        xchg edi, ebp
.low:   mov ebx, [entry]
        lea ebx, [TABLE + ebx * 8]
        mov ecx, [present]
        or edi, ecx
        mov ecx, PT_X
        LAUNCH
        mov eax, cr0
        mov edx, cr4
%ifidn by, paging
        btr eax, 31
        mov cr0, eax
        bts eax, 31
%elifidn by, global_pages
        btc edx, 7
%elifidn by, page_sizes
        btc edx, 4
%endif
        mov [ebx], edi
        mov [ebx + 4], ebp
here:
%ifidn by, table
        mov cr3, ecx
%elifidn by, paging
        mov cr0, eax
%else
        mov cr4, edx
%endif
        STOP
