/* SPDX-License-Identifier: BSD-2-Clause */
/* conditions.h - the condition codes of Jcc, SETcc and CMOVcc. SDM Vol. 1, "EFLAGS Condition Codes". */
#ifndef REFCORE_EXEC_CONDITIONS_H
#define REFCORE_EXEC_CONDITIONS_H

#define CONDITION_O   flag_of(c)
#define CONDITION_NO  !flag_of(c)
#define CONDITION_B   flag_cf(c)
#define CONDITION_NB  !flag_cf(c)
#define CONDITION_Z   flag_zf(c)
#define CONDITION_NZ  !flag_zf(c)
#define CONDITION_BE  (flag_cf(c) | flag_zf(c))
#define CONDITION_NBE !(flag_cf(c) | flag_zf(c))
#define CONDITION_S   flag_sf(c)
#define CONDITION_NS  !flag_sf(c)
#define CONDITION_P   flag_pf(c)
#define CONDITION_NP  !flag_pf(c)
#define CONDITION_L   (flag_sf(c) ^ flag_of(c))
#define CONDITION_NL  !(flag_sf(c) ^ flag_of(c))
#define CONDITION_LE  (flag_zf(c) | (flag_sf(c) ^ flag_of(c)))
#define CONDITION_NLE !(flag_zf(c) | (flag_sf(c) ^ flag_of(c)))

#endif
