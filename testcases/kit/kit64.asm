; kit64.asm - the 64-bit home: 64-bit mode, its own CR3, kit in the top 2 GiB.  One flat binary, run at PAYLOAD.
; SPDX-License-Identifier: BSD-2-Clause

%define HOME 64
%include "arena.inc"
%include "layout.inc"
%include "words.inc"
%include "state.inc"
%include "variables.inc"

KLINK equ KBASE + PAYLOAD
section .text vstart=KLINK start=0
%include "header.inc"
%include "witness.inc"
%include "capture64.inc"                ; stubs first: their addresses stay the same in every image
%include "system64.inc"                 ; what every case runs lies on few pages
%include "compare.inc"
%include "comparerep.inc"
%include "record.inc"
%include "emit.inc"
%include "check.inc"
%include "cases.inc"
%include "script.inc"
%include "scan.inc"
%include "entry64.inc"
%include "arena64.inc"
; A case that asks for an interrupt has return addresses of irq.inc below its stack: golden records know where it lies.
        times 0x4b77 - ($ - $$) db 0xcc
%include "irq.inc"
%include "standalone.inc"
%include "engine.inc"
%include "resume.inc"
%include "serial.inc"
%include "choose.inc"
%include "verify.inc"
%include "place.inc"
%include "assist.inc"
%include "fields.inc"
