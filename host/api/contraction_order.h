// In which order to multiply the operands of einsum, two at a time.
#pragma once

#include <bitset>
#include <span>
#include <vector>

namespace ingot::api {

inline constexpr int kMostLabels = 128;
using LabelSet = std::bitset<kMostLabels>;

/// What einsum is asked for: the labels of each operand, none of them in one operand and nowhere else; those of the
/// result; the extent of each label.
struct Network {
  std::vector<LabelSet> operands;
  LabelSet result;
  std::vector<double> extents;
};

/// Of what is left of the list of operands, two are taken out, first < second, and their product is put at its end.
struct Step {
  int first, second;
  double operations;
};

struct Order {
  std::vector<Step> steps;
  double operations = 0, largest = 0;  // `largest`: elements of the largest product
};

/// How many elements an array of these labels has.
double elements(const LabelSet& labels, std::span<const double> extents);

/// The order with the fewest multiplications and additions, where a product costs a multiplication for each index of
/// all its labels, and an addition more where one of them is summed over. The best of all for up to ten operands;
/// beyond, a greedy order whose parts of up to eight operands are then made the best.
Order best_order(const Network& network);

}  // namespace ingot::api
