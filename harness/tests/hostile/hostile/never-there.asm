;; title:    A testcase that no processor here meets
;; cite:     docs/record-format.md, SKIP
;; modes:    pm32
;; requires: !cpuid
;; sweep:    n = 0..4
;; expect:   exit == stop
        LAUNCH
        STOP
