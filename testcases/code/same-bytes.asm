;; title:    The same bytes run under code segments of different size, in turn: each time they are decoded anew
;; why:      an emulator that keeps decoded code by its address alone runs the other segment's instructions
;; cite:     SDM 3A 3.4.5 Segment Descriptors (D/B and L flags); SDM 3A 5.2.1 Code-Segment Descriptor in 64-bit Mode;
;;+          SDM 2A 2.2.1 REX Prefixes; SDM 1 3.6 Operand-Size and Address-Size Attributes; APM 2 4.8 Long-Mode Segment Descriptors
;; modes:    pm32 pm32-p32 pm32-pae long64
;; cpl:      0 3
;; sweep:    passes = 1 2 5
;; expect:   exit == stop and rip == done and rbp == 0
;; expect when mode == long64: rcx == passes * 0x2468acf0 and rbx == passes * 0x2468acee
;; expect when mode != long64: rcx == passes * 0x2468acee and rbx == passes * 0x1234acd2
%include "selfmod.inc"
%if CPL == 3
 %define RPL 3
%else
 %define RPL 0
%endif
%if HOME == 64
 %define OTHER_BITS 32
 %if CPL == 3
  %define NATIVE UCODE_ALT
  %define OTHER UCODE32
 %else
  %define NATIVE KCODE
  %define OTHER KCODE_ALT
 %endif
 %define OTHER_ADDRESS(x) x
%else
 %define OTHER_BITS 16
 %if CPL == 3
  %define NATIVE UCODE32
  %define OTHER UCODE_ALT
 %else
  %define NATIVE KCODE
  %define OTHER KCODE_ALT
 %endif
 %define OTHER_ADDRESS(x) OFF(x)
%endif
        mov dword [DATA0], OTHER_ADDRESS(CODE + 0x200)
        mov word [DATA0 + 4], OTHER | RPL
        mov ebp, [passes]
        xor ebx, ebx
        xor ecx, ecx
        LAUNCH_AT CODE + 0x100
again:  mov edi, CODE + 0x200
        call wdi
        add ecx, eax
        sub wsp, OTHER_BITS / 8
%if OTHER_BITS == 32
        mov dword [wsp], OTHER_ADDRESS(back)
%else
        mov word [wsp], OTHER_ADDRESS(back)
%endif
        mov eax, 0x12340000             ; 16-bit code leaves the upper half
        jmp far dword [DATA0]
native: add ebx, eax
        dec ebp
        jnz again
done:   STOP
        bits OTHER_BITS
back:   jmp dword (NATIVE | RPL):native
        bits WINDOW_BITS
        times 0x200 - ($ - $$) nop
        ; 64-bit: mov eax, 12345678h; shl rax, 1; ret.  32-bit: mov eax, 12345678h; dec eax; shl eax, 1; ret.
        ; 16-bit: mov ax, 5678h; xor al, 12h; dec ax; shl ax, 1; ret.
        db 0xb8, 0x78, 0x56, 0x34, 0x12, 0x48, 0xd1, 0xe0, 0xc3
