#include "host/ir/range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::ir {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::infinity();

// The largest operand that is not rare; kUnknown for ops without rare cases, 0 if rarity is another matter than size.
double common_limit(const Region& region, const Instr& instr) {
  if (instr.code != Code::Apply || !is_floating(instr.dtype)) return kUnknown;
  [[maybe_unused]] const bool single = region.code[instr.args[0]].dtype == DType::Float32;
  switch (instr.op) {
#define INGOT_RARE_OP(NAME, arity) \
  case Op::NAME: return 0;
#define INGOT_RARE_BEYOND(NAME, f64, f32) \
  case Op::NAME: return single ? f32 : f64;
#include "kernels/math/slow.def"
    default: return kUnknown;
  }
}

double largest(DType dtype) {
  if (is_bool(dtype)) return 1;
  if (is_floating(dtype)) return kUnknown;
  return std::ldexp(1.0, static_cast<int>(8 * itemsize(dtype)));
}

// A bound on the magnitude of what an op gives, NaN apart, from bounds on its operands.
double bound(Op op, double a, double b, double c) {
  switch (op) {
    case Op::random_normal: return 9.5;
    case Op::random_uniform:
    case Op::sin:
    case Op::cos:
    case Op::fast_sin:
    case Op::fast_cos:
    case Op::fast_tanh:
    case Op::sinpi:
    case Op::cospi:
    case Op::sinc:
    case Op::tanh:
    case Op::sigmoid:
    case Op::erf:
    case Op::sign: return 1;
    case Op::erfc: return 2;
    case Op::asin:
    case Op::acos:
    case Op::atan:
    case Op::atan2: return 4;
    case Op::negative:
    case Op::abs:
    case Op::asinh:
    case Op::gelu:
    case Op::fmod:
    case Op::copysign: return a;
    case Op::heaviside: return std::max(1.0, b);
    case Op::fma: return a * b + c;
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc:
    case Op::cbrt: return a + 1;
    case Op::sqrt: return std::sqrt(a);
    case Op::square: return a * a;
    case Op::add:
    case Op::subtract:
    case Op::hypot: return a + b;
    case Op::multiply: return a * b;
    case Op::minimum:
    case Op::maximum: return std::max(a, b);
    case Op::where: return std::max(b, c);
    case Op::clip: return std::max({a, b, c});
    default: return kUnknown;
  }
}

double rounded_to_half(double bound) { return bound < 0x1p15 ? bound * (1 + 0x1p-8) : kUnknown; }

// Bounds on all values, if those of floating Load and Param instructions do not exceed `inputs`.
std::vector<double> bounds(const Region& region, double inputs) {
  constexpr double kRounding = 1 + 0x1p-20;  // of every step, and of these sums themselves
  constexpr double kOverflow = 0x1p126;      // beyond it a float32 may become infinite
  std::vector<double> list;
  for (const Instr& instr : region.code) {
    const auto of = [&](int k) { return k < argument_count(instr) ? list[instr.args[k]] : 0; };
    double value = kUnknown;
    switch (instr.code) {
      case Code::Load:
      case Code::Param: value = is_half(instr.dtype) ? kUnknown : inputs; break;  // nobody asks how large a half is
      case Code::Reduced: break;
      case Code::Cast: value = is_half(instr.dtype) ? rounded_to_half(of(0)) : of(0); break;
      case Code::Apply: value = bound(instr.op, of(0), of(1), of(2)); break;
    }
    value *= kRounding;
    if (!(value < kOverflow)) value = kUnknown;
    list.push_back(is_floating(instr.dtype) ? value : largest(instr.dtype));
  }
  return list;
}

std::vector<bool> sure(const Region& region, const std::vector<double>& bounds) {
  std::vector<bool> list;
  for (const Instr& instr : region.code) {
    const double limit = common_limit(region, instr);
    list.push_back(limit != kUnknown && limit != 0 && bounds[instr.args[0]] <= limit);
  }
  return list;
}

}  // namespace

CommonPaths common_paths(const Region& region) {
  const std::size_t count = region.code.size();
  CommonPaths paths{sure(region, bounds(region, kUnknown)), {}, std::vector<bool>(count), 0};
  int asking = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double limit = common_limit(region, region.code[i]);
    if (limit == 0) return paths;
    asking += limit != kUnknown && !paths.always[i];
  }
  if (asking < 2) return paths;

  for (const double limit : {0x1p18, 0x1p11, 0x1p6, 0x1p2}) {
    paths.guarded = sure(region, bounds(region, limit));
    bool all = true;
    for (std::size_t i = 0; i < count; ++i)
      all = all && (common_limit(region, region.code[i]) == kUnknown || paths.guarded[i]);
    if (!all) continue;
    paths.limit = limit;
    break;
  }
  if (paths.limit == 0) return paths;

  // What the guarded ops depend on is asked, as far as nothing in between is bounded whatever it depends on.
  std::vector<bool> matters(count);
  for (std::size_t i = count; i-- > 0;) {
    const Instr& instr = region.code[i];
    if (paths.guarded[i] && !paths.always[i]) matters[instr.args[0]] = true;
    if (!matters[i] || !is_floating(instr.dtype)) continue;
    if ((instr.code == Code::Load || instr.code == Code::Param) && !is_half(instr.dtype)) paths.asked[i] = true;
    if (instr.code == Code::Apply && bound(instr.op, kUnknown, kUnknown, kUnknown) != kUnknown) continue;
    for (int k = 0; k < argument_count(instr); ++k) matters[instr.args[k]] = true;
  }
  return paths;
}

}  // namespace ingot::ir
