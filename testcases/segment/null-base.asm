;; title:    A null selector in FS or GS clears the base on Intel processors; on AMD's that depends on the generation
;; cite:     SDM 3A Segment Loading Instructions in IA-32e Mode (a null selector clears FS.base, GS.base);
;;+          APM 2 FS and GS Registers in 64-Bit Mode ; APM 3 CPUID Fn8000_0021_EAX (NullSelectorClearsBase)
;; modes:    long64
;; cpl:      0
;; sweep:    null = 0 1 2 3
;; variant:  reg = FS GS
;; undefined amd: rax rdx fs_base gs_base hidden.fs.base hidden.gs.base
;; expect:   exit == stop
;; expect intel: rax == 0 and rdx == 0
        mov ebx, [null]
        LAUNCH
%ifidn reg, FS
        mov ecx, 0xc0000100
%else
        mov ecx, 0xc0000101
%endif
        mov eax, 0x12345678
        mov edx, 0x1234
        wrmsr
        mov reg, bx
        rdmsr
        STOP
