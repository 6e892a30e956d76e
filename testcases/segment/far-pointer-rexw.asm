;; title:    LFS LGS LSS with REX.W load a 64-bit offset on Intel processors; AMD's have none and load 32 bits
;; cite:     SDM 2A LDS/LES/LFS/LGS/LSS (REX + 0F B4 /r LFS r64,m16:64); APM 3 LDS, LES, LFS, LGS, LSS (mem16:32)
;; modes:    long64
;; cpl:      0 3
;; variant:  insn = lfs lgs lss
;; expect:   exit == stop
;; expect intel: rbx == ((FREE0 | launch_cpl) << 32 | 0xfffffffe) and rcx & 0xffff == FREE0 + 8 | launch_cpl
;; expect amd: rbx == 0xfffffffe and rcx & 0xffff == FREE0 | launch_cpl
        SETDESC FREE0, 0xffff, 0x00cf9200 | CPL << 13
        SETDESC FREE0 + 8, 0xffff, 0x00cf9200 | CPL << 13
        mov dword [DATA0], 0xfffffffe
        mov dword [DATA0 + 4], FREE0 | CPL
        mov dword [DATA0 + 8], FREE0 + 8 | CPL
        LAUNCH
        insn rbx, [DATA0]
%ifidn insn, lfs
        mov ecx, fs
%elifidn insn, lgs
        mov ecx, gs
%else
        mov ecx, ss
%endif
        STOP
