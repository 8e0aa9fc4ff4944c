#include "tests/emit/cuda_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace ingot::cuda_test {
namespace {

template <class T>
struct Tag {
  using Type = T;
};

template <class F>
auto with_type(DType dtype, F f) {
  switch (dtype) {
    case DType::Bool:
    case DType::UInt8: return f(Tag<std::uint8_t>{});
    case DType::Int8: return f(Tag<std::int8_t>{});
    case DType::Int64: return f(Tag<std::int64_t>{});
    case DType::Float32: return f(Tag<float>{});
    case DType::Float64: return f(Tag<double>{});
    default: throw std::logic_error("the model does not know this dtype");
  }
}

template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}
template <class T>
std::uint64_t to_bits(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <class T>
T larger(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
    if (a == b) return std::signbit(a) ? b : a;
  }
  return a > b ? a : b;
}
template <class T>
T lower(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
    if (a == b) return std::signbit(a) ? a : b;
  }
  return a < b ? a : b;
}

// Wraps for integers.
template <class T>
T plus(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a + b;
  else
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
template <class T>
T times(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a * b;
  else
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

bool knows(Op op) {
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::square:
    case Op::sqrt:
    case Op::maximum:
    case Op::less:
    case Op::where: return true;
    default: return false;
  }
}

std::uint64_t apply(Op op, DType operand, std::uint64_t x, std::uint64_t y, std::uint64_t z) {
  return with_type(operand, [&](auto tag) -> std::uint64_t {
    using T = typename decltype(tag)::Type;
    const T a = from_bits<T>(x), b = from_bits<T>(y);
    switch (op) {
      case Op::add: return to_bits<T>(plus(a, b));
      case Op::subtract: return to_bits<T>(plus(a, times(static_cast<T>(-1), b)));
      case Op::multiply: return to_bits<T>(times(a, b));
      case Op::square: return to_bits<T>(times(a, a));
      case Op::divide: return to_bits<T>(static_cast<T>(a / b));
      case Op::sqrt: return to_bits<T>(static_cast<T>(std::sqrt(a)));
      case Op::maximum: return to_bits<T>(larger(a, b));
      case Op::less: return a < b;
      case Op::where: return from_bits<std::uint8_t>(x) != 0 ? y : z;
      default: throw std::logic_error("the model does not know this op");
    }
  });
}

std::uint64_t cast(DType from, DType to, std::uint64_t x) {
  return with_type(from, [&](auto from_tag) {
    using From = typename decltype(from_tag)::Type;
    const From value = from_bits<From>(x);
    if (is_bool(to)) return static_cast<std::uint64_t>(value != 0);
    return with_type(to, [&](auto to_tag) -> std::uint64_t {
      using To = typename decltype(to_tag)::Type;
      if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        if (std::isnan(value)) return 0;
        if (value <= static_cast<From>(std::numeric_limits<To>::min()))
          return to_bits<To>(std::numeric_limits<To>::min());
        if (value >= static_cast<From>(std::numeric_limits<To>::max()))
          return to_bits<To>(std::numeric_limits<To>::max());
      }
      return to_bits<To>(static_cast<To>(value));
    });
  });
}

// ---- The canonical order ----

template <class T>
struct State {
  T value{};            // or the mean
  T rest{}, squares{};  // sumsqdev
  std::int64_t n = 0;
};

template <class T>
T combine(Reducer reducer, T a, T b) {
  switch (reducer) {
    case Reducer::sum: return plus(a, b);
    case Reducer::prod: return times(a, b);
    case Reducer::min: return lower(a, b);
    case Reducer::max: return larger(a, b);
    case Reducer::any: return static_cast<T>(a != 0 || b != 0);
    case Reducer::all: return static_cast<T>(a != 0 && b != 0);
    case Reducer::sumsqdev:
    case Reducer::sumexp:
    case Reducer::argmin:
    case Reducer::argmax: break;
  }
  throw std::logic_error("no combine");
}

// Sum of squared deviations of n values about the mean a + b.
template <class T>
State<T> about(T a, T b, T squares, std::int64_t n) {
  const T mean = static_cast<T>(a + b), b_part = static_cast<T>(mean - a);
  return {mean, static_cast<T>(b - b_part), squares, n};
}

template <class T>
State<T> join(Reducer reducer, State<T> a, State<T> b) {
  if constexpr (std::is_integral_v<T>) return {combine(reducer, a.value, b.value), {}, {}, a.n + b.n};
  if (reducer != Reducer::sumsqdev) return {combine(reducer, a.value, b.value), {}, {}, a.n + b.n};
  const double share = static_cast<double>(b.n) / (static_cast<double>(a.n) + static_cast<double>(b.n));
  const T r = static_cast<T>(share), weight = static_cast<T>(static_cast<double>(a.n) * share),
          delta = (b.value - a.value) + (b.rest - a.rest);
  const T squares = static_cast<T>((a.squares + b.squares) + delta * delta * weight);
  return about<T>(a.value, std::fma(delta, r, a.rest), squares, a.n + b.n);
}

// Values that meet one lane, in order.
template <class T>
State<T> fold(Reducer reducer, const std::vector<T>& values) {
  State<T> state{values[0], {}, {}, static_cast<std::int64_t>(values.size())};
  if (reducer != Reducer::sumsqdev) {
    for (std::size_t i = 1; i < values.size(); ++i) state.value = combine(reducer, state.value, values[i]);
    return state;
  }
  T sum = 0, squares = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const T d = values[i] - values[0];
    sum += d;
    squares = std::fma(d, d, squares);
  }
  const T count = static_cast<T>(state.n);
  squares -= sum * sum / count;
  return about<T>(values[0], sum / count, squares < 0 ? T(0) : squares, state.n);
}

template <class T>
State<T> tree(Reducer reducer, const State<T>* states, std::size_t count) {
  if (count == 1) return states[0];
  std::size_t left = 1;
  while (2 * left < count) left *= 2;
  return join(reducer, tree(reducer, states, left), tree(reducer, states + left, count - left));
}

template <class T>
State<T> row_leaf(Reducer reducer, const T* values, std::size_t count, std::size_t lanes) {
  std::vector<std::vector<T>> lane_values(lanes);
  for (std::size_t i = 0; i < count; ++i) lane_values[i % lanes].push_back(values[i]);
  std::vector<State<T>> lane(lanes);
  for (std::size_t l = 0; l < lanes; ++l)
    if (!lane_values[l].empty()) lane[l] = fold(reducer, lane_values[l]);
  for (std::size_t half = lanes / 2; half > 0; half /= 2)
    for (std::size_t l = 0; l < half; ++l)
      if (lane[l + half].n > 0) lane[l] = join(reducer, lane[l], lane[l + half]);
  return lane[0];
}

// The number of the first greatest or least value, or of the first NaN.
template <class T>
std::int64_t place(const std::vector<T>& values, bool greatest) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size() && values[best] == values[best]; ++i)
    if (values[i] != values[i] || (greatest ? values[i] > values[best] : values[i] < values[best])) best = i;
  return static_cast<std::int64_t>(best);
}

std::uint64_t reduce(const ir::Kernel& kernel, const ir::Reduction& r, const std::vector<std::uint64_t>& bits) {
  return with_type(kernel.value_dtype(r), [&](auto tag) -> std::uint64_t {
    using T = typename decltype(tag)::Type;
    std::vector<T> values;
    for (std::uint64_t b : bits) values.push_back(from_bits<T>(b));
    if (state(r.reducer) == ingot::State::Best)
      return static_cast<std::uint64_t>(place(values, r.reducer == Reducer::argmax));
    if constexpr (!std::is_floating_point_v<T>)
      if (r.reducer == Reducer::sumsqdev) throw std::logic_error("sumsqdev of integers");
    const bool row = kernel.form() == ir::Form::Row;
    const std::size_t lanes = row ? static_cast<std::size_t>(ir::lanes(kernel)) : 1;
    const std::size_t leaf = row ? 16 * lanes : 64;
    std::vector<State<T>> leaves;
    for (std::size_t i = 0; i < values.size(); i += leaf) {
      const std::size_t count = std::min(leaf, values.size() - i);
      leaves.push_back(row ? row_leaf(r.reducer, values.data() + i, count, lanes)
                           : fold(r.reducer, std::vector<T>(values.begin() + static_cast<std::ptrdiff_t>(i),
                                                            values.begin() + static_cast<std::ptrdiff_t>(i + count))));
    }
    const State<T> state = tree(r.reducer, leaves.data(), leaves.size());
    return to_bits<T>(r.reducer == Reducer::sumsqdev ? state.squares : state.value);
  });
}

// ---- The loop nest ----

using Coordinates = std::vector<std::int64_t>;

std::int64_t offset(const cuda::Binding& binding, const Coordinates& at) {
  std::int64_t sum = 0;
  for (std::size_t a = 0; a < at.size(); ++a) sum += at[a] * binding.strides[a];
  return sum;
}

std::vector<std::uint64_t> run_region(const ir::Region& region, const std::vector<cuda::Binding>& inputs,
                                      const std::vector<cuda::Binding>& stores,
                                      const std::vector<std::uint64_t>& params,
                                      const std::vector<std::uint64_t>& reduced, const Coordinates& at) {
  std::vector<std::uint64_t> v;
  v.reserve(region.code.size());
  for (const ir::Instr& instr : region.code) {
    const auto arg = [&](int k) { return k < ir::argument_count(instr) ? v[instr.args[k]] : 0; };
    switch (instr.code) {
      case ir::Code::Load: {
        const cuda::Binding& b = inputs[instr.index];
        const std::int64_t i = offset(b, at);
        std::uint64_t bits = 0;
        if (region.inputs[instr.index].generated)
          bits = b.address + static_cast<std::uint64_t>(i);
        else
          std::memcpy(&bits,
                      reinterpret_cast<const char*>(b.address) + i * static_cast<std::int64_t>(itemsize(instr.dtype)),
                      itemsize(instr.dtype));
        v.push_back(bits);
        break;
      }
      case ir::Code::Param: v.push_back(params[instr.index]); break;
      case ir::Code::Reduced: v.push_back(reduced[instr.index]); break;
      case ir::Code::Cast: v.push_back(cast(region.code[instr.args[0]].dtype, instr.dtype, arg(0))); break;
      case ir::Code::Apply:
        v.push_back(
            apply(instr.op, region.code[instr.args[instr.op == Op::where ? 1 : 0]].dtype, arg(0), arg(1), arg(2)));
        break;
    }
  }
  for (std::size_t s = 0; s < region.stores.size(); ++s) {
    const std::size_t size = itemsize(region.stores[s].operand.dtype);
    std::memcpy(reinterpret_cast<char*>(stores[s].address) + offset(stores[s], at) * static_cast<std::int64_t>(size),
                &v[region.stores[s].value], size);
  }
  return v;
}

// Advances over the axes for which `moves` holds, last fastest; false after the last index.
template <class F>
bool next(Coordinates& at, const Coordinates& extents, F moves) {
  for (std::size_t a = at.size(); a-- > 0;) {
    if (!moves(a)) continue;
    if (++at[a] < extents[a]) return true;
    at[a] = 0;
  }
  return false;
}

}  // namespace

bool model_knows(const ir::Kernel& kernel) {
  for (const ir::Reduction& r : kernel.reductions)
    if (state(r.reducer) == ingot::State::Exponentials) return false;
  for (const ir::Region* region : {&kernel.body, &kernel.epilogue})
    for (const ir::Instr& instr : region->code)
      if (instr.code == ir::Code::Apply && !knows(instr.op)) return false;
  return true;
}

Moments join_moments(const std::vector<Moments>& states, std::int64_t each, std::int64_t total) {
  std::vector<State<double>> all;
  for (const Moments& m : states) {
    all.push_back({m.mean, m.rest, m.squares, std::min(each, total)});
    total -= each;
  }
  const State<double> joined = tree(Reducer::sumsqdev, all.data(), all.size());
  return {joined.value, joined.rest, joined.squares};
}

void run_model(const ir::Kernel& kernel, const cuda::Launch& launch) {
  Coordinates at(launch.extents.size(), 0);
  do {
    std::vector<std::vector<std::uint64_t>> values(kernel.reductions.size());
    do {
      const auto v = run_region(kernel.body, launch.inputs, launch.stores, launch.params, {}, at);
      for (std::size_t r = 0; r < values.size(); ++r) values[r].push_back(v[kernel.reductions[r].value]);
    } while (next(at, launch.extents, [&](std::size_t a) { return static_cast<bool>(kernel.reduced[a]); }));
    if (kernel.reductions.empty()) continue;
    std::vector<std::uint64_t> reduced;
    for (std::size_t r = 0; r < values.size(); ++r) reduced.push_back(reduce(kernel, kernel.reductions[r], values[r]));
    Coordinates kept;
    for (std::size_t a = 0; a < at.size(); ++a)
      if (!kernel.reduced[a]) kept.push_back(at[a]);
    run_region(kernel.epilogue, launch.epilogue_inputs, launch.epilogue_stores, launch.epilogue_params, reduced, kept);
  } while (next(at, launch.extents, [&](std::size_t a) { return !kernel.reduced[a]; }));
}

}  // namespace ingot::cuda_test
