#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "case.h"
#include "measure.h"

namespace bench {

/// A figure that is no race: an overhead, or a count.
struct Figure {
  std::string name{};
  double value = 0;
  std::string unit{};
  double limit = 0;  ///< at most this; 0 where nothing is asked
  std::string note{};
  bool judged() const noexcept { return limit > 0; }
  bool pass() const noexcept { return value <= limit; }
};

std::string seconds_text(double seconds);
std::string count_text(std::int64_t n);

void print_case(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts);
void print_figure(const Figure& figure);

nlohmann::ordered_json to_json(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts);
nlohmann::ordered_json to_json(const Figure& figure);

}  // namespace bench
