;; title:    INVLPG takes any address: absent, beyond the segment's limit, not canonical; above CPL 0 it is #GP(0), with a register #UD
;; why:      an emulator that checks the operand as if it were read
;; cite:     SDM 2A INVLPG, Description and Exceptions; APM 3 INVLPG
;; modes:    pm32 pm32-p32 pm32-pae compat32 long64
;; cpl:      0 1 3
;; sweep:    high = 0x0 0x00008000 0x80000000 0xffffffff
;; sweep:    low = 0x10000 0x4d000 0x4c000 0xfffff000
;; variant:  form = ds fs ss register locked
;; where:    mode == long64 or high == 0
;; expect when launch_cpl == 0 and form != register and form != locked: exit == stop and rip == done and regs == {}
;; expect when launch_cpl != 0 and form != register and form != locked: exit == GP and err == 0 and rip == spot and regs == {}
;; expect when form == register or form == locked: exit == UD and rip == spot and regs == {}
%include "walk.inc"
        cpu all
        LAUNCH_SET fs, UDATA_SMALL | 3
%if HOME == 64
        mov esi, [high]
        shl rsi, 32
        mov eax, [low]
        or rsi, rax
%else
        mov esi, [low]
%endif
        LAUNCH
%if WINDOW_BITS == 64
 %define ADDRESS rsi
%else
 %define ADDRESS esi
%endif
spot:
%ifidn form, ds
        invlpg [ADDRESS]
%elifidn form, fs
        invlpg [fs:ADDRESS]
%elifidn form, ss
        invlpg [ss:ADDRESS]
%elifidn form, register
        db 0x0f, 0x01, 0xfe
%else
        lock
        invlpg [ADDRESS]
%endif
done:   STOP
