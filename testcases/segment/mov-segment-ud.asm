;; title:    MOV to CS is #UD, and so are MOV to and from the segment registers 6 and 7
;; cite:     SDM 2B MOV, Protected, Real-Address, Virtual-8086 Mode Exceptions (#UD if attempt is made to load the CS
;;+          register);
;;+          SDM 2D Appendix A.2, Sreg; APM 3 MOV
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; variant:  opcode = 0x8c 0x8e
;; variant:  sreg = 1 6 7
;; variant:  rm = 0xc0 0x03
;; where:    opcode == 0x8e or sreg != 1
;; expect:   exit == UD and rip & 0xffff == here & 0xffff and regs == {} and cs == launch.cs
;; expect when mode not in {real, unreal}: changed == {frame}
        xor eax, eax
        LAUNCH
here:   db opcode, rm | sreg << 3
        STOP
