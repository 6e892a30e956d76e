;; title:    CLFLUSH is a load to the paging hardware: A but not D, and the faults of a byte read
;; why:      emulators without caches treat it as a NOP that never looks at its operand
;; cite:     SDM 2A CLFLUSH, Description; APM 3 CLFLUSH
;; modes:    pm32-p32 pm32-pae long64
;; cpl:      0 3
;; sweep:    entry = 7 5 1 0
;; requires: clflush
;; expect when entry == 0: exit == PF and rip == spot and err == (4 if launch_cpl == 3 else 0)
;;+          and cr2 == DATA0 + 0x123
;; expect when entry == 1 and launch_cpl == 3: exit == PF and rip == spot and err == 5 and cr2 == DATA0 + 0x123
;; expect when entry == 5 or entry == 7 or entry == 1 and launch_cpl == 0: exit == stop and rip == done
;; expect:   regs == {} and changed == {frame} and not {DATA0} <= dirtied
;; expect when exit == stop: {DATA0} <= accessed
        mov esi, [entry]
        add esi, DATA0
        mov [PTE(DATA0)], esi
        mov xsi, DATA0 + 0x123
        LAUNCH
spot:   clflush [xsi]
done:   STOP
