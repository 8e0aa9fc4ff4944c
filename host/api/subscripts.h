// The text that says what einsum computes.
#pragma once

#include <string>
#include <vector>

#include "host/api/contraction.h"

namespace ingot::api {

/// Labels of the operands' axes and of the result's: letters have their own code, axes of an ellipsis numbers from
/// kEllipsis on, counted from the last.
struct AxisLabels {
  static constexpr std::int64_t kEllipsis = 128;

  std::vector<Labels> operands;
  Labels result;
};

/// The subscripts for operands of these shapes, by NumPy's rules. ValueError for a text that is none, or that does not
/// go with the number of operands; ShapeError where it does not go with their axes.
AxisLabels parse_subscripts(std::string_view text, const std::vector<Shape>& shapes, const Location& where);

/// As it is written: letters, and "..." for the axes of an ellipsis.
std::string to_string(const Labels& labels);

}  // namespace ingot::api
