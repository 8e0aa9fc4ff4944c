// One table of loops for each CPU level, each defined by a source that is compiled for its level.
#pragma once

#include "kernels/cpu/support.h"

#ifdef __x86_64__
/// Declares the tables of a name, such as kSortBaseline.
#define INGOT_LEVEL_TABLES(Table, name) extern const Table name##Baseline, name##V3, name##V4
/// The one of a level.
#define INGOT_TABLE_OF(name, level) \
  ((level) == cpu::Level::V4 ? name##V4 : (level) == cpu::Level::V3 ? name##V3 : name##Baseline)
#else
#define INGOT_LEVEL_TABLES(Table, name) extern const Table name##Baseline
#define INGOT_TABLE_OF(name, level) (static_cast<void>(level), name##Baseline)
#endif
