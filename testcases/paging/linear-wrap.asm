;; title:    A linear address wraps at 4 GiB outside of 64-bit mode: an access goes on at page 0, which faults with CR2 = 0
;; why:      an emulator that computes 33 bits finds nothing there
;; cite:     SDM 3A 3.3.1 Intel 64 Processors and Physical Address Space; SDM 3A 3.4 Logical and Linear Addresses; SDM 3A 4.7 Page-Fault
;;+          Exceptions (CR2); APM 2 4.2.2 (effective addresses wrap at 4 Gbytes)
;; modes:    pm32-p32 pm32-pae compat32
;; cpl:      0 3
;; sweep:    offset = 0xfe 0xfd 0x100 0xfc
;; sweep:    top = 7 6
;; sweep:    bottom = 7 6 5
;; variant:  kind = read write
;; touches:  PT_1 64  PT_TOP 64  PT_TOP+0xfc0 64  PT_2+0xfc0 64  PT_3 64  PT_X+0xfc0 64  DATA1+0xfc0 64  DATA2 64
;; expect when offset < 0x100 and top == 6: exit == PF and cr2 == 0xffffff00 + offset and err == (4 if launch_cpl == 3 else 0)
;;+          | (2 if kind == write else 0)
;; expect when (offset >= 0x100 or offset in {0xfe, 0xfd} and top == 7) and (bottom == 6 or bottom == 5 and kind == write): exit == PF
;;+          and cr2 == 0 and err == (bottom & 1 | (4 if launch_cpl == 3 else 0) | (2 if kind == write else 0))
;; expect when (top == 7 or offset >= 0x100) and (bottom == 7 or bottom == 5 and kind == read or offset == 0xfc): exit == stop and rip == done
;; expect when exit == stop and kind == write and offset == 0xfe: mem(DATA1 + 0xffe, 2) == 0x3344 and mem(DATA2, 2) == 0x1122
;; expect when exit == stop and kind == read and offset == 0xfe: rax == 0x77885566
;; expect when exit == stop and kind == read and offset == 0x100: rax & 0xffff == 0x7788
;; expect when exit == PF: rip == spot and regs == {}
%include "walk.inc"
        SETDESC FREE0, 0xff00ffff, 0xffcff3ff ; base 0xffffff00
        LAUNCH_SET fs, FREE0 | 3
%if MODE == MODE_PM32_P32
        ENTRY PT_TOP + 0xffc, PT_X | 0x27
        mov eax, [top]
        or eax, DATA1
        mov [PT_X + 0xffc], eax
%else
 %if HOME == 64
        ENTRY PT_3 + 24, PT_2 | 0x27
 %else
        ENTRY PT_TOP + 24, PT_2 | 1
 %endif
        ENTRY PT_2 + 0xff8, PT_X | 0x27
        mov eax, [top]
        or eax, DATA1
        mov [PT_X + 0xff8], eax
%endif
        mov eax, [bottom]
        or eax, DATA2
        mov [PT_1], eax
        WRITE_PROTECT 1
        mov word [DATA1 + 0xffe], 0x5566
        mov word [DATA2], 0x7788
        mov esi, [offset]
        mov eax, 0x11223344
        LAUNCH
spot:
%ifidn kind, read
        mov eax, [fs:esi]
%else
        mov [fs:esi], eax
%endif
done:   STOP
