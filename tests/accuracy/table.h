// docs/accuracy.md: a row for every function and dtype judged. Rows of a run replace those that are there.
#pragma once

#include <string>

namespace ingot::accuracy {

struct TableRow {
  std::string function, dtype, inputs;
  double bound, worst, mean;
  std::string where;
  std::uint64_t hash;
};

/// Does nothing unless INGOT_ACCURACY_TABLE names the file.
void put_in_table(const TableRow& row);

}  // namespace ingot::accuracy
