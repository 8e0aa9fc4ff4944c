#include "ingot/creation.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "host/api/borrowed.h"
#include "host/api/complex.h"
#include "host/exec/float_state.h"

namespace ingot {

using api::apply;
using api::constant;
using api::wrap;
using graph::Node;
using graph::NodeRef;

namespace {

constexpr std::align_val_t kAlignment{64};

// The value in the dtype. Integers and bool take only what they hold exactly, though it be given as a float; floats
// round.
Scalar value_as(std::string_view op, Scalar value, DType dtype, const Location& where) {
  if (is_complex(value.dtype()) && !is_complex(dtype))
    fail<TypeError>(where, op, ": ", api::to_text(value), " is complex, and the dtype is ", dtype,
                    "; give a real value or a complex dtype");
  const Scalar converted = api::convert(value, dtype);
  bool kept;
  if (is_floating(dtype) || is_complex(dtype)) {
    kept = api::fits(value, dtype);
  } else if (api::is_whole(value.dtype())) {
    kept = api::to_integer(value) == api::to_integer(converted);
  } else {
    const double v = api::to_double(value);
    kept = std::abs(v) < 0x1p65 && std::trunc(v) == v && static_cast<__int128>(v) == api::to_integer(converted);
  }
  if (!kept)
    fail<ValueError>(where, op, ": ", api::to_text(value), " does not fit ", dtype, ", ", api::range_text(dtype),
                     "; use another value or dtype");
  return converted;
}

Array filled(std::string_view op, const Shape& shape, Scalar value, DType dtype, const Location& where) {
  api::require_shape(op, shape, where);
  return wrap(api::fill(shape, value_as(op, value, dtype, where), where));
}

Array filled_like(std::string_view op, const Array& x, Scalar value, std::optional<DType> dtype,
                  const Location& where) {
  const Node* const node = api::node_of(x, where);
  return filled(op, node->shape, value, dtype.value_or(node->dtype), where);
}

// start + i * step, in the dtype of both.
NodeRef sequence(NodeRef index, Scalar start, Scalar step, const Location& where) {
  const bool whole = api::is_whole(step.dtype());
  if (!(step.bits() == Scalar(1).bits() && whole) && !(step.bits() == Scalar(1.0).bits() && !whole)) {
    index = apply(Op::multiply, index.get(), step, where);
  }
  // Adding 0.0 makes +0 of the -0 at the start of a descending range.
  if (start.bits() == 0 && (whole || api::to_double(step) > 0)) return index;
  return apply(Op::add, index.get(), start, where);
}

Array integer_range(__int128 start, __int128 stop, __int128 step, DType dtype, const Location& where) {
  if (step == 0) fail<ValueError>(where, "arange: the step is 0; use a positive or a negative step");
  const __int128 distance = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
  const __int128 count = distance <= 0 ? 0 : (distance - 1) / stride + 1;
  if (count > std::numeric_limits<std::int64_t>::max())
    fail<ValueError>(where, "arange: 2^63 elements and more are too many; an array holds less than 2^59");
  api::require_shape("arange", Shape{static_cast<std::int64_t>(count)}, where);
  const NodeRef index = graph::index(static_cast<std::int64_t>(count));
  if (count == 0) return wrap(api::to_dtype(index.get(), dtype, where));

  // Wrapping int64 arithmetic gives the right low bits for every integer dtype, as long as the ends fit it.
  const auto wrapped = [](__int128 value) { return Scalar(DType::Int64, static_cast<std::uint64_t>(value)); };
  for (const __int128 end : {start, start + (count - 1) * step}) {
    const bool is_large = end > std::numeric_limits<std::int64_t>::max();
    const Scalar value(is_large ? DType::UInt64 : DType::Int64, static_cast<std::uint64_t>(end));
    value_as("arange", value, is_large && is_floating(dtype) ? DType::Int64 : dtype, where);
  }
  const NodeRef values = sequence(index, wrapped(start), wrapped(step), where);
  return wrap(api::to_dtype(values.get(), dtype, where));
}

Array real_range(double start, double stop, double step, DType dtype, const Location& where) {
  const exec::DefaultFloatState guard;
  const double count = std::ceil((stop - start) / step);
  if (step == 0 || std::isnan(count))
    fail<ValueError>(where, "arange: from ", start, " to ", stop, " by ", step,
                     " is no range; the step must not be 0, and nothing NaN");
  if (count >= 0x1p63)
    fail<ValueError>(where, "arange: ", count, " elements are too many; an array holds less than 2^59");
  const std::int64_t size = count > 0 ? static_cast<std::int64_t>(count) : 0;
  api::require_shape("arange", Shape{size}, where);
  const NodeRef index = graph::index(size);
  const NodeRef position = api::to_dtype(index.get(), DType::Float64, where);
  const NodeRef values = sequence(position, start, step, where);
  return wrap(api::to_dtype(values.get(), dtype, where));
}

}  // namespace

Array detail::copy_values(DType dtype, const void* values, std::int64_t count, const Shape* shape, Location where) {
  const Shape flat{count};
  const Shape& result = shape != nullptr ? *shape : flat;
  api::require_shape("array", result, where);
  if (result.numel() != count)
    fail<ShapeError>(where, "array: ", count, count == 1 ? " value does" : " values do", " not fill the shape ", result,
                     ", which has ", result.numel(), " elements");
  const std::size_t bytes = static_cast<std::size_t>(count) * itemsize(dtype);
  void* const memory = ::operator new(bytes, kAlignment, std::nothrow);
  if (memory == nullptr)
    fail<MemoryError>(where, "array: ", bytes, " bytes for shape ", result, " of ", dtype,
                      " could not be had; from_host borrows memory without a copy");
  if (bytes != 0) std::memcpy(memory, values, bytes);
  auto* const storage =
      new Storage(memory, bytes, [](void* data, std::size_t) { ::operator delete(data, kAlignment); });
  return wrap(graph::buffer(dtype, result, StorageRef::adopt(storage)));
}

void detail::ragged(std::size_t row, std::size_t length, std::size_t expected, Location where) {
  fail<ValueError>(where, "array: row ", row, " has ", length, " values where the rows before it have ", expected,
                   "; all rows must have the same length");
}

Array detail::borrow(DType dtype, const void* data, const Shape& shape, const Strides& strides, Owner owner,
                     Location where) {
  api::require_shape("from_host", shape, where);
  if (!strides.empty() && strides.size() != shape.ndim())
    fail<ValueError>(where, "from_host: ", strides.size(), " strides were given for shape ", shape,
                     "; expected one per axis, or none for C order");
  if (shape.numel() == 0) return zeros(shape, dtype, where);
  if (data == nullptr)
    fail<ValueError>(where, "from_host: data is null, and shape ", shape, " has ", shape.numel(), " elements");
  const std::size_t size = itemsize(dtype);
  if (reinterpret_cast<std::uintptr_t>(data) % size != 0)
    fail<ValueError>(where, "from_host: data is not aligned to the ", size, " bytes of a ", dtype,
                     "; copy it with array() instead");

  // The buffer is all that lies between the lowest and the highest element; the array is a view of it.
  const Strides steps = strides.empty() ? c_strides(shape) : strides;
  std::int64_t lowest = 0;
  const std::int64_t span = api::require_reach("from_host", shape, steps, size, lowest, where), offset = -lowest;
  void* const first = static_cast<std::byte*>(const_cast<void*>(data)) - offset * static_cast<std::int64_t>(size);
  const auto held = std::make_shared<Owner>(std::move(owner));
  auto* const storage = new Storage(first, static_cast<std::size_t>(span) * size, [held](void*, std::size_t) {});
#ifdef INGOT_DEBUG
  storage->watch(api::watch(dtype, data, shape, steps, where));
#endif
  const NodeRef buffer = graph::buffer(dtype, Shape{static_cast<std::int64_t>(span)}, StorageRef::adopt(storage));
  return wrap(graph::view(buffer.get(), shape, offset, steps, where));
}

Array zeros(const Shape& shape, DType dtype, Location where) { return filled("zeros", shape, false, dtype, where); }
Array ones(const Shape& shape, DType dtype, Location where) { return filled("ones", shape, true, dtype, where); }
Array empty(const Shape& shape, DType dtype, Location where) { return filled("empty", shape, false, dtype, where); }
Array full(const Shape& shape, Scalar value, DType dtype, Location where) {
  return filled("full", shape, value, dtype, where);
}

Array zeros_like(const Array& x, std::optional<DType> dtype, Location where) {
  return filled_like("zeros_like", x, false, dtype, where);
}
Array ones_like(const Array& x, std::optional<DType> dtype, Location where) {
  return filled_like("ones_like", x, true, dtype, where);
}
Array empty_like(const Array& x, std::optional<DType> dtype, Location where) {
  return filled_like("empty_like", x, false, dtype, where);
}
Array full_like(const Array& x, Scalar value, std::optional<DType> dtype, Location where) {
  return filled_like("full_like", x, value, dtype, where);
}

Array eye(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype, Location where) {
  const Shape shape{rows, columns.value_or(rows)};
  api::require_shape("eye", shape, where);
  const NodeRef down = graph::index(shape[0]), across = graph::index(shape[1]);
  const NodeRef row = graph::reshape(down.get(), Shape{shape[0], 1}, where);
  const NodeRef column = graph::reshape(across.get(), Shape{1, shape[1]}, where);
  const NodeRef diagonal = apply(Op::subtract, column.get(), row.get(), where);
  const NodeRef ones = apply(Op::equal, diagonal.get(), Scalar(k), where);
  return wrap(api::to_dtype(ones.get(), dtype, where));
}

Array arange(Scalar start, Scalar stop, Scalar step, std::optional<DType> dtype, Location where) {
  const bool whole = api::is_whole(start.dtype()) && api::is_whole(stop.dtype()) && api::is_whole(step.dtype());
  const DType result = dtype.value_or(whole ? DType::Int64 : DType::Float64);
  if (is_bool(result))
    fail<TypeError>(where, "arange: a range of bool has no meaning; make one of integers and compare it");
  if (is_complex(start.dtype()) || is_complex(stop.dtype()) || is_complex(step.dtype()))
    fail<TypeError>(where, "arange: from ", api::to_text(start), " to ", api::to_text(stop), " by ", api::to_text(step),
                    "; complex numbers have no order, so take linspace, or a real range of a complex dtype");
  if (is_complex(result)) {
    const DType part = graph::part_dtype(result);
    return wrap(api::to_dtype(arange(start, stop, step, part, where).node(), result, where));
  }
  if (whole) return integer_range(api::to_integer(start), api::to_integer(stop), api::to_integer(step), result, where);
  return real_range(api::to_double(start), api::to_double(stop), api::to_double(step), result, where);
}

Array arange(Scalar start, Scalar stop, DType dtype, Location where) { return arange(start, stop, 1, dtype, where); }
Array arange(Scalar stop, std::optional<DType> dtype, Location where) { return arange(0, stop, 1, dtype, where); }

Array linspace(double start, double stop, std::int64_t count, bool endpoint, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  if (is_complex(dtype)) {
    const Array real = linspace(start, stop, count, endpoint, graph::part_dtype(dtype), where);
    return wrap(api::to_dtype(real.node(), dtype, where));
  }
  if (is_bool(dtype)) fail<TypeError>(where, "linspace: evenly spaced bools have no meaning; use a number dtype");
  if (count < 0)
    fail<ValueError>(where, "linspace: ", count, " numbers were asked for; the count must not be negative");
  api::require_shape("linspace", Shape{count}, where);

  if (std::isinf(stop - start) && std::isfinite(start) && std::isfinite(stop) && !is_integer(dtype)) {
    const Array halves = linspace(start / 2, stop / 2, count, endpoint, DType::Float64, where);
    return wrap(api::to_dtype(apply(Op::multiply, halves.node(), Scalar(2.0), where).get(), dtype, where));
  }

  const NodeRef index = graph::index(count);
  const NodeRef position = api::to_dtype(index.get(), DType::Float64, where);
  const double intervals = static_cast<double>(endpoint ? count - 1 : count), delta = stop - start;
  NodeRef values;
  if (const double step = delta / intervals; step != 0 || delta == 0 || intervals <= 0) {
    values = sequence(position, start, intervals > 0 ? step : 0.0, where);
  } else {  // the step underflows, its multiples need not
    const NodeRef fraction = apply(Op::divide, position.get(), Scalar(intervals), where);
    values = sequence(fraction, start, delta, where);
  }
  if (endpoint && count > 1) {
    const NodeRef is_last = apply(Op::equal, index.get(), Scalar(count - 1), where);
    const graph::Input inputs[] = {is_last.get(), Scalar(stop), values.get()};
    values = apply(Op::where, DType::Float64, inputs, where);
  }
  if (is_integer(dtype)) {
    if (count > 0) value_as("linspace", std::floor(start), dtype, where);
    if (count > 1) value_as("linspace", std::floor(endpoint ? stop : stop - delta / intervals), dtype, where);
    values = apply(Op::floor, values.get(), where);
  }
  return wrap(api::to_dtype(values.get(), dtype, where));
}

Array linspace(std::complex<double> start, std::complex<double> stop, std::int64_t count, bool endpoint, DType dtype,
               Location where) {
  if (!is_complex(dtype))
    fail<TypeError>(where, "linspace: from ", api::to_text(start), " to ", api::to_text(stop), ", and the dtype is ",
                    dtype, "; give real numbers or a complex dtype");
  const DType part = graph::part_dtype(dtype);
  return api::from_parts(linspace(start.real(), stop.real(), count, endpoint, part, where),
                         linspace(start.imag(), stop.imag(), count, endpoint, part, where), where);
}

}  // namespace ingot
