;; title:    The flags image of a trap between two iterations has RF set, after the last one clear
;; cite:     SDM 3B Instruction-Breakpoint Exception Condition (RF in the image of a trap-class exception)
;; modes:    pm32 pm32-p32 long64
;; cpl:      0 3
;; sweep:    count = 0 1 2 3
;; variant:  insn = insb outsb outsd
;; undefined: mem(DATA0, 4)
;; expect:   exit == DB_ and rip == (here if count > 1 else done) and flags.tf == 1 and dr6 & 0x4fff == 0x4ff0
;; expect intel: flags.rf == (count > 1)
;; expect:   rcx == (count - 1 if count else 0) and rax == launch.rax
;;+           and arrival.flags.tf == 0
        mov edx, 0x360
        LAUNCH_SET flags, 0x3002
        mov xsi, DATA0
        mov xdi, DATA0
        mov xcx, [count]
        mov eax, -1
        LAUNCH
        pushf
        or word [xsp], 0x100
        popf
here:   rep insn
done:   STOP
