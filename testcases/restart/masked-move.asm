;; title:    A masked load or store touches the elements of its mask alone: no fault for the others
;; cite:     SDM 2C VMASKMOV, Description; SDM 2C VPMASKMOV, Description (faults occur only for set mask elements)
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: avx2
;; sweep:    mask = 0..15
;; sweep:    readonly = 0 1
;; variant:  insn = vpmaskmovd vmaskmovps
;; variant:  kind = load store
;; where:    kind == store or readonly == 0
;; touches:  DATA0+0xfc0 128
;; touches:  DATA2 0x40
;; expect when mask & 12 == 0: exit == stop
;; undefined: cr2 mem(PT_1 + 0x130, 4) mem(PT_1 + 0x260, 8)
;; expect when mask & 12 != 0: exit == PF and rip == move
;; expect when mask & 12 != 0 and kind == store: mem(DATA0 + 0xff8, 8) == 0x2222222211111111
;; expect when mask & 12 != 0: err & ~4 == (0 if kind == load else 3 if readonly else 2)
;; expect when mask & 12 == 0 and kind == load: mem(DATA2, 4) == (0x11111111 if bit(mask, 0) else 0)
;;+          and mem(DATA2 + 4, 4) == (0x22222222 if bit(mask, 1) else 0) and mem(DATA2 + 8, 8) == 0
;; expect when mask & 12 == 0 and kind == store: mem(DATA0 + 0xff8, 4) == (0x77777777 if bit(mask, 0) else 0x11111111)
;;+          and mem(DATA0 + 0xffc, 4) == (0x77777777 if bit(mask, 1) else 0x22222222)
;; expect:   not {DATA1} <= accessed and not {DATA1} <= dirtied
        mov dword [DATA0 + 0xff8], 0x11111111
        mov dword [DATA0 + 0xffc], 0x22222222
        mov ecx, 3
.lane:  mov eax, [mask]
        shr eax, cl
        shl eax, 31
        mov [DATA3 + xcx * 4], eax
        mov dword [DATA3 + 0x10 + xcx * 4], 0x77777777
        dec ecx
        jns .lane
%if HOME == 32
        cpu p4
%endif
        mov xax, cr4
        or eax, 0x40000
        mov cr4, xax
        xor ecx, ecx
        xor edx, edx
        mov eax, 7
        db 0x0f, 0x01, 0xd1             ; XSETBV: x87, SSE and AVX state
        LAUNCH_SET flags, 2
        mov eax, DATA1 | 6
        cmp dword [readonly], 0
        je .absent
        mov eax, DATA1 | 5
        mov xcx, [LB_cr0]
        or ecx, 0x10000
        LAUNCH_SET cr0, xcx
.absent:
        mov [PTE(DATA1)], eax
        mov ebx, DATA0 + 0xff8
        LAUNCH
        cpu all
        movdqu xmm2, [DATA3]
        movdqu xmm1, [DATA3 + 0x10]
%if WINDOW_BITS == 64
 %define AREG rbx
%else
 %define AREG ebx
%endif
%ifidn kind, load
move:   insn xmm1, xmm2, [AREG]
%else
move:   insn [AREG], xmm2, xmm1
%endif
        movdqu [DATA2], xmm1
        STOP
