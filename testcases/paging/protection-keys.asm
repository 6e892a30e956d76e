;; title:    Protection keys: PKRU denies data accesses to user pages by the key of the last entry; WD binds the supervisor with WP
;; why:      an emulator that applies the key to supervisor pages or fetches, shifts PKRU by one, or leaves bit 5 out of the error code
;; cite:     SDM 3A 4.6.2 Protection Keys; SDM 3A 4.7 Page-Fault Exceptions (PK flag); APM 2 5.6.7 Memory Protection Keys
;; modes:    long64
;; cpl:      0 3
;; requires: pku
;; sweep:    key = 0 1 7 15
;; sweep:    deny = 0..3
;; sweep:    others = 0 3
;; sweep:    rights = 1 3 5 7
;; sweep:    pke = 0 1
;; sweep:    wp = 0 1
;; variant:  kind = read write execute
;; where:    wp == 1 or kind == write and launch_cpl == 0
;; where:    pke == 1 or others == 0
;; touches:  PT_TOP 64  PT_X 64  PT_3 64  PT_2 64
;; expect when kind == execute: exit == (stop if launch_cpl == 0 or rights & 4 else PF)
;; expect when kind == read: exit == (PF if launch_cpl == 3 and rights & 4 == 0 or pke and rights & 4 and kind != execute and (deny & 1 or deny & 2 and kind == write and (launch_cpl == 3 or wp)) else stop)
;; expect when kind == write: exit == (PF if launch_cpl == 3 and rights != 7 or launch_cpl == 0 and wp and rights & 2 == 0
;;+          or pke and rights & 4 and kind != execute and (deny & 1 or deny & 2 and kind == write and (launch_cpl == 3 or wp)) else stop)
;; expect when exit == PF: cr2 == target and regs == {} and err == (1 | (4 if launch_cpl == 3 else 0) | (2 if kind == write
;;+          else 0x10 if kind == execute else 0) | (0x20 if pke and rights & 4 and kind != execute and (deny & 1 or deny & 2 and kind == write and (launch_cpl == 3 or wp)) else 0))
;; expect when exit == PF: mem(level1, 1) & 0x40 == 0 and mem(DATA0, 4) == launch_mem(DATA0, 4)
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
        WALK 0x27, 0
        mov eax, [rights]
        or [LEVEL1], eax
        mov eax, [key]
        shl eax, 27
        mov [LEVEL1 + 4], eax
        SUPERVISOR_TABLES
        SETPTE DATA0, DATA0 | 7
        CR4_BIT CR4_PKE, 1
        mov ebx, [others]
        imul ebx, 0x55555555
        mov ecx, [key]
        add ecx, ecx
        mov eax, 3
        shl eax, cl
        not eax
        and ebx, eax
        mov eax, [deny]
        shl eax, cl
        or eax, ebx
        xor ecx, ecx
        xor edx, edx
        db 0x0f, 0x01, 0xef             ; WRPKRU
        CR4_BIT CR4_PKE, [pke]
        WRITE_PROTECT [wp]
        AIM done
        LAUNCH
spot:   ACCESS
done:   STOP
