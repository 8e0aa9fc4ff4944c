// Enums and tables expanded from kernels/ops.def, and the promotion of an op's operands to the dtype its body runs in.
#pragma once

#include <cstdint>
#include <string_view>

#include "ingot/dtype.hpp"

namespace ingot {

enum class Op : std::uint8_t {
#define INGOT_OP(name, ...) name,
#include "kernels/ops.def"
};

enum class Reducer : std::uint8_t {
#define INGOT_OP(...)
#define INGOT_REDUCER(name, ...) name,
#include "kernels/ops.def"
};

/// What a reducer folds into.
enum class State : std::uint8_t { Value, Moments, Exponentials, Best };

/// What is not generated: a row of kernels/prebuilt/routines.def.
enum class Routine : std::uint8_t {
#define INGOT_ROUTINE(name, ...) name,
#include "kernels/prebuilt/routines.def"
};

/// How a routine takes its inputs: in C order, or as views of what is stored.
enum class RoutineInputs : std::uint8_t { Whole, Strided };

struct RoutineInfo {
  std::string_view name;
  int cost;
  RoutineInputs inputs;
  std::string_view doc;
};

const RoutineInfo& info(Routine routine) noexcept;

enum class Operands : std::uint8_t { Any, Number, Integral, Integer, Float, Bool, Index, Fast };
/// Whether rows of these operands have a public function.
constexpr bool has_function(Operands operands) noexcept {
  return operands != Operands::Index && operands != Operands::Fast;
}

enum class Result : std::uint8_t { Same, Bool, Random };

enum OpProperty : unsigned { None_ = 0, Commutative_ = 1, Associative_ = 2, Selects_ = 4 };

struct OpInfo {
  std::string_view name;
  int arity;
  Operands operands;
  Result result;
  unsigned properties;
  int cost;
  double ulp;
  double low, high;
  std::string_view doc;
};

extern const OpInfo kOps[];
extern const int kOpCount;
extern const int kReducerCount;

inline const OpInfo& info(Op op) noexcept { return kOps[static_cast<int>(op)]; }
std::string_view name(Reducer reducer) noexcept;
State state(Reducer reducer) noexcept;

/// Of the result of reducing values of this dtype.
inline DType result_dtype(Reducer reducer, DType value) noexcept {
  return state(reducer) == State::Best ? DType::Int64 : value;
}

/// Whether a reducer takes values of this dtype.
bool has_fold(Reducer reducer, DType value) noexcept;

/// Whether kernels/math compiles a body of the op for operands of this dtype.
bool has_body(Op op, DType operand) noexcept;

/// bool, i8 ... u64, f16, bf16, f32, f64, c64, c128: as kernels, symbols and golden files write it.
std::string_view short_name(DType dtype) noexcept;

/// Float16 and BFloat16, which have casts and no other body: an op of theirs is recorded as that of Float32 between
/// casts (build.h).
constexpr bool is_half(DType dtype) noexcept { return dtype == DType::Float16 || dtype == DType::BFloat16; }

/// A dtype that kernels know: all but the complex ones.
constexpr bool is_computable(DType dtype) noexcept { return !is_complex(dtype); }

}  // namespace ingot
