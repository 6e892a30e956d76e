;; title:    A pending x87 error is #MF at the next waiting instruction, with CR0.NE; #NM of TS comes before it, #UD
;;+          of MMX under EM too; instructions without wait do not ask
;; cite:     SDM 3A Interrupt 16-x87 FPU Floating-Point Error (#MF); SDM 2A FLDCW, Description; SDM 1 8.6 x87 FPU
;;+          Exception Synchronization; SDM 3A 12.5 Handling and Masking x87 Exceptions by MMX instructions; APM 2
;;+          8.2.17 #MF
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: fpu mmx
;; sweep:    em = 0 1
;; sweep:    ts = 0 1
;; variant:  cause = unmasked unmasking
;; variant:  insn = wait fld1 fldcw fnop emms paddb fnstcw fnclex fninit
;; undefined: fx
;; expect when insn in {emms, paddb} and em: exit == UD
;; expect when insn in {emms, paddb} and not em and ts: exit == NM
;; expect when insn == wait and ts: exit == NM
;; expect when insn not in {wait, emms, paddb} and (em or ts): exit == NM
;; expect when insn in {fnstcw, fnclex, fninit} and not em and not ts: exit == stop
;; expect when insn not in {fnstcw, fnclex, fninit, wait} and not em and not ts: exit == MF
;; expect when insn == wait and not ts: exit == MF
;; expect when exit != stop: rip & 0xffff == here & 0xffff
;; expect:   err == none and regs == {}
%include "window.inc"
        mov dword [DATA0], 0x037e       ; invalid operation not masked
        mov dword [DATA0 + 4], 0x037f
        fninit
%ifidn cause, unmasked
        fldcw [DATA0]
%endif
        fldz
        fldz
        fdivp st1, st0
%ifidn cause, unmasking
        fldcw [DATA0]                   ; the error is pending from here
%endif
        mov xax, cr0
        and eax, ~0xc
        mov ecx, [ts]
        add ecx, ecx
        or ecx, [em]
        shl ecx, 2
        or ecx, 0x22
        or eax, ecx
        mov cr0, xax
        LAUNCH
here:
%ifidn insn, fldcw
        fldcw [SEGOFF(DATA0 + 4)]
%elifidn insn, fnstcw
        fnstcw [SEGOFF(DATA1)]
%elifidn insn, paddb
        paddb mm0, mm1
%else
        insn
%endif
        STOP
