;; title:    LGDT, LIDT: #GP(0) above CPL 0, and in 64-bit mode for a base that is not canonical
;; cite:     SDM 2A LGDT/LIDT, Protected, Virtual-8086 and 64-Bit Mode Exceptions; APM 3 LGDT, LIDT
;; modes:    real vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 1 3
;; sweep:    high = 0x0 0x7fff 0xffff8000 0x1000000 0xfeffffff
;; variant:  table = gdt idt
;; where:    mode == long64 or high == 0
;; expect when launch_cpl != 0: exit == GP and err == 0
;; expect when launch_cpl == 0 and high in {0x1000000, 0xfeffffff}: exit == GP and err == 0
;; expect when launch_cpl == 0 and high not in {0x1000000, 0xfeffffff}: exit == stop
;; expect when exit == GP: rip & 0xffff == here & 0xffff and regs == {}
        mov dword [DATA0], 0x56780000 | 0x1ff
        mov dword [DATA0 + 4], 0x1234
        mov eax, [high]
        mov [DATA0 + 6], eax
        LAUNCH
%if CPL == 0
        s %+ table [SEGOFF(DATA0 + 32)]
%endif
here:   l %+ table [SEGOFF(DATA0)]
%if CPL == 0
 %if WINDOW_BITS == 16
        o32 l %+ table [SEGOFF(DATA0 + 32)]
 %else
        l %+ table [SEGOFF(DATA0 + 32)]
 %endif
%endif
        STOP
