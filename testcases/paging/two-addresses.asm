;; title:    A page at two linear addresses: each has the rights, and gets the marks, of its own entry; data is the same
;; why:      an emulator that keeps rights or dirty marks by physical page
;; cite:     SDM 3A 4.6.1 Determination of Access Rights; SDM 3A 4.8 Accessed and Dirty Flags; APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; sweep:    mine = 7 5 3 6
;; sweep:    other = 7 5 3 6
;; variant:  first = read write
;; variant:  second = read write
;; touches:  PT_TOP 64  PT_TOP+0x400 64  PT_X 64  PT_X+0x800 64  PT_3 64  PT_2 64
;; expect when mine == 6 or first == write and mine == 5 or launch_cpl == 3 and mine == 3: exit == PF and rip == spot1 and cr2 == DATA0
;; expect when mine == 7 or mine == 5 and first == read or mine == 3 and launch_cpl == 0: {DATA0} <= accessed and ({DATA0} <= dirtied) == (first == write)
;; expect when (mine == 7 or mine == 5 and first == read or mine == 3 and launch_cpl == 0) and (other == 6 or second == write and other == 5 or launch_cpl == 3 and other == 3): exit == PF and rip == spot2 and cr2 == target
;;+          and mem(level1, 1) & 0x40 == 0
;; expect when exit == stop: rip == done and mem(level1, 1) == other | (0x60 if second == write else 0x20)
;; expect when exit == stop and second == read: rbx & 0xffffffff == mem(DATA0, 4)
;; expect when exit == stop and second == write: mem(DATA0, 4) == 0x55667788
;; expect when exit == PF: err == (4 if launch_cpl == 3 else 0) | (1 if (mine if rip == spot1 else other) != 6 else 0)
;;+          | (2 if (rip == spot1 and first == write or rip == spot2 and second == write) else 0)
%include "walk.inc"
target  equ TARGET
level1  equ LEVEL1
        WALK 0x27, 0
        mov eax, [other]
        or [LEVEL1], eax
        mov eax, [mine]
        or eax, DATA0
        SETPTE DATA0, eax
        WRITE_PROTECT 1
        mov xsi, DATA0
        mov xdi, TARGET
        mov ebx, 0x55667788
        mov ecx, 0x11223344
        LAUNCH
spot1:
%ifidn first, read
        mov eax, [xsi]
%else
        mov [xsi], ecx
%endif
spot2:
%ifidn second, read
        mov ebx, [xdi]
%else
        mov [xdi], ebx
%endif
done:   STOP
