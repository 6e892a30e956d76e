;; title:    With CR4.VME, CLI and STI in virtual-8086 mode below IOPL 3 act on VIF; STI with VIP set is #GP(0)
;; cite:     SDM 2A CLI, Operation; SDM 2B STI, Operation; SDM 3B Class 2-Maskable Hardware Interrupt Handling in
;;+          Virtual-8086 Mode Using the Virtual Interrupt Mechanism; APM 2 Virtual Interrupts
;; modes:    vm86
;; requires: vme
;; sweep:    iopl = 0 1 2 3
;; sweep:    old_if = 0 1
;; sweep:    virtual = 0 1 2
;; variant:  insn = cli sti
;; expect when iopl == 3: exit == stop and flags.if == (insn == sti) and flags.vif == virtual & 1
;;+          and flags.vip == virtual >> 1
;; expect when iopl < 3 and (insn == cli or virtual != 2): exit == stop and flags.vif == (insn == sti)
;;+          and flags.if == old_if and flags.vip == virtual >> 1
;; expect when iopl < 3 and insn == sti and virtual == 2: exit == GP and err == 0 and rip == here - ARENA
;;+          and flags.if == old_if and flags.vif == 0 and flags.vip == 1
;; expect:   regs == {} and flags.iopl == iopl and flags.vm == 1
        VME_FLAGS virtual, iopl, old_if
        mov eax, 0x01010101
        LAUNCH
here:   insn
        nop
        STOP
