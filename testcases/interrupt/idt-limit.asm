;; title:    A gate partly or wholly beyond the limit of the IDT is #GP(vector * 8 + 2 + EXT)
;; cite:     SDM 2A INT n/INTO/INT3/INT1, Operation; SDM 3A 6.10 Interrupt Descriptor Table (IDT); SDM 3A 6.13 Error
;;+          Code
;; modes:    vm86 pm16 pm32 compat16 compat32 long64
;; cpl:      0 3
;; requires: fpu
;; sweep:    below = 0..9 15 16 17
;; variant:  kind = int_n int_255 mf
;; expect when below > 0: exit == GP and err == (0xc2 if kind == int_n else 0x7fa if kind == int_255 else 0x83) and
;;+          rip & 0xffff == insn & 0xffff and cpl == launch_cpl and rsp == launch.rsp
;; expect when below == 0: exit == (0x18 if kind == int_n else 0xff if kind == int_255 else MF)
%if HOME == 64
 %assign size 16
%else
 %assign size 8
%endif
%ifidn kind, int_n
 %assign n 0x18
%elifidn kind, int_255
 %assign n 255
%else
 %assign n 16
        fninit
        mov dword [STACK_TOP - 8], 0x37b ; unmasked: division by zero
        fldcw [STACK_TOP - 8]
        mov dword [STACK_TOP - 8], 0
        fld1
        fldz
        fdivp st1, st0
%endif
        mov byte [VECTORS + 0x18 * size + 5], 0xee
        mov eax, n * size + size - 1
        sub eax, [below]
        LAUNCH_SET idt_limit, xax
%if MODE == MODE_VM86
        LAUNCH_SET flags, 0x23002
%endif
        LAUNCH
insn:
%ifidn kind, mf
        fwait
%else
        int n
%endif
        STOP
