;; title:    Accessed and dirty bits are set on the pages an instruction reads and writes, and on no others
;; why:      a page written without D is lost by its owner;
;;+          CMPXCHG writes whatever it compares, CMOV reads whatever it decides
;; cite:     SDM 3A 4.8 Accessed and Dirty Flags; SDM 2A CMPXCHG and CMOVcc, Operation; SDM 2B NOP;
;;+          APM 2 5.4.2 Page-Translation-Table Entry Fields
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; sweep:    addr = 0x4c010 0x4cffe
;; variant:  kind = nothing reads writes
;; variant:  insn = i1 i2 i3 i4 i5 i6 i7 i8 i9
;; where:    kind != nothing or insn == i1 or insn == i2 or insn == i3
;; requires: cmov
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2+0x7c0 128
;; expect:   exit == stop and rip == done
;; expect when kind == nothing: not {DATA0} <= accessed and not {DATA1} <= accessed
;; expect when kind != nothing: {DATA0} <= accessed and ({DATA1} <= accessed) == (addr == 0x4cffe)
;; expect when kind != writes: not {DATA0} <= dirtied and not {DATA1} <= dirtied
;; expect when kind == writes: {DATA0} <= dirtied and ({DATA1} <= dirtied) == (addr == 0x4cffe)
;; expect:   not {DATA3} <= accessed
%ifidn kind, nothing
 %define i1 lea xdx, [xsi]
 %define i2 nop dword [xsi]
 %define i3 rep movsb                   ; rCX is 0
%elifidn kind, reads
 %define i1 mov edx, [xsi]
 %define i2 test [xsi], edx
 %define i3 cmp [xsi], edx
 %define i4 bt dword [xsi], 3
 %define i5 cmovz edx, [xsi]            ; ZF is 0
 %define i6 movsd
 %define i7 cmpsd
 %define i8 push xword [xsi]
 %define i9 sub edx, [xsi]
%else
 %define i1 mov [xsi], edx
 %define i2 bts dword [xsi], 0          ; set already
 %define i3 add dword [xsi], 0
 %define i4 and dword [xsi], -1
 %define i5 cmpxchg [xsi], edx          ; not equal
 %define i6 lock cmpxchg8b [xsi]        ; not equal
 %define i7 xchg [xsi], edx
 %define i8 pop xword [xsi]
 %define i9 lock not dword [xsi]
%endif
        mov xsi, [addr]
        mov dword [xsi], 1
        mov xdi, DATA2 + 0x800
        mov xsp, DATA2 + 0x800
        xor ecx, ecx
        LAUNCH
        insn
done:   STOP
