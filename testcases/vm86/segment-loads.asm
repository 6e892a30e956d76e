;; title:    A segment load in virtual-8086 mode takes any value: base is 16 times it, limit 64 KiB, no descriptor is
;;+          read
;; cite:     SDM 3B Virtual-8086 Mode, 8086 Emulation (address translation); SDM 2B MOV, Virtual-8086 Mode Exceptions
;; modes:    vm86
;; sweep:    value = 0x0 0x3 0xb KDATA_NP KTSS BEYOND 0x3c03 0x4000 0x4001 0x4bff 0x4c01 0xffff
;; variant:  to = into_es into_ds into_fs into_gs into_ss
;; variant:  how = mov pop far
;; expect:   exit == stop and rip == after - ARENA and flags & ~0x10000 == launch.flags
;; expect when to == into_es: es == value and ds == launch.ds
;; expect when to == into_ds: ds == value and es == launch.es
;; expect when to == into_fs: fs == value and ds == launch.ds
;; expect when to == into_gs: gs == value and ds == launch.ds
;; expect when to == into_ss: ss == value and ds == launch.ds
;; expect when 0x3c03 <= value and value < 0x5000: rax == 0x12345678
;; expect when value < 0x3c03 or value > 0x5000: rax == launch.rax
%define into_es es
%define into_ds ds
%define into_fs fs
%define into_gs gs
%define into_ss ss
%define TO to
        mov dword [DATA0 + 0x20], 0x12345678
        mov ebx, [value]
        lea eax, [ebx - 0x3c03]
        mov edx, ebx
        shl edx, 4
        neg edx
        add edx, DATA0 + 0x20           ; the offset of that place, if it has one
        mov ecx, 1
        cmp eax, 0x1000
        jbe .reach
        dec ecx
.reach: mov [DATA0], dx
        mov [DATA0 + 2], bx
        mov esp, STACK_TOP - 0x40
        mov [esp], bx
        mov esi, edx
        mov eax, 0x01010101
        LAUNCH
%ifidn how, mov
        mov TO, bx
%elifidn how, pop
        pop TO
%else
        l %+ TO si, [OFF(DATA0)]
%endif
        jcxz after
        mov eax, [TO:si]
after:  STOP
