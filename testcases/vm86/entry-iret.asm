;; title:    IRETD at CPL 0 enters virtual-8086 mode: six segments by paragraph, no check of any, CPL 3
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-VIRTUAL-8086-MODE); SDM 3B Entering Virtual-8086 Mode
;; modes:    pm32 pm32-p32 pm32-pae pm16
;; sweep:    ds_val = 0x0 0xffff KDATA_NP 0x4c00
;; sweep:    fs_val = 0x3c03 0x4bff 0x4c01
;; sweep:    upper = 0 0x12340000
;; expect:   exit == stop and rip == v86 - ARENA and cpl == 3 and flags.vm == 1 and tr == KTSS
;; expect:   ds == ds_val and fs == fs_val and es == 0x4c00 and gs == 0x5 and ss == ARENA >> 4 and cs == ARENA >> 4
;; expect:   rsp & 0xffff == (STACK_TOP - ARENA - 0x44) & 0xffff and rax == 0x12345678 and rcx == 0x12345678
;; expect:   rsp >> 16 == upper >> 16
        mov dword [DATA0 + 0x20], 0x12345678
        mov dword [STACK_TOP - 0x44], 0
        mov esp, STACK_TOP - 36
        mov dword [esp], OFF(start)
        mov eax, [upper]
        mov dword [esp + 4], ARENA >> 4
        or [esp + 4], eax               ; the upper half of a selector's slot is ignored
        mov dword [esp + 8], 0x20002
        or eax, OFF(STACK_TOP) - 0x40
        mov [esp + 12], eax
        mov dword [esp + 16], ARENA >> 4
        mov dword [esp + 20], 0x4c00
        mov eax, [ds_val]
        mov [esp + 24], eax
        mov eax, [fs_val]
        mov [esp + 28], eax
        mov dword [esp + 32], 5
        mov ebx, [fs_val]
        shl ebx, 4
        neg ebx
        add ebx, DATA0 + 0x20
        LAUNCH
        o32 iret
        bits 16
start:  mov eax, [fs:bx]
        mov ecx, [es:0x20]
        push ecx
v86:    STOP
