;; title:    ENTER faults if a write at the final stack pointer would fault, though it writes nothing there
;; why:      the check at the end of ENTER is easily left out; stacks are grown by the fault
;; cite:     SDM 2A ENTER, Protected Mode Exceptions and 64-Bit Mode Exceptions (#PF); APM 3 ENTER, Action
;; modes:    pm32-p32 long64
;; cpl:      3
;; sweep:    readonly = 0 1
;; variant:  bytes = 0x80 0x400 0x1000 0x1800
;; variant:  depth = 0 2
;; touches:  DATA3+0x180 128
;; expect when bytes > 0x200: exit == PF and rip == enter_insn and err == (7 if readonly else 6) and regs == {}
;; expect when bytes > 0x200: cr2 == launch.rsp - (3 * slot if depth == 2 else slot) - bytes
;; expect when bytes < 0x200: exit == stop and rip == done and rbp == launch.rsp - slot
;; expect when bytes < 0x200 and depth == 0: rsp == launch.rsp - slot - bytes
;; expect when bytes < 0x200 and depth == 2: rsp == launch.rsp - 3 * slot - bytes
slot    equ WORD_SIZE
        mov xsp, DATA3 + 0x200
        mov xbp, DATA3 + 0x800
        mov edi, DATA2 | 5
        cmp byte [readonly], 0
        jne .set
        xor edi, edi
.set:   mov [PTE(DATA2)], edi
        mov edi, DATA1 | 5
        cmp byte [readonly], 0
        jne .set1
        xor edi, edi
.set1:  mov [PTE(DATA1)], edi
        LAUNCH
enter_insn:
        enter bytes, depth
done:   STOP
