;; title:    An exception while another is delivered: serial, or a double fault, by the classes of the two
;; cite:     SDM 3A Interrupt 8-Double Fault Exception (#DF), tables 6-4
;;+          and 6-5; APM 2 8.2.9 #DF-Double-Fault Exception (Vector 8)
;; modes:    pm32 pm32-p32 long64
;; cpl:      3
;; variant:  first = int_n nm de np ss gp pf
;; variant:  second = np gp ts pf
;; where:    mode != pm32 or (first != pf and second != pf)
;; where:    mode != long64 or second != ts
;; expect when first in {de, np, ss, gp} and second in {np, gp, ts}: exit == DF and err == 0
;; expect when first == pf: exit == DF and err == 0
;; expect when first in {de, np, ss, gp} and second == pf: exit == PF
;; expect when first in {int_n, nm} and second == np: exit == NP
;; expect when first in {int_n, nm} and second == gp: exit == GP
;; expect when first in {int_n, nm} and second == ts: exit == TS
;; expect when first in {int_n, nm} and second == pf: exit == PF
;; expect when exit == NP: err == (0xc2 if first == int_n else 0x3b)
;; expect when exit == GP: err == (BEYOND if first == int_n else BEYOND | 1)
;; expect when exit == TS: err == (UDATA if first == int_n else UDATA | 1)
;; expect when exit == PF: err == 2 and cr2 == DATA2 - (8 if mode == long64 else 4)
%assign int_n_ 0x18
%assign nm_ 7
%assign de_ 0
%assign np_ 11
%assign ss_ 12
%assign gp_ 13
%assign pf_ 14
%assign n first %+ _
%ifidn first, nm
        or byte [LB_cr0], 8
%elifidn first, pf
        SETPTE DATA3, 0
%endif
        mov byte [GATE(n) + 5], 0xee
%ifidn second, np
        mov byte [GATE(n) + 5], 0x6e
%elifidn second, gp
        mov word [GATE(n) + 2], BEYOND
%elifidn second, ts
        mov word [GATE(n) + 2], CODE_1
        mov word [TSS + 0x10], UDATA | 3
%else
        mov word [GATE(n) + 2], CODE_1
        SETPTE DATA1, 0
        mov dword [TSS + 0xc], DATA2
%endif
        LAUNCH
%ifidn first, int_n
        int 0x18
%elifidn first, nm
        fnop
%elifidn first, de
        xor ecx, ecx
        div ecx
%elifidn first, np
        mov ecx, UDATA_NP | 3
        mov ds, ecx
%elifidn first, ss
        mov ecx, UDATA_NP | 3
        mov ss, ecx
%elifidn first, gp
        hlt
%else
        mov ecx, [DATA3]
%endif
        STOP
