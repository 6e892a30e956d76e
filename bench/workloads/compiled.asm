; j: compiled C (compiled.c): sort, CRC-32, matrix product, strings.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 0                  ; counted by the reference core
%include "start.inc"

iterate:
        jmp work
        align 0x1000
work:
%ifdef COMPILED                         ; the bench names the compiler's output
        incbin COMPILED
%else
        xor eax, eax
        ret
%endif
