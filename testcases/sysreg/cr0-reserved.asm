;; title:    The reserved bits of CR0[31:0] stay clear and ET stays set, whatever is written
;; cite:     SDM 2B MOV-Move to/from Control Registers, Description (attempts to set them have no impact; CR0.ET
;;+          remains set); APM 2 3.1.1 CR0 Register (ET reads as 1; reserved bits are to be preserved)
;; modes:    real pm32 pm32-pae compat32 long64
;; requires: cpuid
;; sweep:    write = 0x10 0 0x50 0x8010 0xffd0 0x20010 0x80010 0x10000010 0x1ffaffd0
;; undefined amd when which == reserved: cr0 rbx
;; variant:  which = reserved et
;; where:    (which == et) == (write < 0x11)
;; expect:   exit == stop
;; expect when which == et: cr0 == launch.cr0 and rbx & 0xffffffff == cr0
;; expect intel when which == reserved: cr0 == launch.cr0 and rbx & 0xffffffff == cr0
%include "window.inc"
        mov xax, [LB_cr0]
        and eax, ~0x10
        or eax, [write]
        LAUNCH
        mov cr0, wax
        mov wax, cr0
        mov ebx, eax
        STOP
