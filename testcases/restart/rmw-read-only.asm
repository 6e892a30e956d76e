;; title:    A read-modify-write whose store is refused leaves registers, flags and memory as they were
;; why:      an emulator has loaded and computed,
;;+          and perhaps written the first half, when the store turns out to fault
;; cite:     SDM 3A 6.5 Exception Classifications (Faults); SDM 3A 4.6 Access Rights; SDM 2A CMPXCHG, Operation;
;;+          APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 long64
;; cpl:      0 3
;; sweep:    addr = 0x4c010 0x4cffe 0x4cffd
;; sweep:    readonly = 1 2
;; sweep:    wp = 0 1
;; variant:  insn = op_add op_adc op_sbb op_inc op_neg op_not op_xadd op_xchg op_cmpxchg op_unequal op_cmpxchg8b
;;+          op_bts op_btc op_shld op_shrd op_rol op_rcr
;; variant:  bus = plain locked
;; where:    bus == plain or not (insn == op_shld or insn == op_shrd or insn == op_rol or insn == op_rcr)
;; where:    addr != 0x4c010 or readonly == 1
;; undefined: mem(PT_1 + 0x130, 8) mem(PT_1 + 0x260, 16)
;; undefined when insn == op_shld or insn == op_shrd: flags.af
;; where:    launch_cpl == 3 or addr != 0x4cffd
;; touches:  DATA0+0xfc0 128
;; expect when launch_cpl == 3 or wp: exit == PF and rip == rmw and cpl == launch_cpl
;; expect when exit == PF: err == (7 if launch_cpl == 3 else 3) and cr2 == (addr if readonly == 1 else DATA1)
;; expect when exit == PF: regs == {} and flags & 0xcd5 == launch.flags & 0xcd5 and changed == {frame}
;; expect when exit == PF and readonly == 1: not {DATA0} <= dirtied
;; expect when exit == PF and readonly == 2: not {DATA1} <= dirtied
;; expect when exit == PF: mem(addr, 8) == 0x0123456789abcdef
;; expect when launch_cpl == 0 and not wp: exit == stop and rip == done
;; expect when launch_cpl == 0 and not wp and addr == 0x4c010: {DATA0} <= dirtied and {DATA0} <= accessed
;; expect when launch_cpl == 0 and not wp and addr != 0x4c010: {DATA0, DATA1} <= dirtied
;;+          and {DATA0, DATA1} <= accessed
%include "rmw.inc"
        RMW_OPERANDS addr
        LAUNCH_SET flags, 0x8d7
        mov xdi, [LB_cr0]
        bts edi, 16
        cmp byte [wp], 0
        jne .protect
        btr edi, 16
.protect:
        LAUNCH_SET cr0, xdi
        mov edi, DATA0 | 5
        cmp byte [readonly], 1
        jne .second
        mov [PTE(DATA0)], edi
        jmp .go
.second:
        add edi, 0x1000
        mov [PTE(DATA1)], edi
.go:    LAUNCH
rmw:    insn
done:   STOP
