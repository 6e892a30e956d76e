;; title:    SYSRET forces SS.RPL to 3 and takes both selectors from STAR, whatever the GDT holds
;; why:      an emulator left RPL 0 and user code died at the next IRET
;; cite:     SDM 2B SYSRET, Operation; APM 3 SYSRET
;; modes:    long64
;; requires: syscall
;; sweep:    sysret_base = 0x0 0x3 0x10 0x13 0x18 0x1b 0x23 0x60 0x61 0x62 0x63 0x68 0xb8 0x157 0x15b 0x160 0x163 0x1f0 0x1f7 0x1fb 0x200 0x203 0x3ff 0x7ffb 0xffef
;; variant:  opsize = o32 o64
;; expect:   exit == stop and cpl == 3 and rip == target
;; expect intel: ss == ((sysret_base + 8) | 3) & 0xffff
;; expect amd: ss & 0xfffc == (sysret_base + 8) & 0xfffc
;; expect when opsize == o64: cs == ((sysret_base + 16) | 3) & 0xffff
;; expect when opsize == o32: cs == sysret_base | 3
;; expect:   changed == {frame}
        mov ecx, 0xc0000081
        xor eax, eax
        mov edx, [sysret_base]
        shl edx, 16
        wrmsr
        mov ecx, target
        mov r11d, 2
        LAUNCH
        opsize sysret
        STOP
target: STOP
