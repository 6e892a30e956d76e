;; title:    After CR0.PE is set a segment register keeps the base and limit of real mode until it is loaded
;; why:      an emulator reloads the hidden parts from the GDT when PE changes; SS = 3000h then lost its stack
;; cite:     SDM 3A Switching to Protected Mode; SDM 3A Segment Registers (the hidden part is loaded with the visible part);
;;+          SDM 3A 20.1.1 Address Translation in Real-Address Mode
;; modes:    real unreal
;; sweep:    selector = 0x0008 0x4c00 0x4c18 0x4bf0
;; sweep:    gdtl = 0x1ff 0x7fff 0xffff
;; sweep:    offset = 0 0x204 0xfffc 0xfffd 0x10000
;; variant:  seg = ds es fs gs
;; where:    selector == 0x4c00 or offset == 0x204
;; where:    selector != 0x0008 or offset == 0x204
;; expect when offset <= 0xfffc or mode == unreal: exit == stop
;; expect when offset == 0x204 and selector == 0x4c00: rax == 0x11223344
;; expect when offset == 0x204 and selector == 0x4bf0: rax == 0x55667788
;; expect when offset == 0x204 and selector == 0x4c18: rax == 0x99aabbcc
;; expect when offset > 0xfffc and mode == real: exit == GP and err == 0
;; expect:   cs == ARENA >> 4 and ss == ARENA >> 4 and cr0 & 1 == 1
        mov dword [0x4c000 + 0x204], 0x11223344
        mov dword [0x4bf00 + 0x204], 0x55667788
        mov dword [0x4c180 + 0x204], 0x99aabbcc
        ; a garbage descriptor wherever an oversized limit lets a selector reach: writable data, base 0, limit 0
        mov dword [GDT + 0x4c00], 0
        mov dword [GDT + 0x4c04], 0x00009300
        mov dword [GDT + 0x4bf0], 0
        mov dword [GDT + 0x4bf4], 0x00009300
        mov dword [GDT + 0x4c18], 0
        mov dword [GDT + 0x4c1c], 0x00009300
        mov eax, [selector]
        LAUNCH_SET seg, eax
        mov eax, [gdtl]
        LAUNCH_SET gdt_limit, eax
        mov ebx, [offset]
        LAUNCH
        mov eax, cr0
        or al, 1
        mov cr0, eax
        ARM
        PROBE base, seg, ebx
        STOP
