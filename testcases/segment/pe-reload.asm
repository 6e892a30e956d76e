;; title:    In protected mode each segment register changes its base when it is loaded, and only then
;; cite:     SDM 3A Switching to Protected Mode; SDM 3A Segment Registers
;; modes:    real unreal
;; sweep:    mask = 0..31
;; variant:  when_loaded = before after
;; expect:   exit == stop and cs == KCODE_ALT
;; expect:   rax == (0x33333333 if bit(mask, 0) else 0x22222222) and rcx == (0x33333333 if bit(mask, 1) else 0x22222222)
;; expect:   rdx == (0x33333333 if bit(mask, 2) else 0x22222222) and rbx == (0x33333333 if bit(mask, 3) else 0x22222222)
;; expect:   rdi == (0x33333333 if bit(mask, 4) else 0x22222222)
;; expect:   ds == (0x160 if bit(mask, 0) else ARENA >> 4) and es == (0x160 if bit(mask, 1) else ARENA >> 4)
;; expect:   fs == (0x160 if bit(mask, 2) else ARENA >> 4) and gs == (0x160 if bit(mask, 3) else ARENA >> 4)
;; expect:   ss == (0x160 if bit(mask, 4) else ARENA >> 4) and mem(GDT + 0x165, 1) == (0x93 if mask else 0x92)
        SETDESC 0x160, (DATA0 & 0xffff) << 16 | 0x0fff, 0x00009200 | DATA0 >> 16
        mov dword [DATA0 + 0x204], 0x33333333
        mov dword [ARENA + 0x204], 0x22222222
        mov ecx, [mask]
        mov esi, 0x160
        mov esp, ARENA + 0xe00
        LAUNCH
%macro RELOAD 0
%assign n 0
%rep 5
        test cl, 1 << n
        jz %%keep%[n]
 %if n == 0
        mov ds, si
 %elif n == 1
        mov es, si
 %elif n == 2
        mov fs, si
 %elif n == 3
        mov gs, si
 %else
        mov ss, si
 %endif
%%keep%[n]:
%assign n n + 1
%endrep
%endmacro
        mov eax, cr0
        or al, 1
        mov cr0, eax
%ifidn when_loaded, before
        RELOAD
%endif
        jmp KCODE_ALT:OFF(there)
there:  ARM
%ifidn when_loaded, after
        RELOAD
%endif
        mov edx, [fs:0x204]
        mov ebx, [gs:0x204]
        mov eax, [0x204]
        mov edi, [ss:0x204]
        mov ecx, [es:0x204]
        STOP
