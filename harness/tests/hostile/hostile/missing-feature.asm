;; title:    Cases that are skipped lie before others whose batch is retracted
;; cite:     DESIGN.md, In the guest, 5
;; modes:    pm32 long64
;; requires: pku
;; sweep:    n = 0..9
;; expect:   exit == stop
        LAUNCH
        STOP
