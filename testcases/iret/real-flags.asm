;; title:    IRET in real mode loads every flag the width has but VIF, VIP and VM
;; cite:     SDM 2A IRET/IRETD, Operation (REAL-ADDRESS-MODE)
;; modes:    real unreal
;; sweep:    image = 0x2 0x3 0x202 0x3002 0x7ed7 0x4002 0x8002 0x28 0x10002 0x40002 0x200002 0x20002 0x180002
;; sweep:    old = 0x2 0x202 0x3002 0xcd7
;; variant:  width = o16 o32
;; expect:   exit == stop and rip == OFF_target
;; expect when width == o16: flags & 0x7fd7 == (image & 0x7fd5) | 2
;; expect when width == o32: flags & 0x7fd7 == (image & 0x7fd5) | 2
;; expect when width == o32: arrival.flags.id == bit(image, 21)
;; expect:   arrival.flags.vm == 0 and arrival.flags.vif == 0 and arrival.flags.vip == 0
%ifidn width, o16
%define SLOT 2
%else
%define SLOT 4
%endif
OFF_target equ OFF(target)
        mov esp, STACK_TOP - 3 * SLOT
        mov word [esp], OFF(target)
        mov word [esp + SLOT], ARENA >> 4
        mov eax, [image]
%ifidn width, o16
        mov [esp + 2 * SLOT], ax
%else
        mov [esp + 2 * SLOT], eax
%endif
        mov eax, [old]
        LAUNCH_SET flags, eax
        LAUNCH
        width iret
        STOP
target: STOP
