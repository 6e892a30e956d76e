;; title:    Code overwritten by the frame of a call or an event runs as the frame's bytes
;; why:      frames are pushed by other paths of an emulator than plain stores are
;; cite:     SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code (option 1); SDM 3A 11.6 Self-Modifying Code;
;;+          SDM 3A 6.12.1 Exception- or Interrupt-Handler Procedures; APM 2 7.6.1 Cache Organization and Operation
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; variant:  insn = call_near call_indirect call_far int3
;; touches:  CODE+0x200 128
;; expect:   exit == stop and rip & 0xffff == done & 0xffff and rbp == 0x101 and nfault == (1 if insn == int3 else 0)
;; expect when insn != int3: mem(CODE + 0x208, 2) == 0xa0eb
%include "selfmod.inc"
        ; The return address is CODE+0xEB, whose bytes EB A0 are `jmp short $-94`: the frame's lowest slot as code.
%define FRAME_AT CODE + 0x208
%if WINDOW_BITS == 16
 %define OFFSET_SIZE 2
 %define PART word
%else
 %define OFFSET_SIZE 4
 %define PART dword
%endif
%if REAL_ADDRESSES
 %define IRET_SIZE 2
%else
 %define IRET_SIZE WORD_SIZE
%endif
%ifidn insn, call_near
 %define LENGTH (1 + OFFSET_SIZE)
%elifidn insn, call_indirect
 %define LENGTH 2
%elifidn insn, call_far
 %define LENGTH (2 + OFFSET_SIZE + (WINDOW_BITS == 64))
%else
 %define LENGTH 1
%endif
%ifidn insn, int3
 %if CPL == 3 || MODE == MODE_COMPAT16
  %define SWITCHED 1
 %else
  %define SWITCHED 0
 %endif
 %if MODE == MODE_VM86
  %define FRAME_SIZE 36
 %elif HOME == 64
  %define FRAME_SIZE 40
 %elif REAL_ADDRESSES
  %define FRAME_SIZE 6
 %elif CPL == 3
  %define FRAME_SIZE 20
 %else
  %define FRAME_SIZE 12
 %endif
%elifidn insn, call_far
 %define SWITCHED 0
 %define FRAME_SIZE OFFSET_SIZE * 2
%else
 %define SWITCHED 0
 %define FRAME_SIZE WINDOW_WORD
%endif
%if SWITCHED
 %if MODE == MODE_COMPAT16
        mov dword [TSS + 0x2c], FRAME_AT + FRAME_SIZE   ; IST2
 %else
        mov dword [TSS + 4], FRAME_AT + FRAME_SIZE
 %endif
%endif
        mov edi, SEGOFF(callee)
        mov xax, [LB_cs]
        mov dword [DATA0], SEGOFF(callee)
        mov [DATA0 + OFFSET_SIZE], ax
        xor ebp, ebp
        LAUNCH_AT CODE + 0xd0
        mov ebx, esp
        jmp frame
push_it:
%if !SWITCHED
        mov wsp, SEGOFF(FRAME_AT + FRAME_SIZE)
%endif
        jmp short event
        times 0xeb - LENGTH - ($ - $$) nop
event:
%ifidn insn, call_near
        call near callee
%elifidn insn, call_indirect
        call wdi
%elifidn insn, call_far
        call far PART [SEGOFF(DATA0)]
%else
        int3
%endif
        jmp callee                      ; CODE+0xEB
        times 0x140 - ($ - $$) nop
callee: mov esp, ebx
        cmp ebp, 2
        je stale
        jmp frame
stale:  STOP
        times 0x1aa - ($ - $$) nop
new:    add ebp, 0x100
done:   STOP
        times 0x208 - ($ - $$) nop
frame:  jmp short old
        times 0x258 - ($ - $$) nop
old:    inc ebp
        jmp push_it
        SCRIPT
          ON 3, nth 1
          RETURN IRET_SIZE
        ENDSCRIPT
