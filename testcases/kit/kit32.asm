; kit32.asm - the 32-bit home: flat protected mode, paging off.  386 instructions until the probe allows more.
; SPDX-License-Identifier: BSD-2-Clause

%define HOME 32
        cpu 386
%include "arena.inc"
%include "layout.inc"
%include "words.inc"
%include "state.inc"
%include "variables.inc"

KLINK           equ KBASE + PAYLOAD
section .text vstart=KLINK start=0
kit_start:
        db 'RINGDIFF'
        dw 1, HOME
        dd 0                            ; payload size: the builder's
        dd entry
        dd 0, 0, -1, 0                  ; channel, start, count, flags: the harness's
        dd 0x1000000, 0xf00000          ; output buffer
        dd 0                            ; build id: the builder's
        dd BODIES
        dd 0
        dd KIT_SIZE
        times 0x40 - ($ - $$) db 0
        times 64 dd 0                   ; skip list
        times 0x200 - ($ - $$) db 0
        jmp near launch                 ; KIT_LAUNCH
        times 0x1000 - ($ - $$) db 0
%include "capture32.inc"                ; stubs first: their addresses stay the same in every image
%include "real.inc"
%include "entry32.inc"
%include "system32.inc"
%include "arena32.inc"
%include "script.inc"
%include "compare.inc"
%include "emit.inc"
%include "engine.inc"
%include "fields.inc"
