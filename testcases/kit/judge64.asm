; judge64.asm - the part of a stand-alone image that judges its one case: 64-bit home.
; SPDX-License-Identifier: BSD-2-Clause

%define HOME 64
%include "judge.inc"
