;; title:    Segment registers loaded in 64-bit mode have their base in force once a far jump enters compatibility
;;+          mode;
;;+          back in 64-bit mode FS and GS keep theirs
;; why:      an emulator that drops the base at a load in 64-bit mode, or forces FS and GS to 0 at the switch
;; cite:     SDM 3A Segment Registers in IA-32e Mode, Segment Loading Instructions in IA-32e Mode; APM 2 Segment
;;+          Registers in
;;+          64-Bit Mode
;; modes:    long64 compat32
;; cpl:      0 3
;; variant:  reg = DS ES FS GS SS
;; where:    reg != SS or launch_cpl == 3
;; expect when mode == long64: exit == stop and rax == 0x22222222
;; expect when mode == compat32 and reg in {FS, GS}: exit == stop and rax == 0x22222222
;; expect when mode == compat32 and reg not in {FS, GS}: exit == stop and rax == 0x11111111
;; expect:   cs == other
%if MODE == MODE_LONG64 && CPL == 0
other   equ KCODE_ALT
%elif MODE == MODE_LONG64
other   equ UCODE32 | 3
%elif CPL == 0
other   equ KCODE
%else
other   equ UCODE_ALT | 3
%endif
        SETDESC FREE0, 0x1000ffff, 0x00cff300
        mov dword [DATA0], 0x11111111
        mov dword [DATA1], 0x22222222
        mov dword [DATA2], there
        mov dword [DATA2 + 4], other
        mov eax, FREE0 | 3
        LAUNCH
        mov reg, ax
        jmp dword far [cs:DATA2]
%if MODE == MODE_LONG64
        bits 32
%else
        bits 64
%endif
there:  mov eax, [reg:DATA0]
        STOP
