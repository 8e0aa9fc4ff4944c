#include "ingot/einsum.hpp"

#include <algorithm>

#include "host/api/contraction.h"
#include "host/api/contraction_order.h"
#include "host/api/subscripts.h"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

// What einsum is asked for, found from shapes alone.
class Einsum {
 public:
  struct Product {
    Step step;
    Labels first, second, result;
  };

  Einsum(const ingot::Subscripts& subscripts, std::span<const Array> operands)
      : text_(subscripts.text()), where_(subscripts.where()) {
    std::vector<Shape> shapes;
    for (const Array& x : operands) shapes.push_back(node_of(x, where_)->shape);
    given_ = parse_subscripts(text_, shapes, where_);
    for (std::size_t i = 0; i < shapes.size(); ++i) find_extents(i, shapes);
    Shape all;
    for (const std::int64_t label : given_.result) all.push_back(extent(label));
    require_shape("einsum", all, where_);
    for (std::size_t i = 0; i < shapes.size(); ++i) simplify(i, shapes[i]);
    choose_order();
  }

  Array evaluate(std::span<const Array> arrays) const {
    const std::vector<Array> same = promoted("einsum", arrays, where_);
    std::vector<Labelled> left;
    for (std::size_t i = 0; i < same.size(); ++i) {
      const Labels& labels = distinct_[i];
      Shape extents;
      for (const std::int64_t label : labels) extents.push_back(extent(label));
      const Array diagonal = arranged({same[i], given_.operands[i]}, labels, extents, where_);
      left.push_back(sum_others({diagonal, labels}, operands_[i], where_));
    }
    for (const Product& p : products_) {
      const auto first = left.begin() + p.step.first, second = left.begin() + p.step.second;
      Labelled product = {contract(*first, *second, p.result, where_), p.result};
      left.erase(second);
      left.erase(first);
      left.push_back(std::move(product));
    }
    Shape extents;
    for (const std::int64_t label : given_.result) extents.push_back(extent(label));
    return arranged(left[0], given_.result, extents, where_);
  }

  EinsumPath path() const {
    EinsumPath path;
    path.operations = sums_;
    path.largest = largest_;
    for (const Product& p : products_) {
      const std::string text = to_string(p.first) + "," + to_string(p.second) + "->" + to_string(p.result);
      path.steps.push_back({p.step.first, p.step.second, text, p.step.operations});
      path.operations += p.step.operations;
    }
    LabelSet all;
    for (int l = 0; l < names_.size(); ++l) all.set(static_cast<std::size_t>(l));
    const bool sums = given_.result.size() < names_.size();
    const double factors = std::max(1.0, static_cast<double>(operands_.size()) - 1) + sums;
    path.naive_operations = factors * elements(all, numbers());
    return path;
  }

 private:
  std::int64_t extent(std::int64_t label) const { return extents_[find(names_, label)]; }
  std::vector<double> numbers() const {
    std::vector<double> numbers;
    for (const std::int64_t e : extents_) numbers.push_back(static_cast<double>(std::max(e, std::int64_t{1})));
    return numbers;
  }
  LabelSet set_of(const Labels& labels) const {
    LabelSet set;
    for (const std::int64_t label : labels) set.set(static_cast<std::size_t>(find(names_, label)));
    return set;
  }

  void find_extents(std::size_t operand, const std::vector<Shape>& shapes) {
    const Labels& labels = given_.operands[operand];
    for (int k = 0; k < labels.size(); ++k) {
      const std::int64_t e = shapes[operand][k];
      const int earlier = find(labels, labels[k]);
      if (shapes[operand][earlier] != e)
        fail<ShapeError>(where_, "einsum: label '", name(labels[k]), "' is given to axes ", earlier, " and ", k,
                         " of operand ", operand, " of shape ", shapes[operand], ", with extents ",
                         shapes[operand][earlier], " and ", e, "; a diagonal needs equal extents");
      const int known = find(names_, labels[k]);
      if (known < 0) {
        names_.push_back(labels[k]);
        extents_.push_back(e);
        from_.push_back(static_cast<std::int64_t>(operand));
      } else if (extents_[known] == 1) {
        extents_[known] = e;
        from_[known] = static_cast<std::int64_t>(operand);
      } else if (e != 1 && e != extents_[known]) {
        const std::int64_t other = from_[known];
        fail<ShapeError>(where_, "einsum: label '", name(labels[k]), "' of \"", text_, "\" has extent ",
                         extents_[known], " in operand ", other, " of shape ", shapes[static_cast<std::size_t>(other)],
                         " and ", e, " in operand ", operand, " of shape ", shapes[operand],
                         ", where equal extents or 1 were expected");
      }
    }
    if (names_.size() > kMostLabels)
      fail<ValueError>(where_, "einsum: \"", text_, "\" has more than ", kMostLabels,
                       " labels, axes of an ellipsis included; multiply in several calls");
  }

  static std::string name(std::int64_t label) { return to_string(Labels{label}); }

  // An operand's labels without repetitions and extents of 1, which say nothing.
  void simplify(std::size_t operand, const Shape& shape) {
    const Labels& labels = given_.operands[operand];
    Labels distinct;
    for (int k = 0; k < labels.size(); ++k)
      if (shape[k] != 1 && !contains(distinct, labels[k])) distinct.push_back(labels[k]);
    distinct_.push_back(std::move(distinct));
  }

  void choose_order() {
    // What one operand has and nothing else is summed before.
    for (std::size_t i = 0; i < distinct_.size(); ++i) {
      Labels kept;
      for (const std::int64_t label : distinct_[i]) {
        bool elsewhere = contains(given_.result, label);
        for (std::size_t j = 0; j < distinct_.size(); ++j)
          elsewhere = elsewhere || (j != i && contains(distinct_[j], label));
        if (elsewhere) kept.push_back(label);
      }
      if (kept.size() < distinct_[i].size()) sums_ += elements(set_of(distinct_[i]), numbers());
      operands_.push_back(std::move(kept));
    }
    if (operands_.size() < 2) return;
    Network network{{}, set_of(given_.result), numbers()};
    for (const Labels& labels : operands_) network.operands.push_back(set_of(labels));
    const Order order = best_order(network);
    largest_ = order.largest;
    std::vector<Labels> left = operands_;
    for (const Step& step : order.steps) {
      const Labels a = left[static_cast<std::size_t>(step.first)], b = left[static_cast<std::size_t>(step.second)];
      left.erase(left.begin() + step.second);
      left.erase(left.begin() + step.first);
      Labels result = left.empty() ? shown() : kept_of(a, b, left);
      left.push_back(result);
      products_.push_back({step, a, b, std::move(result)});
    }
  }

  // Labels of the result that an operand has with another extent than 1.
  Labels shown() const {
    Labels labels;
    for (const std::int64_t label : given_.result)
      if (extent(label) != 1) labels.push_back(label);
    return labels;
  }

  // Of a product in the midst: what both have comes first, as in a stack of matrices.
  Labels kept_of(const Labels& a, const Labels& b, const std::vector<Labels>& others) const {
    const auto is_needed = [&](std::int64_t label) {
      return contains(given_.result, label) ||
             std::any_of(others.begin(), others.end(), [&](const Labels& other) { return contains(other, label); });
    };
    Labels kept;
    for (const std::int64_t label : a)
      if (contains(b, label) && is_needed(label)) kept.push_back(label);
    for (const Labels* const labels : {&a, &b})
      for (const std::int64_t label : *labels)
        if (!contains(kept, label) && is_needed(label)) kept.push_back(label);
    return kept;
  }

  std::string_view text_;
  const Location& where_;
  AxisLabels given_;
  Labels names_;                             // every label once, and beside it
  Dims extents_, from_;                      // its extent and the operand that says so
  std::vector<Labels> distinct_, operands_;  // before and after the sums of single operands
  std::vector<Product> products_;
  double sums_ = 0, largest_ = 0;
};

}  // namespace
}  // namespace api

Array einsum(const Subscripts& subscripts, std::span<const Array> operands) {
  return api::Einsum(subscripts, operands).evaluate(operands);
}

EinsumPath einsum_path(const Subscripts& subscripts, std::span<const Array> operands) {
  return api::Einsum(subscripts, operands).path();
}

std::string to_string(const EinsumPath& path) {
  std::string text =
      ingot::text(path.operations, " operations, of ", path.naive_operations, " without an order; largest product ",
                  path.largest, path.largest == 1 ? " element" : " elements");
  for (const EinsumPath::Step& step : path.steps)
    text += ingot::text("\n  ", step.first, ", ", step.second, "  ", step.subscripts, "  ", step.operations);
  return text;
}

}  // namespace ingot
