;; title:    A store into an instruction that lies ahead, near or far, whole or one byte in its middle: the new one runs
;; why:      what was decoded before the store, in the same straight run of code too, is stale
;; cite:     SDM 3A 8.1.3 Handling Self- and Cross-Modifying Code; SDM 3B 22.29.1 Self-Modifying Code with Cache Enabled (the
;;+          same linear address: no jump is needed); APM 2 7.6.1 Cache Organization and Operation
;; modes:    real unreal vm86 pm16 pm32 pm32-p32 pm32-pae compat16 compat32 long64
;; cpl:      0 3
;; requires: cpuid
;; variant:  distance = next near block page
;; variant:  patch = opcode low high
;; variant:  sync = straight jump cpuid
;; touches:  CODE+0x200 0x400
;; touches:  CODE+0xf00 0x140
;; expect:   exit == stop and rip & 0xffff == done & 0xffff
;; expect when patch == opcode: rsi == 0x44332211 and rbx == 0x44332211
;; expect when patch == low: rsi == 0x443322be
;; expect when patch == high: rsi == 0xbe332211
%include "selfmod.inc"
        ; The first pass stores what is there, the second one the new byte
%ifidn distance, next
 %define BETWEEN 0
%elifidn distance, near
 %define BETWEEN 9
%else
 %define BETWEEN 70
%endif
%ifidn distance, page
 %define START CODE + 0xfd0
%else
 %define START CODE + 0x200
%endif
%ifidn patch, opcode
 %define AT 0
 %define OLD 0xbe
 %define NEW 0xbb                       ; mov ebx
%elifidn patch, low
 %define AT 1
 %define OLD 0x11
 %define NEW 0xbe
%else
 %define AT 4
 %define OLD 0x44
 %define NEW 0xbe
%endif
        mov ebp, 2
        LAUNCH_AT START
        mov ah, OLD
        mov edi, SEGOFF(target + PREFIX32 + AT)
again:  mov [wdi], ah
        SYNC sync
        times BETWEEN nop
target: mov esi, 0x44332211
        mov ah, NEW
        dec ebp
        jnz again
done:   STOP
