;; title:    Reads of a descriptor table are the supervisor's at any CPL: U/S is 0 in the error code, a supervisor's page will do,
;;+          and SMAP forbids the user's whatever AC is
;; why:      an emulator that reads tables with the rights of the CPL, or lets AC excuse an implicit access
;; cite:     SDM 3A 4.6.1 Determination of Access Rights (implicit supervisor-mode accesses); SDM 3A 4.7 Page-Fault Exceptions (U/S flag);
;;+          APM 2 5.6.6 Supervisor-Mode Access Prevention
;; modes:    pm32-p32 pm32-pae compat32 long64
;; cpl:      0 3
;; requires: smap
;; sweep:    entry = 7 3 2 6
;; sweep:    smap = 0 1
;; sweep:    ac = 0 1
;; variant:  insn = load_ds load_ss lar lsl verr jump int
;; touches:  DATA2 128
;; undefined when insn == lar: rcx
;; expect when entry & 1 and (entry & 4 == 0 or not smap): exit == stop and rip == done
;; expect when entry & 1 == 0 or entry & 4 and smap: exit == PF and rip == spot and cr2 & ~7 == descriptor
;;+          and err == entry & 1 and cpl == launch_cpl
%include "walk.inc"
%if CPL == 0
 %define CODE_SELECTOR LCODE_0
 %define DATA_SELECTOR LDATA_0
%else
 %define CODE_SELECTOR LCODE_3
 %define DATA_SELECTOR LDATA_3 | 3
%endif
        cpu all
        mov ecx, 0x80 / 4
        mov xsi, LDT
        mov xdi, DATA2
        rep movsd
        mov byte [DATA2 + LDATA_0 / 8 * 8 + 5], 0x93
        mov byte [DATA2 + LDATA_3 / 8 * 8 + 5], 0xf3
        mov byte [DATA2 + LCODE_0 / 8 * 8 + 5], 0x9b
        mov byte [DATA2 + LCODE_3 / 8 * 8 + 5], 0xfb
%ifidn insn, jump
 %if MODE == MODE_COMPAT32              ; a gate needs the 64-bit segments that these are
        mov byte [DATA2 + LCODE_0 / 8 * 8 + 6], 0xcf
        mov byte [DATA2 + LCODE_3 / 8 * 8 + 6], 0xcf
 %endif
%endif
        SETDESC FREE0, (DATA2 & 0xffff) << 16 | 0x7f, 0x8200 | DATA2 >> 16
        SETDESC FREE0 + 8, 0, 0
        LAUNCH_SET ldtr, FREE0
        SETGATE 0x21, CODE_SELECTOR, done, 0xee
        SUPERVISOR_TABLES
%if CPL == 0
        SETPTE CODE, CODE | 3           ; the far pointer lies there
%endif
        mov eax, [entry]
        or eax, DATA2
        SETPTE DATA2, eax
        CR4_BIT CR4_SMAP, [smap]
        mov xax, [ac]
        shl eax, 18
        or eax, 2
        LAUNCH_SET flags, xax
        mov eax, DATA_SELECTOR
        LAUNCH
spot:
%ifidn insn, load_ds
descriptor equ DATA2 + (DATA_SELECTOR) / 8 * 8
        mov ds, ax
%elifidn insn, load_ss
descriptor equ DATA2 + (DATA_SELECTOR) / 8 * 8
        mov ss, ax
%elifidn insn, lar
descriptor equ DATA2 + (DATA_SELECTOR) / 8 * 8
        lar ecx, ax
%elifidn insn, lsl
descriptor equ DATA2 + (DATA_SELECTOR) / 8 * 8
        lsl ecx, ax
%elifidn insn, verr
descriptor equ DATA2 + (DATA_SELECTOR) / 8 * 8
        verr ax
%elifidn insn, jump
descriptor equ DATA2 + CODE_SELECTOR / 8 * 8
 %if WINDOW_BITS == 64
        jmp dword far [abs pointer]
 %else
        jmp CODE_SELECTOR:done
 %endif
%else
descriptor equ DATA2 + CODE_SELECTOR / 8 * 8
        int 0x21
%endif
done:   STOP
%if WINDOW_BITS == 64
pointer:
        dd done
        dw CODE_SELECTOR
%endif
