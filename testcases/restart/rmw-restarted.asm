;; title:    A read-modify-write is done exactly once, however often its pages made it start again
;; why:      an operation applied twice, or to one half only, or with the flags of its first try
;; cite:     SDM 3A 6.6 Program or Task Restart; SDM 3A Interrupt 14-Page-Fault Exception (#PF);
;;+          the instructions in SDM 2, Operation
;; modes:    pm32-p32 long64
;; cpl:      0 3
;; sweep:    addr = 0x4c010 0x4cffe
;; sweep:    first = 0 1
;; sweep:    second = 0 1
;; variant:  insn = op_add op_adc op_sbb op_inc op_neg op_not op_xadd op_xchg op_cmpxchg op_unequal op_cmpxchg8b
;;+          op_bts op_btc op_shld op_shrd op_rol op_rcr
;; variant:  bus = plain locked
;; where:    bus == plain or not (insn == op_shld or insn == op_shrd or insn == op_rol or insn == op_rcr)
;; where:    addr == 0x4cffe or second == 0
;; where:    first + second != 0
;; touches:  DATA0+0xfc0 128
;; undefined when insn == op_shld or insn == op_shrd: flags.af
;; expect:   exit == stop and rip == done and cpl == launch_cpl
;; expect:   fault[0].vector == PF and fault[0].rip == rmw
;; expect when first == 0: nfault == 1 and fault[0].cr2 == DATA1
;; expect when second == 0: nfault == 1 and fault[0].cr2 == addr
;; expect when first and second: nfault == 2 and fault[1].vector == PF and fault[1].rip == rmw
;; expect when first and second: addr in {fault[0].cr2, fault[1].cr2} and DATA1 in {fault[0].cr2, fault[1].cr2}
;; expect:   fault[0].err == (7 if launch_cpl == 3 else 3)
;; expect when first and second: fault[1].err == (7 if launch_cpl == 3 else 3)
;; expect when insn == op_add: mem(addr, 8) == 0x0123456789abcdfb and regs == {} and flags.cf == 0
;;+          and flags.sf == 1 and flags.zf == 0
;; expect when insn == op_adc: mem(addr, 8) == 0x0123456789abcdfc and regs == {} and flags.cf == 0
;; expect when insn == op_sbb: mem(addr, 8) == 0x0123456789abcde2 and regs == {} and flags.cf == 0
;; expect when insn == op_inc: mem(addr, 8) == 0x0123456789abcdf0 and regs == {} and flags.cf == 1 and flags.zf == 0
;; expect when insn == op_neg: mem(addr, 8) == 0x0123456776543211 and regs == {} and flags.cf == 1 and flags.sf == 0
;; expect when insn == op_not: mem(addr, 8) == 0x0123456776543210 and regs == {} and flags & 0x8d5 == 0x8d5
;; expect when insn == op_xadd: mem(addr, 8) == 0x0123456789abcdfb and regs == {rcx} and rcx == 0x89abcdef
;;+          and flags.cf == 0
;; expect when insn == op_xchg: mem(addr, 8) == 0x012345670000000c and regs == {rcx} and rcx == 0x89abcdef
;;+          and flags & 0x8d5 == 0x8d5
;; expect when insn == op_cmpxchg: mem(addr, 8) == 0x012345670000000c and regs == {} and flags.zf == 1
;;+          and flags.cf == 0
;; expect when insn == op_unequal: mem(addr, 8) == 0x0123456789abcdef and regs == {rax} and rax == 0x89abcdef
;;+          and flags.zf == 0
;; expect when insn == op_cmpxchg8b: mem(addr, 8) == 0x0000000c33445566 and regs == {} and flags & 0x8d5 == 0x8d5
;; expect when insn == op_bts: mem(addr, 8) == 0x0123456789abddef and regs == {} and flags.cf == 0
;; expect when insn == op_btc: mem(addr, 8) == 0x0123456789abcde7 and regs == {} and flags.cf == 1
;; expect when insn == op_shld: mem(addr, 8) == 0x012345679abcdef0 and regs == {} and flags.cf == 0
;; expect when insn == op_shrd: mem(addr, 8) == 0x0123456756789abc and regs == {} and flags.cf == 1
;; expect when insn == op_rol: mem(addr, 8) == 0x012345673579bdf1 and regs == {} and flags.cf == 1
;; expect when insn == op_rcr: mem(addr, 8) == 0x01234567c4d5e6f7 and regs == {} and flags.cf == 1
;; expect:   mem(pte_data0, 4) & 0x67 == 0x67 and (addr == 0x4c010 or mem(pte_data1, 4) & 0x67 == 0x67)
pte_data0 equ PTE(DATA0)
pte_data1 equ PTE(DATA1)
%include "rmw.inc"
        RMW_OPERANDS addr
        LAUNCH_SET flags, 0x8d7
        mov xdi, [first]                ; 0 writable, 1 read-only
        mov edi, [pte_low + xdi * 4]
        add edi, DATA0
        mov [PTE(DATA0)], edi
        mov xdi, [second]
        mov edi, [pte_low + xdi * 4]
        add edi, DATA1
        mov [PTE(DATA1)], edi
        LAUNCH
rmw:    insn
done:   STOP
        align 4
pte_low: dd 7, 5
        SCRIPT
          MAKE_PRESENT DATA0
          MAKE_PRESENT DATA1
        ENDSCRIPT
