;; title:    MOV to and from control and debug registers ignores mod, address and operand size and REX.W; LOCK is
;;+          #UD
;; why:      a decoder that takes mod for an addressing form reads displacement bytes that are not there
;; cite:     SDM 2B MOV-Move to/from Control Registers, Description (the 2 bits in the mod field are ignored); SDM
;;+          2B MOV-Move to/from Debug Registers, Description; APM 3 MOV CRn, MOV DRn
;; modes:    real pm16 pm32 compat32 long64
;; sweep:    mod = 0..3
;; sweep:    rm = 3 4 5 6
;; variant:  opcode = 0x20 0x22 0x21 0x23
;; variant:  prefix = 0x90 0x66 0x67 0x48 0xf0
;; where:    mode == long64 or prefix != 0x48
;; where:    rm != 4 or opcode in {0x22, 0x23}
;; expect when prefix == 0xf0: exit == UD and rip & 0xffff == here & 0xffff and regs == {}
;; expect when prefix != 0xf0: exit == stop and rip & 0xffff == after & 0xffff
;; expect when prefix != 0xf0 and opcode in {0x20, 0x21} and rm == 3: regs == {rbx} and rbx == 0x12345678
;; expect when prefix != 0xf0 and opcode in {0x20, 0x21} and rm == 5: regs == {rbp} and rbp == 0x12345678
;; expect when prefix != 0xf0 and opcode in {0x20, 0x21} and rm == 6: regs == {rsi} and rsi == 0x12345678
;; expect when prefix != 0xf0 and opcode == 0x22: cr2 == (rbx if rm == 3 else rsp if rm == 4 else rbp if rm == 5
;;+          else rsi) & (~0 if mode == long64 else 0xffffffff)
;; expect when prefix != 0xf0 and opcode == 0x23: dr2 == (rbx if rm == 3 else rsp if rm == 4 else rbp if rm == 5
;;+          else rsi) & (~0 if mode == long64 else 0xffffffff)
%include "window.inc"
        mov eax, [mod]
        shl eax, 6
        or eax, [rm]
        or al, 2 << 3                   ; CR2 or DR2
        mov [here + 3], al
        mov eax, 0x12345678
        mov cr2, xax
        mov dr2, xax
        LAUNCH
here:   db prefix, 0x0f, opcode, 0
after:  STOP
