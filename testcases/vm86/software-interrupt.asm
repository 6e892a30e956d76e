;; title:    INT n in virtual-8086 mode: by CR4.VME, IOPL and the redirection bit map through the IDT, through the
;;+          vector
;;+          table at linear 0, or #GP(0)
;; cite:     SDM 3B Class 3-Software Interrupt Handling in Virtual-8086 Mode, table "Software Interrupt Handling Methods
;;+          While in Virtual-8086 Mode", methods 1 to 6
;; modes:    pm32-p32 pm32-pae
;; requires: vme
;; touches:  TSS+0x40 0x80
;; touches:  STACK0+0xe40 0x100
;; sweep:    vme = 0 1
;; sweep:    iopl = 0 2 3
;; sweep:    map = 0 1
;; sweep:    low = 0x2 0x202 0xcd7
;; sweep:    vif = 0 1
;; expect when iopl == 3 and (vme == 0 or map == 1): exit == 0x28 and rip == after - ARENA and cpl == 3
;;+          and flags == low | iopl << 12 | vif << 19 | 0x20000
;; expect when iopl < 3 and (vme == 0 or map == 1): exit == GP and err == 0 and rip == here - ARENA
;;+          and flags & ~0x10000 == low | iopl << 12 | vif << 19 | 0x20000
;; expect when vme == 1 and map == 0: exit == stop and rip == handler - ARENA and rsp == STACK_TOP - ARENA - 0x46
;;+          and mem(STACK_TOP - 0x46, 2) == after - ARENA and mem(STACK_TOP - 0x44, 2) == ARENA >> 4
;; expect when vme == 1 and map == 0 and iopl == 3: mem(STACK_TOP - 0x42, 2) == low | 0x3000
;; expect when vme == 1 and map == 0 and iopl == 3: flags.if == 0 and flags.vif == vif
;; expect when vme == 1 and map == 0 and iopl < 3: mem(STACK_TOP - 0x42, 2) == low & ~0x200 | 0x3000 | vif << 9
;; expect when vme == 1 and map == 0 and iopl < 3: flags.vif == 0 and flags.if == bit(low, 9)
;; expect:   flags.vm == 1 and flags.iopl == iopl and flags & 0xcd7 == low & 0xcd7
        mov eax, cr4
        or eax, [vme]
        mov cr4, eax
        SETPTE 0, DATA3 | 7             ; linear 0: the vector table
        mov word [DATA3 + 0x28 * 4], OFF(handler)
        mov word [DATA3 + 0x28 * 4 + 2], ARENA >> 4
        mov word [TSS + 0x66], 0x88     ; so the redirection bit map begins at 0x68
        mov eax, [map]
        or eax, 0xfe
        mov [TSS + 0x68 + 5], al
        mov esp, STACK_TOP - 36
        mov dword [esp], OFF(here)
        mov dword [esp + 4], ARENA >> 4
        mov eax, [vif]
        shl eax, 7
        or eax, [iopl]
        shl eax, 12
        or eax, [low]
        or eax, 0x20000
        mov [esp + 8], eax
        mov dword [esp + 12], OFF(STACK_TOP) - 0x40
        mov dword [esp + 16], ARENA >> 4
        mov dword [esp + 20], 0
        mov dword [esp + 24], 0
        mov dword [esp + 28], 0
        mov dword [esp + 32], 0
        LAUNCH
        iretd
        bits 16
here:   int 0x28
after:  STOP
handler:
        STOP
