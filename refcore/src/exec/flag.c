/* SPDX-License-Identifier: BSD-2-Clause */
/* flag.c - instructions on single flags and AH. */
#include "forms_words.h"

#include "exec.h"

#include "clc.h"
#include "cld.h"
#include "cmc.h"
#include "lahf.h"
#include "sahf.h"
#include "salc.h"
#include "stc.h"
#include "std.h"
