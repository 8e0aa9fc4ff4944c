// Functions of complex arrays, recorded as expressions of their parts (host/graph/complex.h).
#pragma once

#include <span>
#include <string_view>

#include "host/api/record.h"
#include "host/graph/complex.h"

namespace ingot::api {

inline bool is_complex_array(const Array& x, const Location& where) { return is_complex(node_of(x, where)->dtype); }

/// The complex array of two real ones of one shape and dtype.
inline Array from_parts(const Array& real, const Array& imag, const Location& where) {
  const graph::Parts parts = {NodeRef(node_of(real, where)), NodeRef(node_of(imag, where))};
  return wrap(graph::complex(parts, real.shape(), where));
}

/// Records an op whose operands (where: those after the condition) promote to a complex dtype. TypeError for an op that
/// has no meaning for complex numbers.
Array record_complex(Op op, std::span<const Input> terms, DType dtype, const Location& where);

}  // namespace ingot::api
