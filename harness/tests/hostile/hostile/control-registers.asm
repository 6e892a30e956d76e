;; title:    What a set-up writes to CR0 and CR4 counts for the window and not for the kit
;; cite:     docs/authoring.md, Body
;; modes:    pm32 pm32-p32 pm32-pae long64
;; requires: sse
;; variant:  victim = task_switched no_fxsr
;; expect:   exit == stop and rip == done
;; expect when victim == task_switched: launch.cr0 & 8 == 8 and cr0 & 8 == 8
;; expect when victim == no_fxsr: launch.cr4 & 0x200 == 0 and cr4 & 0x200 == 0
%ifidn victim, task_switched
        mov xax, cr0
        or xax, 8
        mov cr0, xax
%else
        mov xax, cr4
        and xax, ~0x200
        mov cr4, xax
%endif
        LAUNCH
        nop
done:   STOP
