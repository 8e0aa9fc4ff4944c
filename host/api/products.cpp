#include "ingot/products.hpp"

#include "host/api/record.h"
#include "ingot/creation.hpp"

namespace ingot {

Array matmul(const Array& a, const Array& b, Location where) {
  using namespace api;
  const Array* const given[] = {&a, &b};
  Input terms[2];
  for (int k = 0; k < 2; ++k) {
    terms[k] = node_of(*given[k], where);
    require_computable("matmul", terms[k].dtype(), where);
    if (terms[k].node->shape.ndim() < 2)
      fail<ShapeError>(where, "matmul: operand ", k, " has shape ", terms[k].node->shape,
                       "; expected two axes or more");
  }
  const DType dtype = promote(terms);
  NodeRef made[2], matrices[2];
  Shape batch, shapes[2];
  for (int k = 0; k < 2; ++k) {
    shapes[k] = terms[k].node->shape;
    Shape outer = shapes[k];
    outer.erase(outer.ndim() - 1);
    outer.erase(outer.ndim() - 1);
    if (!broadcast_into(batch, outer))
      fail<ShapeError>(where, "matmul: the axes before the last two of shapes ", shapes[0], " and ", shapes[1],
                       " do not broadcast");
  }
  if (shapes[0][shapes[0].ndim() - 1] != shapes[1][shapes[1].ndim() - 2])
    fail<ShapeError>(where, "matmul: of shapes ", shapes[0], " and ", shapes[1],
                     ", the last axis and the last but one have different extents");
  Node* inputs[2];
  for (int k = 0; k < 2; ++k) {
    Shape whole = batch;
    for (int axis = 2; axis > 0; --axis) whole.push_back(shapes[k][shapes[k].ndim() - axis]);
    matrices[k] = graph::broadcast(realize("matmul", terms[k], dtype, made[k], where).node, whole, where);
    inputs[k] = matrices[k].get();
  }
  Shape result = batch;
  result.push_back(shapes[0][shapes[0].ndim() - 2]);
  result.push_back(shapes[1].back());
  if (shapes[1][shapes[1].ndim() - 2] == 0) return zeros(result, dtype, where);
  return wrap(graph::call(Routine::matmul, dtype, result, inputs, {}, where));
}

}  // namespace ingot
