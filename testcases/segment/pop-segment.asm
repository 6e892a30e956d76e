;; title:    POP to a segment register takes 16 bits of a slot of the operand's size; a fault leaves stack pointer
;;+          and register
;; cite:     SDM 2B POP, Description and Operation; SDM 2B POP, Protected Mode Exceptions; APM 3 POP
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 compat16 compat32 long64
;; cpl:      0 3
;; sweep:    junk = 0x0 0xdead
;; sweep:    good = 0 1
;; variant:  reg = DS ES FS GS SS
;; variant:  size = 2 4 8
;; where:    size == 8 if mode == long64 else size != 8
;; where:    mode != long64 or reg in {FS, GS}
;; where:    good == 1 or mode not in {real, unreal, vm86}
;; where:    reg != SS or mode not in {real, unreal}
;; expect when good: exit == stop and rbx & 0xffff == image & 0xffff and rsp == launch.rsp + size
;; expect when not good: exit == GP and err == 0x200 and rsp == launch.rsp and regs == {}
;; expect when not good:
;;+          ds == launch.ds and es == launch.es and fs == launch.fs and gs == launch.gs and ss == launch.ss
;; expect when not good: rip & 0xffff == here & 0xffff and changed <= {frame}
%if MODE == MODE_REAL || MODE == MODE_UNREAL || MODE == MODE_VM86
image   equ (ARENA >> 4)
%elifidn reg, SS
 %if WINDOW_BITS == 16 && CPL == 0
image   equ KDATA16
 %elif WINDOW_BITS == 16
image   equ UDATA16 | 3
 %elif CPL == 0
image   equ KDATA_F
 %else
image   equ UDATA_F | 3
 %endif
%else
image   equ UDATA_F | 3
%endif
        sub xsp, 32
        mov eax, [junk]
        shl eax, 16
        mov ax, image
        cmp dword [good], 0
        jne .good
        mov ax, BEYOND
.good:  mov [STACK_TOP - 32], eax
        mov dword [STACK_TOP - 28], eax
        LAUNCH
here:
%if size == 8
        pop reg
%else
 %if size == 2
        o16 pop reg
 %else
        o32 pop reg
 %endif
%endif
        mov bx, reg
        STOP
