;; title:    16-bit data and stack segments go on under a 32-bit CS: offsets are limited, the stack pointer is SP
;; cite:     SDM 3A Switching to Protected Mode; SDM 1 Address-Size Attributes for Stack Accesses;
;;+          SDM 3A Limit Checking
;; modes:    real unreal
;; sweep:    offset = 0x8000 0xfffc 0xfffd 0x10000
;; sweep:    upper = 0 0x12340000
;; variant:  access = data stack
;; where:    access == data or offset == 0x8000
;; expect when access == stack: exit == stop and rsp == upper + 0x7ffc and mem(ARENA + 0x7ffc, 4) == 0x5a5a5a5a
;; expect when access == data and (offset <= 0xfffc or mode == unreal): exit == stop
;; expect when access == data and offset > 0xfffc and mode == real: exit == GP and err == 0
;; expect:   cs == KCODE and cpl == 0
        mov dword [GUARD_HIGH], 0x0b0f0b0f      ; what a store without a check may have left there
        mov ebx, [offset]
        mov ebp, [upper]
        mov edx, 0x5a5a5a5a
        mov esp, ARENA + 0x8000
        LAUNCH
        or esp, ebp
        mov eax, cr0
        or al, 1
        mov cr0, eax
        ARM
        jmp dword KCODE:there
        bits 32
there:
%ifidn access, stack
        push edx
%else
        mov eax, [ebx]
%endif
        STOP
