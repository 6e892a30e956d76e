;; title:    An access beyond the limit of its segment is #GP, through SS #SS; in unreal mode the limit is 4 GiB
;; cite:     SDM 3A Limit Checking; SDM 3A 20.1.1 Address Translation in Real-Address Mode
;; modes:    real unreal pm16 vm86 compat16
;; cpl:      0 3
;; sweep:    offset = 0xfffc 0xfffd 0xffff 0x10000 0x1fffc
;; variant:  seg = ds es ss cs
;; variant:  probe = load base store
;; where:    seg != cs or probe != store
;; expect when offset <= 0xfffc or (probe != base and offset <= 0xffff) or (mode == unreal and seg in {ds, es}):
;;+          exit == stop
;; expect when (offset > 0xffff or (probe == base and offset > 0xfffc)) and not (mode == unreal and seg in {ds, es}):
;;+          exit == (SS_FAULT if seg == ss else GP) and regs == {}
;; expect when offset == 0xfffc and probe == base and seg != ss: rax == 0
        mov dword [GUARD_HIGH], 0x0b0f0b0f      ; what a store without a check may have left there
        mov dword [GUARD_HIGH + 0xfffc], 0x0b0f0b0f
        mov ebx, [offset]
        mov ecx, ebx
        LAUNCH
        PROBE probe, seg, ebx
        STOP
