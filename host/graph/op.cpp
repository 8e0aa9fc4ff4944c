#include "host/graph/op.h"

#include <iterator>

#include "kernels/cpu/support.h"

namespace ingot {
namespace {

constexpr auto None = None_;
constexpr unsigned Commutative = Commutative_, Associative = Associative_, Selects = Selects_;

constexpr std::string_view kReducers[] = {
#define INGOT_OP(...)
#define INGOT_REDUCER(name, ...) #name,
#include "kernels/ops.def"
};

constexpr State kStates[] = {
#define INGOT_OP(...)
#define INGOT_REDUCER(name, combine, state, doc) State::state,
#include "kernels/ops.def"
};

constexpr RoutineInfo kRoutines[] = {
#define INGOT_ROUTINE(name, cost, inputs, doc) {#name, cost, RoutineInputs::inputs, doc},
#include "kernels/prebuilt/routines.def"
};

}  // namespace

const RoutineInfo& info(Routine routine) noexcept { return kRoutines[static_cast<int>(routine)]; }

constexpr OpInfo kOps[] = {
#define INGOT_OP(name, arity, operands, result, properties, cost, ulp, low, high, doc) \
  {#name, arity, Operands::operands, Result::result, properties, cost, ulp, low, high, doc},
#include "kernels/ops.def"
};

static_assert(std::size(kOps) <= cpu::kMaxOps && std::size(kReducers) <= cpu::kMaxReducers);

const int kOpCount = static_cast<int>(std::size(kOps));
const int kReducerCount = static_cast<int>(std::size(kReducers));

std::string_view name(Reducer reducer) noexcept { return kReducers[static_cast<int>(reducer)]; }

State state(Reducer reducer) noexcept { return kStates[static_cast<int>(reducer)]; }

bool has_fold(Reducer reducer, DType value) noexcept {
  if (is_half(value)) return false;
  if (!is_computable(value)) return false;
  if (reducer == Reducer::any || reducer == Reducer::all) return is_bool(value);
  const bool floats_only = state(reducer) == State::Moments || state(reducer) == State::Exponentials;
  return floats_only ? is_floating(value) : !is_bool(value);
}

bool has_body(Op op, DType operand) noexcept {
  if (!is_computable(operand) || is_half(operand)) return false;
  switch (info(op).operands) {
    case Operands::Any: return true;
    case Operands::Number: return !is_bool(operand);
    case Operands::Integral: return is_bool(operand) || is_integer(operand);
    case Operands::Integer: return is_integer(operand);
    case Operands::Float:
    case Operands::Fast: return is_floating(operand);
    case Operands::Bool: return is_bool(operand);
    case Operands::Index: return operand == DType::Int64;
  }
  return false;
}

std::string_view short_name(DType dtype) noexcept {
  constexpr std::string_view kNames[kDTypeCount] = {"bool", "i8",  "i16",  "i32", "i64", "u8",  "u16", "u32",
                                                    "u64",  "f16", "bf16", "f32", "f64", "c64", "c128"};
  return kNames[static_cast<int>(dtype)];
}

}  // namespace ingot
