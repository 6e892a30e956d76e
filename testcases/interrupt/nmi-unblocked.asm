;; title:    An NMI that comes while NMIs are blocked is held back, and comes with the IRET that ends the blocking
;; why:      implementations that model no blocking nest the second NMI in the first; some take it an instruction late
;; cite:     SDM 3A 6.7.1 Handling Multiple NMIs; SDM 2A IRET/IRETD/IRETQ, Description; APM 2 8.2.3 #NMI-Non-Maskable-Interrupt
;; modes:    pm32 pm32-p32 pm32-pae long64
;; cpl:      0
;; sweep:    flag_if = 0 1
;; expect:   exit == stop and rip == done and rcx == 2 and rbx == 1 and rdi == 0
; The processor sends both NMIs to itself: through its local APIC, with its ID (0) as the destination.
%if MODE == MODE_PM32
 %define ICR 0xfee00300
%else
 %define ICR (DATA3 + 0x300)
        SETPTE DATA3, 0xfee00000 + 0x1b
%endif
%if WINDOW_BITS == 64
 %define SLOT 8
 %define RETURN iretq
%else
 %define SLOT 4
 %define RETURN iretd
%endif
        SETGATE 2, KCODE, handler, 0x8e
        mov eax, [flag_if]
        shl eax, 9
        or eax, 2
        LAUNCH_SET flags, xax
        xor ecx, ecx
        xor ebx, ebx
        LAUNCH
        mov dword [ICR + 0x10], 0
        mov dword [ICR], 0x4400         ; assert, NMI, physical destination
        mov edx, 10000                  ; until it is there: a processor may be slow to take it
first:  dec edx
        jnz first
        STOP
handler:
        inc ecx
        cmp ecx, 2
        je second
        mov dword [ICR], 0x4400
        mov edx, 10000
held:   dec edx
        jnz held
        mov ebx, ecx                    ; 1: the second has not come
        mov xsi, [xsp]
        RETURN
second: mov xdi, [xsp]                  ; where it came: before anything else was executed
        sub xdi, xsi
        ; the case ends with NMIs unblocked; where the first was taken, and with which flags, is no matter
        mov dword [xsp], done
        mov dword [xsp + 2 * SLOT], 2
        xor esi, esi
        xor edx, edx
        RETURN
done:   STOP
