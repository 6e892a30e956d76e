;; title:    One case in a hundred overwrites kit code, constants, the shadow or the pristine copy
;; cite:     DESIGN.md, In the guest, 5
;; modes:    pm32 long64
;; sweep:    n = 0..99
;; variant:  victim = code constants shadow copy
;; where:    mode == pm32 or victim in {code, constants}
;; expect:   exit == stop and rip == done
%ifidn victim, code
%define PLACE KBASE + PAYLOAD + 0x800
%elifidn victim, constants
%define PLACE KIT_STACK - 0x1000          ; S_BASE
%elifidn victim, shadow
%define PLACE SHADOW + 0xd40
%else
%define PLACE PRISTINE + 0xd40
%endif
        mov xax, [n]
        LAUNCH
        cmp eax, 57
        jne done
        xor dword [PLACE], 0x5a5a5a5a
done:   STOP
