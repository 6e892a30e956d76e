;; title:    A prefetch never faults, whatever the page, the tables or the address are like
;; why:      an emulator that translates a hint as if it were a load
;; cite:     SDM 2B PREFETCHh, Description; SDM 2B PREFETCHW, Description; APM 3 PREFETCHlevel; APM 3 PREFETCHx
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; requires: sse prefetchw nx
;; sweep:    upper = 0x27 0x26 0x23 0x25
;; sweep:    last = 7 6 5 3
;; sweep:    reserved = 0 0x80000000
;; variant:  insn = prefetchnta prefetcht0 prefetcht1 prefetcht2 prefetchw
;; variant:  address = page far_off
;; where:    mode != pm32-p32 or reserved == 0
;; where:    address == page or mode == long64 and upper == 0x27 and last == 7 and reserved == 0
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; undefined: mem(PT_X + 8, 1) mem(PT_X + 0x804, 1)
;; expect:   exit == stop and rip == done and regs == {} and cr2 == 0 and changed <= {frame, PT_X}
%include "walk.inc"
        cpu all
        NO_EXECUTE 0
        WALK 0x27, 0
        mov eax, [upper]
        or eax, BELOW2
        mov [LEVEL2], eax
        mov eax, [last]
        or [LEVEL1], eax
%if PTE_SIZE == 8
        mov eax, [reserved]
        mov [LEVEL1 + 4], eax
%endif
        mov xsi, TARGET
%ifidn address, far_off
        bts rsi, 62
%endif
        LAUNCH
        insn [xsi]
done:   STOP
