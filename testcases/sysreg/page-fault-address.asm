;; title:    CR2 takes any 64-bit value in 64-bit mode; outside of it MOV moves 32 bits and clears the upper half of
;;+          what it writes
;; cite:     SDM 3A 2.5 Control Registers (all 64 bits of CR2 are writable, no check of addresses); SDM 2B MOV-Move
;;+          to/from Control Registers, Description
;; modes:    real pm16 pm32 compat32 long64
;; sweep:    low = 0 0x89abcdef
;; sweep:    high = 0 0x7fff 0x8000 0x89abcdef 0xffffffff
;; variant:  dir = read write
;; where:    mode in {compat32, long64} or high == 0
;; expect:   exit == stop
;; expect when dir == read and mode == long64: rax == high << 32 | low and cr2 == rax
;; expect when dir == write and mode == long64: cr2 == high << 32 | low and regs == {}
;; expect when dir == read and mode != long64: rax & 0xffffffff == low and regs <= {rax}
;; expect when dir == write and mode != long64: cr2 == low
%include "window.inc"
        mov eax, [low]
%if HOME == 64
        mov ecx, [high]
        shl rcx, 32
        or rax, rcx
%endif
%ifidn dir, read
        mov cr2, xax
        mov eax, 0x55555555
%endif
        LAUNCH
%ifidn dir, read
        mov wax, cr2
%else
        mov cr2, wax
%endif
        STOP
