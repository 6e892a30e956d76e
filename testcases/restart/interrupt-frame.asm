;; title:    An interrupt whose frame meets an absent stack page: #PF and restart on another stack, #DF on the same
;; why:      the frame is pushed while the interrupted state is still the live one; nothing of it may be lost
;; cite:     SDM 3A Interrupt 8-Double Fault Exception (#DF); SDM 3A 6.14.5 Interrupt Stack Table;
;;+          SDM 2A INT n, Operation
;; modes:    long64
;; cpl:      3
;; sweep:    absent = 0..3
;; sweep:    top = 0x4f008 0x4f010 0x4f01f 0x4f020
;; sweep:    readonly = 0 1
;; variant:  ist = own same
;; where:    absent != 0 or readonly == 0
;; touches:  DATA2+0xfc0 128
;; touches:  STACK12+0x780 128
;; touches:  STACK12+0xb80 128
;; expect when absent == 0: exit == INT_KIT and nfault == 0
;; expect when absent != 0 and ist == own: exit == INT_KIT and nfault == bit(absent, 0) + (bit(absent, 1)
;;+          and top >= 0x4f010)
;; expect when exit == INT_KIT: rip == after and cpl == 3 and rsp == launch.rsp and ss == launch.ss
;;+          and cs == launch.cs
;; expect when exit == INT_KIT: arrival.rsp == (top & ~15) - 40 and flags & 0xcd5 == launch.flags & 0xcd5
;;+          and regs == {}
;; expect when nfault > 0: fault[0].vector == PF and fault[0].rip == insn and fault[0].err == (3 if readonly else 2)
;; expect when nfault > 1: fault[1].vector == PF and fault[1].rip == insn and fault[1].err == (3 if readonly else 2)
;; expect when ist == same and (bit(absent, 0) or bit(absent, 1) and top >= 0x4f010): exit == DF and err == 0
;;+          and nfault == 0
;; expect when ist == same and not (bit(absent, 0) or bit(absent, 1) and top >= 0x4f010): exit == INT_KIT
        LAUNCH_SET flags, 0x8d7
        mov eax, [top]
        mov [TSS + 4], rax
%ifidn ist, own
        mov qword [TSS + 44], STACK2_TOP        ; IST2
        mov byte [GATE(PF) + 4], 2
%endif
        mov ebx, 5
        cmp byte [readonly], 0
        jne .kind
        xor ebx, ebx
.kind:  test byte [absent], 1
        jz .high
        lea eax, [rbx + DATA2]
        mov [PTE(DATA2)], rax
.high:  test byte [absent], 2
        jz .go
        lea eax, [rbx + DATA3]
        mov [PTE(DATA3)], rax
.go:    LAUNCH
insn:   int INT_KIT
after:  STOP
%ifidn ist, own
        SCRIPT
          MAKE_PRESENT DATA2
          MAKE_PRESENT DATA3
        ENDSCRIPT
%endif
