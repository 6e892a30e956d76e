;; title:    In real-address and virtual-8086 mode any value loads into a segment register: its base is 16 times as
;;+          much, and
;;+          no descriptor table is asked
;; cite:     SDM 3B 8086 Emulation, Address Translation in Real-Address Mode, Registers Supported in Real-Address
;;+          Mode;
;;+          SDM 3B Virtual-8086 Mode, Structure; APM 2 Real-Mode Addressing
;; modes:    real unreal vm86
;; cpl:      0 3
;; sweep:    value = 0x0 0x1 0x3 0x8 0x98 0x3c00 0x3c01 0x4c00 0x4bff 0x4008 0x5000 0xf000 0xffff
;; sweep:    gdtl = 0x7 0x1ff
;; variant:  reg = DS ES FS GS
;; variant:  how = mov pop lds
;; where:    how != lds or reg in {DS, ES, FS}
;; where:    mode != vm86 or gdtl != 0x7
;; expect:   exit == stop and rbx & 0xffff == value and ldtr == KLDT
;; expect when value >= 0x3c01 and value <= 0x4c00: rdx == 0x11223344
;; expect when mode == vm86: mem(GDT, 0x200) == launch_mem(GDT, 0x200)
        mov dword [DATA0], 0x11223344
        mov eax, [gdtl]
        LAUNCH_SET gdt_limit, eax
        mov eax, [value]
        mov [STACK_TOP - 8], ax
        mov word [DATA1], 0x7777
        mov [DATA1 + 2], ax
        sub esp, 8
        mov ecx, eax
        shl ecx, 4
        mov esi, DATA0
        sub esi, ecx
        cmp esi, 0xffff
        mov ecx, 1
        jbe .reach
        dec ecx
.reach: LAUNCH
%ifidn how, mov
        mov reg, ax
%elifidn how, pop
        pop reg
%elifidn reg, DS
        lds bp, [OFF(DATA1)]
%elifidn reg, ES
        les bp, [OFF(DATA1)]
%else
        lfs bp, [OFF(DATA1)]
%endif
        mov bx, reg
        jcxz .out
        mov edx, [reg:si]
.out:   STOP
