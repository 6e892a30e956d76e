;; title:    With CR4.DE MOV to and from DR4 and DR5 is #UD at any CPL, without it they are DR6 and DR7
;; cite:     SDM 3B Debug Registers DR4 and DR5; SDM 2B MOV-Move to/from Debug Registers, Operation; APM 2 Debug
;;+          Registers
;; modes:    real pm16 pm32 compat32 long64
;; cpl:      0 3
;; requires: de
;; sweep:    de = 0 1
;; variant:  reg = dr4 dr5
;; variant:  dir = read write
;; where:    launch_cpl == 0 or de == 0
;; expect when de: exit == UD and rip & 0xffff == here & 0xffff and regs == {} and dr6 == launch.dr6 and dr7 ==
;;+          launch.dr7
;; expect when not de and launch_cpl != 0: exit == GP and err == 0 and rip & 0xffff == here & 0xffff and regs == {}
;; expect when not de and launch_cpl == 0: exit == stop
;; expect when not de and launch_cpl == 0 and dir == read: rax == (dr6 if reg == dr4 else dr7)
;; expect when not de and launch_cpl == 0 and dir == write and reg == dr4: dr6 & 0xe00f == 0x6005 and dr7 ==
;;+          launch.dr7
;; expect when not de and launch_cpl == 0 and dir == write and reg == dr5: dr7 == 0x33370700 and dr6 == launch.dr6
%include "window.inc"
        mov xax, cr4
        mov ecx, [de]
        shl ecx, 3
        or eax, ecx
        mov cr4, xax
%ifidn dir, read
        mov eax, 0xffff6ff4             ; BS BD 2
        mov dr6, xax
        mov eax, 0xd0000700
        LAUNCH_SET dr7, xax
        mov eax, 0x5555aaaa
%elifidn reg, dr4
        mov eax, 0xffff6ff5
%else
        mov eax, 0x33370700
%endif
        LAUNCH
here:
%ifidn dir, read
        mov wax, reg
%else
        mov reg, wax
%endif
        STOP
