;; title:    The base of FS and GS is 64 bits wide in its MSR; a load of the register replaces it by the
;;+          descriptor's 32 bits, a load of another segment register leaves it
;; why:      the MSR and the hidden base are one thing; emulators that keep two lose one of them
;; cite:     SDM 3A Segment Loading Instructions in IA-32e Mode; SDM 3A 3.4.4; APM 2 FS and GS Registers in 64-Bit
;;+          Mode
;; modes:    long64
;; cpl:      0
;; variant:  reg = FS GS
;; variant:  load = keep descriptor other
;; variant:  by = mov pop lfs
;; where:    by == mov or load == descriptor
;; expect:   exit == stop
;; expect when load == descriptor: rax == DATA1 - 0x100 and rdx == 0 and rsi == 0x22222222
;; expect when load != descriptor: rax == 0x80000000 and rdx == 0xffffffff and rsi == 0x11111111
        SETDESC FREE0, ((DATA1 - 0x100) & 0xffff) << 16 | 0xffff, 0x00cff300 | (DATA1 - 0x100) >> 16
        mov dword [DATA0 + 0x100], 0x11111111
        mov dword [DATA1], 0x22222222
        mov dword [DATA2 + 4], FREE0 | 3
        mov qword [STACK_TOP - 8], FREE0 | 3
        sub rsp, 8
        LAUNCH
%ifidn reg, FS
        mov ecx, 0xc0000100
%else
        mov ecx, 0xc0000101
%endif
        mov eax, 0x80000000
        mov edx, -1
        wrmsr
%ifidn load, descriptor
        mov eax, FREE0 | 3
 %ifidn by, mov
        mov reg, ax
 %elifidn by, pop
        pop reg
 %elifidn reg, FS
        lfs ebx, [DATA2]
 %else
        lgs ebx, [DATA2]
 %endif
%elifidn load, other
        mov eax, FREE0 | 3
        mov ds, ax
        mov es, ax
%endif
        rdmsr
%ifidn load, descriptor
        mov esi, [reg:0x100]
%else
        mov esi, [reg:DATA0 + 0x100]
%endif
        STOP
