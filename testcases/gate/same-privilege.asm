;; title:    A call gate without a change of level, or to conforming code, copies nothing and keeps the stack
;; cite:     SDM 2A CALL, Operation (SAME-PRIVILEGE)
;; modes:    pm16 pm32
;; cpl:      0 1 2 3
;; touches:  STACK12+0x380 0x80
;; sweep:    count = 0 1 31
;; sweep:    sel = KCODE_F CODE_1_F CODE_2_F UCODE_F CONF_0
;; sweep:    rpl = 0 3
;; where:    sel == CONF_0 or (sel == KCODE_F and launch_cpl == 0) or (sel == CODE_1_F
;;+          and launch_cpl == 1) or (sel == CODE_2_F and launch_cpl == 2) or (sel == UCODE_F and launch_cpl == 3)
;; expect:   exit == stop and rip == target and cpl == launch_cpl and cs == sel | launch_cpl and ss == launch.ss
;; expect:   rsp == launch.rsp - 8 and mem(STACK_TOP - 8, 4) & 0xffff == after & 0xffff
;;+          and mem(STACK_TOP - 4, 2) == launch.cs
        mov eax, target
        mov [GDT + FREE0], ax
        mov ecx, [sel]
        or ecx, [rpl]
        mov [GDT + FREE0 + 2], cx
        mov ebx, [count]
        or ebx, 0xec00
        mov [GDT + FREE0 + 4], bx
        shr eax, 16
        mov [GDT + FREE0 + 6], ax
        LAUNCH
        call FREE0 | 3:0
after:  STOP
target: STOP
