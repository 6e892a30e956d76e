;; title:    CMPXCHG16B needs a writable page whether it finds its operand equal or not;
;;+          misalignment is #GP before that
;; why:      the destination receives a write cycle in both cases; an emulator may compare first
;;+          and store only what changes
;; cite:     SDM 2A CMPXCHG8B/CMPXCHG16B, Description and 64-Bit Mode Exceptions; APM 3 CMPXCHG16B
;; modes:    long64
;; cpl:      0 3
;; sweep:    entry = 1 3 5 7
;; sweep:    equal = 0 1
;; sweep:    skew = 0 8
;; where:    launch_cpl == 0 or entry == 5 or entry == 7
;; variant:  bus = plain locked
;; requires: cx16
;; undefined: mem(PT_1 + 0x260, 1)
;; expect when skew != 0: exit == GP and err == 0
;; expect when skew == 0 and entry in {1, 5}: exit == PF and err == (7 if launch_cpl == 3 else 3) and cr2 == DATA0
;; expect when exit != stop: rip == spot and regs == {} and changed == {frame}
;;+          and flags & 0xcd5 == launch.flags & 0xcd5
;; expect when skew == 0 and entry in {3, 7}: exit == stop and {DATA0} <= dirtied and flags.zf == equal
;; expect when exit == stop and equal: mem(DATA0, 8) == launch.rbx and mem(DATA0 + 8, 8) == launch.rcx and regs == {}
;; expect when exit == stop and not equal: mem(DATA0, 8) == 0x11 and rax == 0x11 and rdx == 0x22
;;+          and regs == {rax, rdx}
;; expect when exit == stop: flags & 0xc95 == launch.flags & 0xc95
        LAUNCH_SET flags, 0x893
        mov qword [DATA0], 0x11
        mov qword [DATA0 + 8], 0x22
        mov eax, 0x11
        mov edx, 0x22
        cmp byte [equal], 0
        jne .equal
        mov eax, 0x33
        mov edx, 0x44
.equal: mov esi, [entry]
        add esi, DATA0
        mov [PTE(DATA0)], rsi
        mov esi, DATA0
        add rsi, [skew]
        LAUNCH
spot:
%ifidn bus, locked
        lock cmpxchg16b [rsi]
%else
        cmpxchg16b [rsi]
%endif
        STOP
