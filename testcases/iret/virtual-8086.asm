;; title:    IRET with VM in the image: a switch to virtual-8086 mode at CPL 0, ignored above
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (PROTECTED-MODE-RETURN: IF tempEFLAGS(VM) = 1 and CPL = 0); SDM 3A 8086 Emulation, Entering Virtual-8086 Mode
;; modes:    pm16 pm32
;; cpl:      0 1 2 3
;; sweep:    image = 0x20002 0x20202 0x23002 0x20cd7
;; expect when launch_cpl == 0: exit == stop and cpl == 3 and flags.vm == 1 and cs == ARENA >> 4 and ss == ARENA >> 4
;; expect when launch_cpl == 0: es == 0x1111 and ds == 0x2222 and fs == 0x3333 and gs == 0x4444
;; expect when launch_cpl == 0: flags & 0x23ed5 == image & 0x23ed5
;; expect when launch_cpl != 0: exit == stop and cpl == launch_cpl and flags.vm == 0
        mov esp, STACK_TOP - 36
        mov ebx, CPL
        test ebx, ebx
        jnz .same
        mov dword [esp], OFF(v86)
        mov dword [esp + 4], ARENA >> 4
        mov dword [esp + 12], OFF(STACK_TOP)
        mov dword [esp + 16], ARENA >> 4
        mov dword [esp + 20], 0x1111
        mov dword [esp + 24], 0x2222
        mov dword [esp + 28], 0x3333
        mov dword [esp + 32], 0x4444
        jmp .image
.same:  mov dword [esp], SEGOFF(v86)
        mov eax, [LB_cs]
        mov [esp + 4], eax
.image: mov eax, [image]
        mov [esp + 8], eax
        LAUNCH
        o32 iret
        STOP
v86:    STOP
