;; title:    A call gate to an inner level copies its count of parameters between the caller's stack pointer
;;+          and return address
;; cite:     SDM 2A CALL, Operation (MORE-PRIVILEGE); SDM 3A 5.8.5 Stack Switching
;; modes:    pm32
;; cpl:      1 3
;; touches:  STACK0+0xe00 0x100
;; sweep:    count = 0..31
;; sweep:    above = 0 0xe0
;; variant:  width = 4 2
;; expect:   exit == stop and rip == (target if width == 4 else target - ARENA) and cpl == 0 and ss == KDATA
;;+          and rsp == STACK0_TOP - (4 + count) * width
;; expect:   mem(rsp, width) == (after if width == 4 else after & 0xffff) and mem(rsp + width, 2) == launch.cs
;; expect when count != 0: mem(rsp + 2 * width, count * width) == launch_mem(STACK + 0xe00, count * width)
;; expect:   mem(STACK0_TOP - 2 * width, width) == (STACK + 0xe00 if width == 4 else (STACK + 0xe00) & 0xffff) and
;;+          mem(STACK0_TOP - width, 2) == launch.ss
%if width == 4
 %define KIND 0xec00
 %define TARGET target
%else
 %define KIND 0xe400
 %define TARGET target - ARENA
%endif
        mov ebx, [count]
        or ebx, [above]                 ; the upper three bits are not part of the count
        or ebx, KIND
        mov eax, TARGET
        mov [GDT + FREE0], ax
%if width == 4
        mov word [GDT + FREE0 + 2], KCODE
%else
        mov word [GDT + FREE0 + 2], KCODE_ALT
%endif
        mov [GDT + FREE0 + 4], bx
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        mov esp, STACK + 0xe00
        mov ecx, 32
        mov eax, 0x11223344
.fill:  mov [esp + ecx * 4 - 4], eax
        add eax, 0x10305070
        loop .fill
        LAUNCH
        call FREE0 | 3:0
after:  STOP
target: STOP
