;; title:    IRETW zero-extends IP and reads flags of two bytes; to an outer level it pops SP and SS in two bytes each
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (OperandSize = 16; RETURN-TO-OUTER-PRIVILEGE-LEVEL)
;; modes:    pm16 pm32 compat16 compat32
;; sweep:    rpl = 0 3
;; sweep:    image = 0x2 0x3202 0xcd7
;; expect:   exit == stop and rip == target - ARENA and cs == 0x160 + rpl * 8 // 3 + rpl and cpl == rpl
;; expect:   flags & 0xffff == image and flags.ac == 1
;; expect when rpl == 3: ss == UDATA16 | 3 and rsp & 0xffff == 0x9e00
;; expect when rpl == 0: ss == launch.ss and rsp == launch.rsp + 6
        ; 16-bit code with base ARENA, DPL 0 and 3
        SETDESC 0x160, (ARENA & 0xffff) << 16 | 0xffff, 0x9b00 | ARENA >> 16
        SETDESC 0x168, (ARENA & 0xffff) << 16 | 0xffff, 0xfb00 | ARENA >> 16
        LAUNCH_SET flags, 0x40002
        mov xsp, STACK_TOP - 0x40
        mov word [xsp], OFF(target)
        mov eax, [rpl]
        test eax, eax
        jz .same
        mov eax, 0xb
.same:  add eax, 0x160
        mov [xsp + 2], ax
        mov eax, [image]
        mov [xsp + 4], ax
        mov word [xsp + 6], 0x9e00
        mov word [xsp + 8], UDATA16 | 3
        LAUNCH
        o16 iret
        STOP
target: STOP
