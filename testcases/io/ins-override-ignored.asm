;; title:    A segment override does not move the destination of INS: it is ES:rDI
;; cite:     SDM 2A INS/INSB/INSW/INSD, Description (the ES segment cannot be overridden); APM 3 INS
;; modes:    real unreal vm86 pm16 pm32 compat16 compat32 long64
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
%if REAL_ADDRESSES || MODE == MODE_VM86
%define BASED (ARENA >> 4) + 4
%else
%define BASED FREE0 | 3
 %if WINDOW_BITS == 16
        SETDESC FREE0, 0x0040ffff, 0x0000f300 | ARENA >> 16
 %else
        SETDESC FREE0, 0x0040ffff, 0x00cff300
 %endif
%endif
        mov xdi, SEGOFF(DATA0)
%ifidn moved, es
        LAUNCH_SET es, BASED
%else
        LAUNCH_SET ds, BASED
        LAUNCH_SET fs, BASED
        LAUNCH_SET gs, BASED
%endif
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
        mov word [TSS + 0x68 + 0x78], 0 ; the palette's ports are allowed
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov xcx, [count]
        LAUNCH
        db seg
        rep insb
        STOP
