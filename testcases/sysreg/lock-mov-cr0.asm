;; title:    LOCK MOV CR0 is CR8 on a processor with AltMovCr8, in any mode, at CPL 0; with other registers #UD
;; cite:     APM 3 MOV CRn; APM 3 Appendix E, Fn8000_0001 ECX[4] AltMovCr8; SDM 2B MOV-Move to/from Control
;;+          Registers (#UD if the LOCK prefix is used)
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: altmovcr8 amd
;; sweep:    value = 5 15 16
;; variant:  number = 0 2 3 4
;; where:    number == 0 or value == 5
;; where:    value == 5 or (launch_cpl == 0 and mode in {pm32, long64})
;; expect when number != 0: exit == UD and regs == {}
;; expect when number == 0 and (launch_cpl != 0 or value > 15): exit == GP and regs == {}
;; expect when exit == GP and mode != real: err == 0
;; expect when number == 0 and launch_cpl == 0 and value <= 15: exit == stop and cr0 == launch.cr0 and rbx &
;;+          0xffffffff == value
;; expect when exit != stop: rip & 0xffff == here & 0xffff
%include "window.inc"
        mov eax, [value]
        LAUNCH
%if WINDOW_BITS == 64
 %define wbx rbx
%else
 %define wbx ebx
%endif
here:   db 0xf0
        mov cr%[number], wax
        mov ebx, 0x55555555
        db 0xf0
        mov wbx, cr%[number]
        mov eax, 0
        db 0xf0
        mov cr%[number], wax
        STOP
