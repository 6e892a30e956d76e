;; title:    The redirection bit map is the 32 bytes below the I/O map base, one bit a vector; INT3 and INTO ignore it
;; cite:     SDM 3B Class 3-Software Interrupt Handling in Virtual-8086 Mode; SDM 2A INT n/INTO/INT3/INT1, Operation
;; modes:    pm32-p32
;; requires: vme
;; touches:  TSS+0x40 0xb0
;; touches:  STACK0+0xe40 0x100
;; sweep:    iobase = 0x88 0x98 0xb0
;; sweep:    clear = 0x3 0x4 0x20 0x21 0x27 0x28 0xff
;; variant:  vector = 0x20 0x27 0x28 0xff int3 into
;; expect when vector in {0x20, 0x27, 0x28, 0xff}: exit == (stop if vector == clear else vector)
;; expect when vector == int3: exit == BP_
;; expect when vector == into: exit == OF_
;; expect when exit == stop: rip == handler - ARENA
;; expect when exit != stop: rip == after - ARENA
        mov eax, cr4
        or eax, 1
        mov cr4, eax
        SETPTE 0, DATA3 | 7
        mov edi, DATA3
        mov eax, OFF(handler)
        or eax, (ARENA >> 4) << 16
        mov ecx, 256
        rep stosd
        mov edi, TSS + 0x68
        mov al, 0xff
        mov ecx, 0x88
        rep stosb
        mov eax, [iobase]
        mov [TSS + 0x66], ax
        mov ecx, [clear]
        btr [eax + TSS - 32], ecx
        mov esp, STACK_TOP - 36
        mov dword [esp], OFF(here)
        mov dword [esp + 4], ARENA >> 4
        mov dword [esp + 8], 0x23802
        mov dword [esp + 12], OFF(STACK_TOP) - 0x40
        mov dword [esp + 16], ARENA >> 4
        mov dword [esp + 20], 0
        mov dword [esp + 24], 0
        mov dword [esp + 28], 0
        mov dword [esp + 32], 0
        LAUNCH
        iretd
        bits 16
here:
%ifidn vector, int3
        int3
%elifidn vector, into
        into
%else
        int vector
%endif
after:  STOP
handler:
        STOP
