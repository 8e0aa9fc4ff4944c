#include "tests/accuracy/table.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <vector>

#include "host/graph/op.h"

namespace ingot::accuracy {
namespace {

constexpr const char* kHead =
    "# Accuracy of the functions\n"
    "\n"
    "Written by `INGOT_ACCURACY_TABLE=$PWD/docs/accuracy.md build/release/bin/ingot_tests_accuracy\n"
    "--gtest_filter='LongAccuracy*'`, which judges what `kernels/ops.def` does not call exact; the head of\n"
    "`tests/accuracy/judge.h` says how. An error is in units of the last place (ULP) of the exact result, and the mean "
    "is\n"
    "over all inputs whose results are numbers. Inputs: \"all\" are the 2^32 float32 numbers; others are drawn from "
    "strata\n"
    "(`tests/accuracy/inputs.h`): every binade, the usual interval, near 0, near 1, near multiples of pi/2, near "
    "overflow\n"
    "and underflow, special values. The hash is of all results, and the same at every CPU level. A function and dtype\n"
    "without a row has not been judged so.\n"
    "\n"
    "| function | dtype | inputs | bound | max ULP | mean ULP | worst input | hash |\n"
    "|---|---|---|---|---|---|---|---|\n";

int place(const std::string& function) {
  for (int i = 0; i < kOpCount; ++i)
    if (kOps[i].name == function) return i;
  return kOpCount;
}

std::string between(const std::string& line, int bar) {
  std::size_t from = 0;
  for (int i = 0; i < bar; ++i) from = line.find('|', from) + 1;
  return line.substr(from + 1, line.find('|', from) - from - 2);
}

}  // namespace

void put_in_table(const TableRow& row) {
  const char* const path = std::getenv("INGOT_ACCURACY_TABLE");
  if (path == nullptr) return;
  std::map<std::pair<int, std::string>, std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| ") || line.starts_with("| function")) continue;
    lines[{place(between(line, 1)), between(line, 2)}] = line;
  }
  in.close();
  char line[400];
  std::snprintf(line, sizeof line, "| %s | %s | %s | %g | %.4f | %.4f | %s | %016llx |", row.function.c_str(),
                row.dtype.c_str(), row.inputs.c_str(), row.bound, row.worst, row.mean, row.where.c_str(),
                static_cast<unsigned long long>(row.hash));
  lines[{place(row.function), row.dtype}] = line;
  std::ofstream out(path);
  out << kHead;
  for (const auto& [key, text] : lines)
    if (key.first < kOpCount) out << text << '\n';
}

}  // namespace ingot::accuracy
