;; title:    A descriptor table on a read-only page: what marks a segment accessed or a TSS busy is a supervisor's write, which
;;+          CR0.WP forbids at any CPL; what has its mark already is not written
;; why:      an emulator that writes the mark past the page tables, or every time
;; cite:     SDM 3A 3.4.5.1 Code- and Data-Segment Descriptor Types (accessed bit); SDM 3A 4.6.1 Determination of Access Rights;
;;+          SDM 3A 7.2.2 TSS Descriptor; SDM 3A 4.7 Page-Fault Exceptions; APM 2 5.6 Page-Protection Checks
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; sweep:    entry = 7 5 1
;; sweep:    wp = 0 1
;; sweep:    marked = 0 1
;; variant:  insn = load_ds load_ss jump load_task
;; where:    insn != load_task or launch_cpl == 0 and marked == 0
;; touches:  DATA2 192
;; undefined: cr2
;; expect when wp == 0 or entry & 2 or marked: exit == stop and rip == done
;; expect when wp and entry & 2 == 0 and not marked: exit == PF and rip == spot and err == 3 and cpl == launch_cpl and regs == {}
;; expect when marked or wp and entry & 2 == 0: not {DATA2} <= dirtied
;; expect when insn != load_task and not marked and (wp == 0 or entry & 2): {DATA2} <= dirtied and mem(descriptor + 5, 1) & 1 == 1
;; expect when insn == load_task and (wp == 0 or entry & 2): {DATA2} <= dirtied and mem(descriptor + 5, 1) & 2 == 2
%include "walk.inc"
        cpu all
; the GDT goes on in DATA2, of which nothing is used but by the instruction under test
        mov xsi, GDT
        mov xdi, DATA2 - 0x200
        mov ecx, 0x200 / 4
        rep movsd
%if HOME == 32
        and byte [DATA2 - 0x200 + KTSS + 5], ~2 ; TR is loaded anew
%endif
%macro  MAKE 3                          ; place, access, flags
        mov dword [DATA2 + %1], 0xffff
        mov dword [DATA2 + (%1) + 4], (%2) << 8 | (%3) << 20 | 0xf0000
        mov eax, [marked]
        or [DATA2 + (%1) + 5], al
%endmacro
%if WINDOW_BITS == 64
 %define CODE_FLAGS 0xa
%else
 %define CODE_FLAGS 0xc
%endif
%define DPL (CPL << 5)
        MAKE 0, 0x92 | DPL, 0xc
        MAKE 8, 0x9a | DPL, CODE_FLAGS
        mov dword [DATA2 + 0x10], (TSS2 & 0xffff) << 16 | 0x67
        mov dword [DATA2 + 0x14], 0x8900 | (TSS2 >> 16)
        mov xax, DATA2 - 0x200
        LAUNCH_SET gdt_base, xax
        mov eax, 0x2ff
        LAUNCH_SET gdt_limit, xax
        mov eax, [entry]
        or eax, DATA2
        SETPTE DATA2, eax
        WRITE_PROTECT [wp]
        mov eax, 0x200 | CPL
%ifidn insn, load_task
        mov eax, 0x210
%endif
        LAUNCH
spot:
%ifidn insn, load_ds
descriptor equ DATA2
        mov ds, ax
%elifidn insn, load_ss
descriptor equ DATA2
        mov ss, ax
%elifidn insn, load_task
descriptor equ DATA2 + 0x10
        ltr ax
%else
descriptor equ DATA2 + 8
 %if WINDOW_BITS == 64
        jmp dword far [abs pointer]
 %else
        jmp 0x208 | CPL:done
 %endif
%endif
done:   STOP
%if WINDOW_BITS == 64
pointer:
        dd done
        dw 0x208 | CPL
%endif
