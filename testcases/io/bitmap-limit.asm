;; title:    The I/O bitmap is read as two bytes within the TSS limit; beyond it every port is denied
;; cite:     SDM 1 I/O Permission Bit Map (the processor reads two bytes; base >= limit: no map);
;;+           APM 2 I/O-Permission Bitmap
;; modes:    vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      3
;; sweep:    limit = 0x67 0x69 0xd3 0xd4 0xd5 0xffff
;; sweep:    base = 0x68 0x67 0x69 0xd4 0xd5 0x20 0x8000
;; sweep:    port = 0x0 0x360 0x367
;; variant:  opcode = 0xec 0xed
;; where:    port != 0 or opcode == 0xec
;; touches:  TSS+0x40 192
;; undefined: rax
;; expect when base + (port >> 3) + 1 <= limit: exit == stop
;; expect when base + (port >> 3) + 1 > limit:
;;+          exit == GP and err == 0 and rip & 0xffff == insn & 0xffff and regs == {} and cpl
;;+           == launch_cpl
        mov xdi, TSS + 0x68
        xor eax, eax
        mov ecx, 0xff - 0x68
        cld
        rep stosb
        mov xax, [base]
        mov [TSS + 0x66], ax
        mov xax, [limit]
        or eax, (TSS & 0xffff) << 16
        SETDESC FREE0, eax, 0x00008900 | TSS >> 16
        SETDESC FREE0 + 8, 0, 0
        LAUNCH_SET tr, FREE0
        mov xdx, [port]
        mov eax, -1
        LAUNCH
insn:
%if opcode == 0xed
        in ax, dx
%else
        in al, dx
%endif
        STOP
