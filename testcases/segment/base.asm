;; title:    A segment's base is added to every offset; in 64-bit mode that of FS and GS alone
;; cite:     SDM 3A Logical and Linear Addresses; SDM 3A Segmentation in IA-32e Mode; SDM 1 Segmentation in 64-Bit
;;+          Mode;
;;+          APM 2 Segment Registers in 64-Bit Mode
;; modes:    pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    based = DATA0 0x80000000 0xfff80000 0x1234
;; variant:  reg = DS ES FS GS SS
;; where:    reg != SS or launch_cpl == 3
;; expect:   exit == stop and rax == 0x22222222 and rbx == launch.rbx
        mov dword [DATA1], 0x22222222
        mov eax, [based]
        mov ecx, eax
        shl eax, 16
        mov ax, 0xffff
        mov edx, ecx
        shr edx, 16
        and edx, 0xff
        and ecx, 0xff000000
        or ecx, edx
        or ecx, 0x00cff300
        SETDESC FREE0, eax, ecx
        mov ebx, DATA1
%if WINDOW_BITS == 64
 %ifidn reg, FS
        sub rbx, [based]
 %elifidn reg, GS
        sub rbx, [based]
 %endif
%else
        sub xbx, [based]
%endif
        mov eax, FREE0 | 3
        LAUNCH
        mov reg, ax
%if WINDOW_BITS == 64
        mov eax, [reg:rbx]
%else
        PROBE base, reg, ebx
%endif
        STOP
