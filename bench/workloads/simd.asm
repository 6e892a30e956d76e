; h: SSE2, integer and floating point.
; SPDX-License-Identifier: BSD-2-Clause
%define INSTRUCTIONS 1600010
%include "start.inc"

iterate:
        mov eax, 0x10001
        movd xmm0, eax
        pshufd xmm0, xmm0, 0
        movdqa xmm1, xmm0
        cvtdq2pd xmm4, xmm0
        movapd xmm5, xmm4
        mov ecx, 100000
        mov esi, DATA
.next:  paddd xmm1, xmm0
        pxor xmm0, xmm1
        pshufd xmm2, xmm1, 0x1b
        pmuludq xmm2, xmm0
        paddq xmm0, xmm2
        movdqa [rsi], xmm0
        psrldq xmm2, 3
        por xmm1, [rsi]
        addpd xmm5, xmm4
        mulpd xmm5, xmm4
        subpd xmm5, xmm4
        divpd xmm5, xmm4
        punpckldq xmm2, xmm1
        pcmpeqd xmm2, xmm0
        dec ecx
        jnz .next
        movq rax, xmm0
        ret
