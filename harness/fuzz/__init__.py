# SPDX-License-Identifier: BSD-2-Clause
"""Random testcases: what nobody thought of, through the one pipeline. A seed and a number always give the same text."""
