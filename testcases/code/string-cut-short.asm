;; title:    A string instruction that faults half-way has patched the code before the fault
;; why:      an emulator that copies by the page and looks for code when it is done never comes to that
;; cite:     SDM 2B REP/REPE/REPZ/REPNE/REPNZ, Description (an exception suspends the operation; register values are
;;+          preserved); SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code; SDM 3A 8.3 Serializing Instructions (IRET);
;;+          APM 2 7.6.1 Cache Organization and Operation
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    distance = 4 8 64 1024
;; variant:  insn = movsb movsd stosd
;; touches:  CODE2+0xb80 0x480
;; expect:   exit == stop and rip == done and nfault == 1 and rbp == 0x0201
;; expect:   fault[0].vector == PF and fault[0].rip == string and fault[0].cr2 == DATA0
;; expect:   rcx == (16 if insn == movsb else 4) and rdi == DATA0
%include "selfmod.inc"
        ; DATA0 follows CODE2 and is absent; `distance` bytes before it `mov cl, 1; ret` becomes `mov cl, 2; ret`
%ifidn insn, movsb
 %define COUNT_SHIFT 0
%else
 %define COUNT_SHIFT 2
%endif
        mov xdi, DATA2
        mov eax, 0xc3c302b1
        mov ecx, 0x400
        rep stosd
        mov xdi, DATA0
        sub edi, [distance]
        mov dword [xdi], 0xc3c301b1
        mov xsi, DATA2
        mov ebx, edi
        mov edx, [distance]
        add edx, 16
        shr edx, COUNT_SHIFT
        xor ebp, ebp
        SETPTE DATA0, 0
        LAUNCH
        call wbx
        movzx ebp, cl
        mov ecx, edx
string: rep insn
after:  mov edx, ecx                    ; the handler's way back
        call wbx
        movzx ecx, cl
        shl ecx, 8
        or ebp, ecx
        mov ecx, edx
done:   STOP
        SCRIPT
          ON 14, nth 1
            FRAME 0, WORD_SIZE, after
            DROPERR
          RETURN WORD_SIZE
        ENDSCRIPT
