;; title:    Outside 64-bit mode IRET to the same level pops three slots of its width and leaves SS:(E)SP alone
;; why:      64-bit mode pops five slots whatever the level; code shared between the two paths pops too much
;;+          or too little
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-SAME-PRIVILEGE-LEVEL; REAL-ADDRESS-MODE);
;;+          SDM 3A IRET in IA-32e Mode
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 compat16 compat32
;; cpl:      0 3
;; sweep:    image = 0x3002 0x3cd7
;; variant:  width = o16 o32
;; where:    width == o32 or mode not in {pm32, pm32-p32, compat32}
;; expect:   exit == stop and rip & 0xffff == target & 0xffff and cpl == launch_cpl and cs == launch.cs
;; expect:   rsp == launch.rsp + (6 if width == o16 else 12) and ss == launch.ss and regs == {rsp}
;; expect:   flags & 0xcd7 == image & 0xcd7
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%else
        LAUNCH_SET flags, 0x3002
%endif
        mov xsp, STACK_TOP - 0x40
        mov ebx, target
        sub ebx, ARENA - SEGOFF(ARENA)
        mov xcx, [LB_cs]
        mov eax, [image]
%ifidn width, o16
        mov [xsp], bx
        mov [xsp + 2], cx
        mov [xsp + 4], ax
        mov dword [xsp + 6], -1         ; no SP, no SS
%else
        mov [xsp], ebx
        mov [xsp + 4], ecx
        mov [xsp + 8], eax
        mov dword [xsp + 12], -1
        mov dword [xsp + 16], -1
%endif
        LAUNCH
        width iret
        STOP
target: STOP
