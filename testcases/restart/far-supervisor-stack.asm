;; title:    Far CALL, far RET and IRET at CPL 3 use the stack with user rights
;; why:      a helper that serves transfers to inner levels also serves the plain ones, with the kernel's rights
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.7 Page-Fault Exceptions;
;;+          APM 2 5.6.1 User/Supervisor (U/S) Bit; the slot that AMD reads first: EPYC silicon at CPL 3
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      3
;; sweep:    entry = 1 3 5 7
;; variant:  insn = call_far ret_far iret push_xax pop_xax
;; where:    entry != 5 or insn == call_far or insn == push_xax
;; touches:  DATA2+0x7c0 128
;; undefined: mem(PT_1 + 0x138, 4) mem(PT_1 + 0x270, 8)
;; expect when entry != 7: exit == PF and rip == spot and cpl == 3 and regs == {} and cs == launch.cs
;;+          and changed == {frame}
;; expect when entry != 7 and (insn == call_far or insn == push_xax): cr2 >= DATA2 + 0x7f8 and cr2 < DATA2 + 0x800
;; expect intel when entry != 7 and not (insn == call_far or insn == push_xax): cr2 == DATA2 + 0x800
;; expect amd when entry != 7 and (insn == pop_xax or mode != long64 and not (insn == call_far or insn == push_xax)):
;;+          cr2 == DATA2 + 0x800
;; expect amd when entry != 7 and insn == ret_far and mode == long64: cr2 == DATA2 + 0x804
;; expect amd when entry != 7 and insn == iret and mode == long64: cr2 == DATA2 + 0x810
;; expect when entry != 7 and (insn == call_far or insn == push_xax): err == 7 and not {DATA2} <= dirtied
;; expect when entry != 7 and not (insn == call_far or insn == push_xax): err == 5
;; expect when entry == 7: exit == stop and rip == target and cpl == 3
%define call_far  call far dword [DATA0]
%define ret_far   o32 retf
%define push_xax  push xax
%define pop_xax   pop xax
%if HOME == 64
 %define iret     iretq
 %define SLOT     8
%else
 %define iret     iretd
 %define SLOT     4
%endif
        mov ebx, [LB_cs]
        mov ecx, [LB_ss]
        mov xsp, DATA2 + 0x800
        mov dword [DATA0], target
        mov [DATA0 + 4], bx
        mov dword [xsp], target
%ifidn insn, ret_far
        mov [xsp + 4], ebx
%else
        mov [xsp + SLOT], ebx
        mov dword [xsp + 2 * SLOT], 2
        mov dword [xsp + 3 * SLOT], STACK_TOP
        mov [xsp + 4 * SLOT], ecx
%endif
        mov edx, [entry]
        add edx, DATA2
        mov [PTE(DATA2)], edx
        LAUNCH
spot:   insn
target: STOP
