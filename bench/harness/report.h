#pragma once

#include <optional>
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
  std::optional<double> limit{};  ///< at most this, where anything is asked
  std::string note{};
  bool judged() const noexcept { return limit.has_value(); }
  bool pass() const noexcept { return !limit || value <= *limit; }
};

std::string seconds_text(double seconds);
std::string count_text(std::int64_t n);

void print_case(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts);
void print_figure(const Figure& figure);

nlohmann::ordered_json to_json(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts);
nlohmann::ordered_json to_json(const Figure& figure);

}  // namespace bench
