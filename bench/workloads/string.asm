; c: REP MOVSB and REP STOSQ, 1 MiB each.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 9
%define BYTES 0x200000
%include "start.inc"

iterate:
        mov esi, DATA
        mov edi, DATA + 0x100000
        mov ecx, 0x100000
        rep movsb
        mov edi, DATA
        mov ecx, 0x100000 / 8
        mov eax, ebp
        rep stosq
        ret
