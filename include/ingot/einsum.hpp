#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingot/array.hpp"

namespace ingot {

/// What einsum computes, with the place in the caller's source: made by implicit conversion from a text.
class Subscripts {
 public:
  template <std::convertible_to<std::string_view> Text>
  Subscripts(const Text& text, Location where = Location::current()) noexcept : text_(text), where_(where) {}

  std::string_view text() const noexcept { return text_; }
  const Location& where() const noexcept { return where_; }

 private:
  std::string_view text_;
  Location where_;
};

/// Einstein's summation: products of the operands' elements, summed over every label that the result does not have.
/// "ij,jk->ik" is a matrix product, "ii" a trace, "ij->ji" a transpose. One letter for each axis, commas between
/// operands; a letter twice in an operand stands for its diagonal, "..." for axes that broadcast. Without "->", the
/// result has the axes of the ellipsis, then in the order of their letters (capitals first) those that occur once.
/// Axes of one label have one extent, or 1, which is repeated (ShapeError). ValueError for other texts, and for more
/// than 128 labels.
///
/// The result has the dtype to which the operands promote: integers wrap, of bool it is whether any product is true.
/// Operands are multiplied two at a time, in the order of einsum_path; each step is a matrix product where one of
/// them has axes of its own beside those that are summed over, else a multiplication and a sum, fused into one pass.
/// Accuracy of a step is that of matmul. A single operand that needs no sum gives a view.
///
///     Array distances = einsum("ik,jk->ij", x, y);
INGOT_API Array einsum(const Subscripts& subscripts, std::span<const Array> operands);
inline Array einsum(const Subscripts& subscripts, std::initializer_list<Array> operands) {
  return einsum(subscripts, std::span(operands.begin(), operands.size()));
}
template <std::convertible_to<Array>... Arrays>
  requires(sizeof...(Arrays) > 0)
Array einsum(const Subscripts& subscripts, const Arrays&... operands) {
  const Array all[] = {operands...};
  return einsum(subscripts, std::span<const Array>(all));
}

/// The order in which einsum multiplies.
struct INGOT_API EinsumPath {
  struct Step {
    int first, second;  ///< places in the list of what is left; both are taken out and their product put at the end
    std::string subscripts;  ///< of this product alone, "ij,jk->ik"
    double operations;       ///< multiplications and additions
  };
  std::vector<Step> steps;
  double operations = 0;        ///< of all steps, and of the sums over axes of a single operand, which come first
  double naive_operations = 0;  ///< those of one sum over all labels at once
  double largest = 0;           ///< elements of the largest product
};

/// The order with the fewest operations, counted as opt_einsum does: for up to ten operands the best there is; beyond,
/// a greedy one that is improved in parts. Errors as for einsum.
INGOT_API EinsumPath einsum_path(const Subscripts& subscripts, std::span<const Array> operands);
inline EinsumPath einsum_path(const Subscripts& subscripts, std::initializer_list<Array> operands) {
  return einsum_path(subscripts, std::span(operands.begin(), operands.size()));
}
template <std::convertible_to<Array>... Arrays>
  requires(sizeof...(Arrays) > 0)
EinsumPath einsum_path(const Subscripts& subscripts, const Arrays&... operands) {
  const Array all[] = {operands...};
  return einsum_path(subscripts, std::span<const Array>(all));
}

/// A line for each step.
INGOT_API std::string to_string(const EinsumPath& path);

}  // namespace ingot
