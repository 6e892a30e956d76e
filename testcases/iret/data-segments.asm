;; title:    A return to an outer level nulls data segments that are too privileged for it
;; cite:     SDM 2A IRET/IRETD/IRETQ, Operation (RETURN-TO-OUTER-PRIVILEGE-LEVEL: for each of ES, FS, GS, DS); SDM 3A Data Segment Privilege
;; modes:    pm16 pm32 pm32-p32 compat32 long64
;; cpl:      0 1 2
;; sweep:    seg_sel = KDATA_F DATA_1_F DATA_2_F UDATA_F KCODE_F UCODE_F CONF_0 KDATA_RO UDATA_RO LDATA_0 LDATA_3
;; sweep:    seg_rpl = 0 3
;; sweep:    rpl = 1 2 3
;; where:    rpl > launch_cpl
;; where:    seg_rpl == 0 or seg_sel in {UDATA_F, UCODE_F, CONF_0, UDATA_RO, LDATA_3}
;; where:    launch_cpl == 0 or seg_sel in {UDATA_F, UCODE_F, CONF_0, UDATA_RO, LDATA_3} or (launch_cpl == 1 and seg_sel in {DATA_1_F, DATA_2_F}) or (launch_cpl == 2 and seg_sel == DATA_2_F)
;; expect:   exit == stop and cpl == rpl
;; expect when seg_sel in {KDATA_F, KCODE_F, KDATA_RO, LDATA_0}: ds == 0 and es == 0 and fs == 0 and gs == 0
;; expect when seg_sel in {UDATA_F, CONF_0, UDATA_RO, LDATA_3, UCODE_F}: ds == seg_sel | seg_rpl and es == ds and fs == ds and gs == ds
;; expect when seg_sel == DATA_1_F: ds == (seg_sel | seg_rpl if rpl <= 1 else 0) and es == ds and fs == ds and gs == ds
;; expect when seg_sel == DATA_2_F: ds == (seg_sel | seg_rpl if rpl <= 2 else 0) and es == ds and fs == ds and gs == ds
%if MODE == MODE_LONG64
 %assign SLOT 8
%else
 %assign SLOT 4
%endif
        mov xsp, STACK_TOP - 5 * SLOT
        mov dword [xsp], target
        mov ebx, [rpl]
        movzx eax, word [cs_of_rpl + xbx * 2]
        mov [xsp + SLOT], eax
        mov dword [xsp + 2 * SLOT], 2
        mov dword [xsp + 3 * SLOT], STACK_TOP
        movzx eax, word [ss_of_rpl + xbx * 2]
        mov [xsp + 4 * SLOT], eax
        mov xax, [seg_sel]
        or xax, [seg_rpl]
        LAUNCH_SET ds, xax
        LAUNCH_SET es, xax
        LAUNCH_SET fs, xax
        LAUNCH_SET gs, xax
        LAUNCH
%if MODE == MODE_LONG64
        iretq
%else
        o32 iret
%endif
        STOP
target: STOP
cs_of_rpl:
        dw KCODE, CODE_1 | 1, CODE_2 | 2, UCODE_F | 3
ss_of_rpl:
        dw KDATA, DATA_1 | 1, DATA_2 | 2, UDATA | 3
