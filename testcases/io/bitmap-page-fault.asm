;; title:    The I/O bitmap is read with supervisor rights: #PF where it is not present, whatever the CPL
;; cite:     SDM 3A Access Rights (implicit supervisor-mode accesses: TSS); SDM 1 I/O Permission Bit Map;
;;+           APM 2 I/O-Permission Bitmap
;; modes:    pm32-p32 compat32 long64
;; cpl:      1 3
;; sweep:    first = 0x1 0x7 0x0 0x6
;; sweep:    second = 0x1 0x7 0x0
;; sweep:    port = 0x0 0x77f0 0x77f8 0x77ff 0x7800
;; variant:  insn = in ins
;; undefined: rax mem(DATA0, 1)
;; expect when first & 1 == 0 and port < 0x7800: exit == PF and cr2 == DATA1 + (0x100 + (port >> 3)) and err == 0
;; expect when (first & 1 or port >= 0x7800) and second & 1 == 0 and port >= 0x77f8: exit == PF and err == 0
;;+           and cr2 == DATA2
;; expect when exit == PF: rip == here and regs == {} and cpl == launch_cpl
;; expect when (first & 1 or port >= 0x7800) and (second & 1 or port < 0x77f8): exit == stop
        mov word [TSS + 0x66], DATA1 + 0x100 - TSS
        mov xax, [first]
        or eax, DATA1
        SETPTE DATA1, eax
        mov xax, [second]
        or eax, DATA2
        SETPTE DATA2, eax
        SETDESC FREE0, 0xffff | (TSS & 0xffff) << 16, 0x00008900 | TSS >> 16
        SETDESC FREE0 + 8, 0, 0
        LAUNCH_SET tr, FREE0
        mov xdx, [port]
        mov xdi, DATA0
        mov eax, -1
        LAUNCH
here:
%ifidn insn, in
        in al, dx
%else
        insb
%endif
        STOP
