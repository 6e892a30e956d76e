;; title:    SSE instructions are #UD with CR0.EM or without CR4.OSFXSR, then #NM with TS; FXSAVE and FXRSTOR are
;;+          #NM with EM or TS; those without XMM state do not ask
;; cite:     SDM 3A 13.1.2 Checking for CPU Support, 13.1.3 Checking for Support for the FXSAVE and FXRSTOR
;;+          Instructions, Table 13-1 Action Taken for Combinations of OSFXSR, OSXMMEXCPT, SSE, SSE2, SSE3, EM, MP,
;;+          and TS; SDM 2B Exceptions Type 4 of Table 2-21; APM 2 11.3.1 Feature Identification and Enabling
;; modes:    real vm86 pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: sse2 fxsr
;; sweep:    em = 0 1
;; sweep:    ts = 0 1
;; sweep:    osfxsr = 0 1
;; sweep:    mp = 0 1
;; variant:  insn = addps movaps_load movdqu ldmxcsr stmxcsr cvtsi2ss fxsave fxrstor movnti sfence prefetcht0 pause
;; where:    mp == 0 or insn in {addps, fxsave, movnti}
;; undefined: fx
;; undefined when insn == fxsave: mem(DATA1, 512)
;; expect when insn in {addps, movaps_load, movdqu, ldmxcsr, stmxcsr, cvtsi2ss} and (em or not osfxsr): exit == UD
;; expect when insn in {addps, movaps_load, movdqu, ldmxcsr, stmxcsr, cvtsi2ss} and not em and osfxsr and ts: exit
;;+          == NM
;; expect when insn in {addps, movaps_load, movdqu, ldmxcsr, stmxcsr, cvtsi2ss} and not em and osfxsr and not ts:
;;+          exit == stop
;; expect when insn in {fxsave, fxrstor} and (em or ts): exit == NM
;; expect when insn in {fxsave, fxrstor} and not em and not ts: exit == stop
;; expect when insn in {movnti, sfence, prefetcht0, pause}: exit == stop
;; expect when exit != stop: rip & 0xffff == here & 0xffff and changed == {frame}
;; expect:   regs == {}
;; touches:  DATA2 0x200
%include "window.inc"
        fxsave [DATA2]
        mov dword [DATA0], 0x1f80
        mov xax, cr4
        and eax, ~0x200
        mov ecx, [osfxsr]
        shl ecx, 9
        or eax, ecx
        mov cr4, xax
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
        xor eax, eax
        LAUNCH
here:
%ifidn insn, addps
        addps xmm0, xmm1
%elifidn insn, movaps_load
        movaps xmm2, [SEGOFF(DATA1)]
%elifidn insn, movdqu
        movdqu [SEGOFF(DATA1)], xmm3
%elifidn insn, ldmxcsr
        ldmxcsr [SEGOFF(DATA0)]
%elifidn insn, stmxcsr
        stmxcsr [SEGOFF(DATA0)]
%elifidn insn, cvtsi2ss
        cvtsi2ss xmm0, eax
%elifidn insn, fxsave
        fxsave [SEGOFF(DATA1)]
%elifidn insn, fxrstor
        fxrstor [SEGOFF(DATA2)]
%elifidn insn, movnti
        movnti [SEGOFF(DATA0)], eax
%elifidn insn, prefetcht0
        prefetcht0 [SEGOFF(DATA0)]
%else
        insn
%endif
        STOP
