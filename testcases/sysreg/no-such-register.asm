;; title:    MOV to and from control registers 1, 5 to 7, 9 to 15 and debug registers 8 to 15 is #UD, at any CPL
;; cite:     SDM 2B MOV-Move to/from Control Registers, Description and exceptions; SDM 2B MOV-Move to/from Debug
;;+          Registers, exceptions; APM 3 MOV CRn, MOV DRn, Exceptions
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; sweep:    reg = 0..15
;; variant:  opcode = 0x20 0x21 0x22 0x23
;; where:    reg < 8 or mode == long64
;; where:    opcode in {0x21, 0x23} or reg in {1, 5, 6, 7} or reg > 8
;; where:    opcode in {0x20, 0x22} or reg > 7
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {} and cr0 == launch.cr0
%include "window.inc"
        mov eax, [reg]
        mov cl, al
        and eax, 7
        shl eax, 3
        or al, 0xc0
        mov [here + 2 + (WINDOW_BITS == 64)], al
%if WINDOW_BITS == 64
        shr cl, 3
        shl cl, 2
        or cl, 0x40
        mov [here], cl
%endif
        LAUNCH
here:
%if WINDOW_BITS == 64
        db 0x40
%endif
        db 0x0f, opcode, 0
        STOP
