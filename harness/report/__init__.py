# SPDX-License-Identifier: BSD-2-Clause
"""What a run leaves behind: results.jsonl is the truth; TAP, JUnit XML and the summary are derived from it."""
