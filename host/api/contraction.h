// Sums of products over named axes: what every product of arrays is recorded through.
#pragma once

#include "host/api/record.h"

namespace ingot::api {

/// Names of axes: any numbers.
using Labels = Dims;

/// An array with a label for each axis.
struct Labelled {
  Array array;
  Labels labels;
};

int find(const Labels& labels, std::int64_t label);
inline bool contains(const Labels& labels, std::int64_t label) { return find(labels, label) >= 0; }

/// A view of x with axes of these labels and extents: repeated along those that x does not have, and its diagonal along
/// those that it has more than once. Labels of x that are left out have extent 1.
Array arranged(const Labelled& x, const Labels& labels, const Shape& extents, const Location& where);

/// x without its axes of extent 1.
Labelled without_ones(const Labelled& x, const Location& where);

/// The sum over axes in the dtype of x itself: integers wrap, and an addition of bool is `or`.
Array add_up(const Array& x, const Axes& axes, const Location& where);

/// x with the labels that are not among those `kept` summed over.
Labelled sum_others(const Labelled& x, const Labels& kept, const Location& where);

/// The sum of x * y over the labels that `result` lacks; its axes are those of `result`, each of which x or y has. Both
/// have one dtype and no label twice; where both have a label, their extents agree or one is 1. Recorded as a matrix
/// product where they share a label that is summed over and one of them, or each for complex ones, has a label of its
/// own in the result; else as a multiplication and a sum.
Array contract(const Labelled& x, const Labelled& y, const Labels& result, const Location& where);

/// The product of stacks of matrices, or of a matrix and a vector, where it is a call of the routine and no more: of
/// one real dtype and equal batches, without extents of 1. The node is the one that `contract` records, in a third of
/// the time; null where it takes more.
NodeRef plain_product(Node* a, Node* b, const Location& where);

/// Arrays in the dtype to which they promote together.
std::vector<Array> promoted(std::string_view op, std::span<const Array> arrays, const Location& where);

}  // namespace ingot::api
