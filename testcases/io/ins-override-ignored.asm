;; title:    A segment override does not move the destination of INS: it is ES:rDI
;; cite:     SDM 2A INS/INSB/INSW/INSD, Description (the ES segment cannot be overridden); APM 3 INS
;; modes:    real pm32 long64
;; cpl:      0 3
;; sweep:    count = 1 3
;; variant:  seg = 0x90 0x26 0x2e 0x36 0x3e 0x64 0x65
;; variant:  moved = es others
;; touches:  DATA0+0x40 64
;; expect:   exit == stop and rcx == 0 and rdi == launch.rdi + count and rax == launch.rax
;; expect when moved == es and mode != long64: mem(DATA0, 16) == 0 and mem(DATA0 + 0x40, 16) == 0x030201 &
;;+           ((1 << 8 * count) - 1)
;; expect when moved == others or mode == long64: mem(DATA0 + 0x40, 16) == 0 and mem(DATA0, 16) == 0x030201 &
;;+           ((1 << 8 * count) - 1)
        mov dx, 0x3c8
        xor eax, eax
        out dx, al
        inc dx
        mov ecx, 12
.fill:  inc eax
        out dx, al
        loop .fill
        mov dx, 0x3c7
        xor eax, eax
        out dx, al
        mov dx, 0x3c9
%if MODE == MODE_REAL
%define BASED (ARENA >> 4) + 4
        mov edi, OFF(DATA0)
%else
%define BASED FREE0 | 3
        SETDESC FREE0, 0x0040ffff, 0x00cff300
        mov xdi, DATA0
%endif
%ifidn moved, es
        LAUNCH_SET es, BASED
%else
        LAUNCH_SET ds, BASED
        LAUNCH_SET fs, BASED
        LAUNCH_SET gs, BASED
%endif
        LAUNCH_SET flags, 0x3002
        mov xcx, [count]
        LAUNCH
        db seg
        rep insb
        STOP
