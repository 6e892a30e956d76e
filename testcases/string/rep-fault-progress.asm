;; title:    A page fault in a repeated string instruction leaves rCX, rSI, rDI, memory and flags as after k elements
;; why:      an emulator that works by blocks reports the count before the block,
;;+          or keeps the flags of what it compared
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description; SDM 1 7.3.9.2 Repeated String Operations;
;;+          APM 3 1.2.6 Repeat Prefixes
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    whole = 0 1 5
;; sweep:    skew = 0 1
;; variant:  insn = movs stos lods cmps scas
;; variant:  unit = b w d q
;; variant:  way = up down
;; variant:  hole = source dest
;; where:    mode == long64 or not unit == q
;; where:    mode != pm32-pae or (unit == w and insn == movs)
;; where:    not (hole == source and (insn == stos or insn == scas)) and not (hole == dest and insn == lods)
;; where:    skew == 0 or not unit == b
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2+0xfc0 128
;; expect:   exit == PF and rip == string and cpl == launch_cpl and rcx == 3
;; expect when way == up: cr2 == (DATA1 if hole == source else DATA3)
;; expect when way == down: cr2 == (DATA1 if hole == source else DATA3) - (1 if skew else width)
;; expect:   err == (4 if launch_cpl == 3 else 0) + (2 if hole == dest and (insn == movs or insn == stos) else 0)
;; expect:   rsi == launch.rsi + (0 if insn == stos or insn == scas else whole * width
;;+          if way == up else -whole * width)
;; expect:   rdi == launch.rdi + (0 if insn == lods else whole * width if way == up else -whole * width)
;; expect when not (insn == cmps or insn == scas): flags & 0xcd5 == launch.flags & 0xcd5
;; expect intel when insn == cmps or insn == scas: flags & 0xcd5 == launch.flags & 0xcd5
;; expect when insn == movs or insn == stos: mem(launch.rdi - (0
;;+          if way == up else (whole - 1) * width), whole * width)
;;+             == mem(launch.rdi - DATA2 + DATA0 - (0 if way == up else (whole - 1) * width), whole * width)
;; expect when insn == movs or insn == stos: mem(launch.rdi - (8 if way == up else (whole - 1) * width + 8), 8) == 0
;;+             and mem(launch.rdi + (whole * width if way == up else width), 8) == 0
;; expect when insn == lods and whole != 0: rax & ((1 << 8 * width) - 1)
;;+             == mem(launch.rsi + (whole - 1) * (width if way == up else -width), width)
;; expect when insn != lods or whole == 0: rax == launch.rax
%ifidn unit, b
width   equ 1
%elifidn unit, w
width   equ 2
%elifidn unit, d
width   equ 4
%else
width   equ 8
%endif
        mov ebx, [skew]
        mov eax, [whole]
        imul eax, eax, width
%ifidn way, up
        LAUNCH_SET flags, 0x893
        mov esi, DATA1                  ; the last whole element ends skew bytes before the hole
        sub esi, ebx
        sub esi, eax
%else
        LAUNCH_SET flags, 0xc93
        neg ebx                         ; the first element not done has one byte in the hole, or all of it
        and ebx, width - 1
        lea esi, [DATA1 - width + xbx]
        add esi, eax
%endif
        lea edi, [xsi + DATA3 - DATA1]
        mov ecx, 128
.fill:
%ifidn insn, movs
        mov [DATA0 + 0xfbf + xcx], cl
%elifidn insn, lods
        mov [DATA0 + 0xfbf + xcx], cl
%else
        mov byte [DATA0 + 0xfbf + xcx], 0x5a
%endif
%ifidn insn, cmps
        mov byte [DATA2 + 0xfbf + xcx], 0x5a
%elifidn insn, scas
        mov byte [DATA2 + 0xfbf + xcx], 0x5a
%endif
        loop .fill
%ifidn insn, cmps                       ; which operand is read first is open, and so is the other page
        SETPTE DATA0, DATA0 | 0x27
        SETPTE DATA1, DATA1 | 0x27
        SETPTE DATA2, DATA2 | 0x27
        SETPTE DATA3, DATA3 | 0x27
%endif
%ifidn hole, source
 %ifidn way, up
        SETPTE DATA1, 0
 %else
        SETPTE DATA0, 0
 %endif
%elifidn way, up
        SETPTE DATA3, 0
%else
        SETPTE DATA2, 0
%endif
        mov ecx, [whole]
        add ecx, 3
%if HOME == 64
        mov rax, 0x5a5a5a5a5a5a5a5a
%else
        mov eax, 0x5a5a5a5a
%endif
        LAUNCH
string: rep insn %+ unit
        STOP
