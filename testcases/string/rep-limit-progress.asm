;; title:    A repeated string instruction that meets the end of its segment has done the elements before it, and no
;;+          more
;; why:      emulators check the whole block before the first element, or wrap an element around
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description; SDM 3A Limit Checking; SDM 3B Segment Wraparound;
;;+          SDM 2A LODS; SDM 2B MOVS, SCAS, STOS, Real-Address Mode Exceptions; APM 2 Limit Checks
;; modes:    real vm86 pm16 compat16
;; cpl:      0 3
;; sweep:    whole = 0 1 3
;; variant:  insn = movs stos lods scas
;; variant:  unit = w d
;; variant:  edge = source dest
;; where:    insn != lods or edge == source
;; where:    insn not in {stos, scas} or edge == dest
;; touches:  DATA3+0xf80 128
;; expect:   exit == GP and rip & 0xffff == string & 0xffff and rcx == 5 - whole
;; expect when insn != lods: rax == launch.rax
;; expect when insn in {movs, lods}: rsi == launch.rsi + whole * width
;; expect when insn in {stos, scas}: rsi == launch.rsi
;; expect intel: flags & 0xcd5 == launch.flags & 0xcd5
;; expect when insn == lods: rdi == launch.rdi
;; expect when insn != lods: rdi == launch.rdi + whole * width
;; expect when insn in {movs, stos} and edge == dest:
;;+          mem(DATA3 + 0xfff, 1) == 0 and mem(DATA3 + 0xffe, 1) == (0x5a if whole else 0)
%ifidn unit, w
width   equ 2
%else
width   equ 4
%endif
        mov edi, DATA0
        mov eax, 0x5a5a5a5a
        mov ecx, 16
        cld
        rep stosd
%ifidn insn, movs
 %ifidn edge, source
        mov edi, DATA3 + 0xfc0
        mov ecx, 16
        rep stosd
 %endif
%elifnidn insn, stos
        mov edi, DATA3 + 0xfc0
        mov ecx, 16
        rep stosd
%endif
        mov eax, [whole]
        imul eax, eax, width
        mov esi, OFF(DATA0)
        mov edi, OFF(DATA0)
%ifidn edge, source
        mov esi, 0xffff
        sub esi, eax
%else
        mov edi, 0xffff
        sub edi, eax
%endif
        mov eax, 0x5a5a5a5a
        mov ecx, 5
        LAUNCH
string: rep insn %+ unit
        STOP
