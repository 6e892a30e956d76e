; SPDX-License-Identifier: BSD-2-Clause
;; title:    Code that has run with flat segments is bound by what is loaded into a segment register after that
;; why:      decoded code may leave out base and limit of a segment that was flat when it was decoded
;; cite:     SDM 3A 5.3 Limit Checking; SDM 3A 3.4.3 Segment Registers; APM 2 4.5.3 Segment-Descriptor Registers
;; modes:    pm32 pm32-p32 pm32-pae compat32
;; cpl:      0 3
;; sweep:    first = 0x160 0x168
;; sweep:    second = 0x160 0x170 0x178 0x180 0x188 0x190
;; variant:  reg = ds es ss
;; variant:  load = mov pop far
;; variant:  access = read write modify push moffs
;; where:    (reg == ss) <= (cpl == 3) and (access == push) <= (reg == ss)
;; expect when second in {0x160, 0x180, 0x188}: exit == stop
;; expect when second in {0x170, 0x178, 0x190}: exit == (SS_FAULT if reg == ss else GP) and err == 0
;;+          and rip == place
;; expect when access in {read, moffs}: mem(DATA0 + 0x100, 4) == 0x11223344 and mem(DATA0 + 0x200, 4) == 0x55667788
;; expect when access == read and exit == stop: rcx == (0x55667788 if second == 0x180 else 0x11223344)
;; expect when access == moffs and exit == stop: rax == (0x55667788 if second == 0x180 else 0x11223344)
;; expect when access in {write, push}: mem(DATA0 + 0x100, 4) == 0x77
;;+          and mem(DATA0 + 0x200, 4) == (0x77 if second == 0x180 else 0x55667788)
;; expect when access == modify: mem(DATA0 + 0x100, 4) == (0x11223346 if second in {0x160, 0x188} else 0x11223345)
;;+          and mem(DATA0 + 0x200, 4) == (0x55667789 if second == 0x180 else 0x55667788)
%if CPL == 3
%define RPL 3
%else
%define RPL 0
%endif
%define ACCESS (0x92 | RPL << 5)
        ; %1 selector, %2 base, %3 limit in bytes; data, 32-bit
%macro BYTES_DESC 4
        SETDESC %1, ((%2) & 0xffff) << 16 | ((%3) & 0xffff), 0x400000 | ((%3) & 0xf0000) | (%4) << 8 | ((%2) >> 16 & 0xff)
%endmacro
        SETDESC 0x160, 0xffff, 0xcf0000 | ACCESS << 8
        SETDESC 0x168, 0xffff, 0xcf0000 | (ACCESS | 1) << 8
        BYTES_DESC 0x170, 0, DATA0 + 0xff, ACCESS
        BYTES_DESC 0x178, 0, 0xfffff, ACCESS | 4 ; expand-down
        SETDESC 0x180, 0x100 << 16 | 0xffff, 0xcf0000 | ACCESS << 8
        BYTES_DESC 0x188, 0, DATA0 + 0x103, ACCESS
        BYTES_DESC 0x190, 0, DATA0 + 0x102, ACCESS
        mov dword [DATA0 + 0x100], 0x11223344
        mov dword [DATA0 + 0x200], 0x55667788
        mov eax, [first]
        or eax, RPL
        mov dword [DATA0 + 0x300], DATA0 + 0x100
        mov [DATA0 + 0x304], eax
        mov eax, [second]
        or eax, RPL
        mov dword [DATA0 + 0x308], DATA0 + 0x100
        mov [DATA0 + 0x30c], eax
        mov edi, DATA0 + 0x100
        mov esi, DATA0 + 0x300
        mov ebx, 0x77
        mov edx, 2
        LAUNCH
again:
%ifidn load, mov
        mov eax, [esi + 4]
        mov reg, eax
%elifidn load, pop
        push dword [esi + 4]
        pop reg
%elifidn reg, ds
        lds edi, [esi]
%elifidn reg, es
        les edi, [esi]
%else
        lss edi, [esi]
%endif
        add esi, 8
%ifidn access, push
        mov esp, DATA0 + 0x104
%endif
place:
%ifidn access, read
        mov ecx, [reg:edi]
%elifidn access, write
        mov [reg:edi], ebx
%elifidn access, modify
        inc dword [reg:edi]
%elifidn access, push
        push ebx
%else
        mov eax, [reg:DATA0 + 0x100]
%endif
        dec edx
        jnz again
        STOP
