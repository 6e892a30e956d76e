;; title:    After CR0.PE is set SS keeps real mode's base and its 16-bit stack pointer until it is loaded
;; why:      SS = 3000h must keep base 30000h although an oversized GDT limit covers a garbage descriptor at that offset
;; cite:     SDM 3A Switching to Protected Mode; SDM 3A Segment Registers (the hidden part is loaded with the visible part)
;; modes:    real unreal
;; sweep:    selector = 0x4000 0x4c00 0x4cf0
;; sweep:    gdtl = 0x1ff 0xffff
;; sweep:    top = 0x0100 0xff00
;; variant:  far = stay jump
;; expect:   exit == stop and ss == selector and cr0 & 1 == 1
;; expect when top == 0x100: mem((selector << 4) + 0xfc, 4) == 0x5a5a5a5a
;; expect when top != 0x100 and selector == 0x4000: mem(0x4fefc, 4) == 0x5a5a5a5a
;; expect:   rsp == top - 4
;; expect when far == jump: cs == KCODE_ALT
;; expect when far == stay: cs == ARENA >> 4
        mov dword [GDT + 0x4000], 0     ; what an oversized limit reaches: writable data, base 0, limit 0
        mov dword [GDT + 0x4004], 0x00409300
        mov dword [GDT + 0x4c00], 0
        mov dword [GDT + 0x4c04], 0x00409300
        mov dword [GDT + 0x4cf0], 0
        mov dword [GDT + 0x4cf4], 0x00409300
        mov eax, [selector]
        LAUNCH_SET ss, eax
        mov eax, [gdtl]
        LAUNCH_SET gdt_limit, eax
        mov esp, [top]
        add esp, ARENA
        mov edx, 0x5a5a5a5a
        LAUNCH
        mov eax, cr0
        or al, 1
        mov cr0, eax
%ifidn far, jump
        jmp KCODE_ALT:OFF(there)
there:
%endif
        ARM
        push edx
        STOP
