;; title:    CR0.EM or TS makes an x87 instruction #NM; WAIT is #NM with MP and TS; MMX is #UD with EM, then #NM
;;+          with TS
;; cite:     SDM 3A 2.5 Control Registers, Table 2-2 Action Taken By x87 FPU Instructions for Different Combinations
;;+          of EM, MP, and TS; SDM 3A 12.1 Emulation of the MMX Instruction Set; APM 2 3.1.1 CR0 Register (MP, EM,
;;+          TS)
;; modes:    real vm86 pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: fpu mmx
;; sweep:    em = 0 1
;; sweep:    mp = 0 1
;; sweep:    ts = 0 1
;; variant:  insn = fnop fninit fnstcw fld fnsave wait paddb movq emms
;; undefined: fx
;; undefined when insn == fnsave: mem(DATA0, 108)
;; expect when insn in {paddb, movq, emms} and em: exit == UD
;; expect when insn in {paddb, movq, emms} and not em and ts: exit == NM
;; expect when insn in {fnop, fninit, fnstcw, fld, fnsave} and (em or ts): exit == NM
;; expect when insn == wait and mp and ts: exit == NM
;; expect when insn == wait and not (mp and ts): exit == stop
;; expect when insn != wait and not em and not ts: exit == stop
;; expect when exit != stop: rip & 0xffff == here & 0xffff and changed == {frame}
;; expect:   cr0 == launch.cr0 and regs == {}
%include "window.inc"
        mov xax, cr0
        and eax, ~0xe
        mov ecx, [ts]
        add ecx, ecx
        or ecx, [em]
        add ecx, ecx
        or ecx, [mp]
        add ecx, ecx
        or eax, ecx
        mov cr0, xax
        LAUNCH
here:
%ifidn insn, fld
        fld dword [SEGOFF(DATA0)]
%elifidn insn, fnstcw
        fnstcw [SEGOFF(DATA0)]
%elifidn insn, fnsave
        fnsave [SEGOFF(DATA0)]
%elifidn insn, paddb
        paddb mm0, [SEGOFF(DATA0)]
%elifidn insn, movq
        movq mm1, [SEGOFF(DATA0)]
%else
        insn
%endif
        STOP
