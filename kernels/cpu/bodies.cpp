// Every scalar op as a function over the lanes of a few vectors, compiled to bitcode once per CPU level and operand
// dtype (-DINGOT_BODIES_DTYPE=f64 and so on), and linked by host/emit/llvm into each kernel that uses it. Operands and
// results go by pointer, so that no vector crosses a call by value, whatever the target's calling convention makes of
// it; inlining and SROA remove the memory.
//
//   ingot_<op>_<dtype>_w<lanes>(out, a, b, c)            dtype is that of the operands (result Random: of the result)
//   ingot_common_<op>_<dtype>_w<lanes>(out, a, b, c)     without its rare cases (INGOT_RARE_BEYOND in slow.def)
//   ingot_split_sqrt_f64_w<lanes>(out, a)                where the level has it (square_root.h)
//   ingot_cast_<from>_<to>_w<lanes>(out, a)              to may be bool; from bool is from u8
//   ingot_sumsqdev_<dtype>_w<lanes>(shift, s, q, value)  folds a value into accumulators that are set
//   ingot_sumexp_<dtype>_w<lanes>(largest, sum, value)
//   ingot_argmin_<dtype>_w<lanes>(best, best_row, value, row), and argmax
//
// The dtypes of 16 bits (f16, bf16) have casts only, between lanes of their bits.
//
// A call takes as many lanes as the kernel's widest dtype allows, so a narrow dtype comes in several widths.
#include "kernels/cpu/bundle.h"
#include "kernels/math/math.h"
#include "kernels/math/reduce.h"
#include "kernels/math/square_root.h"

// INGOT_Wk: the lanes of kWide vectors of a k-byte dtype; INGOT_W16: of kNarrow vectors of an 8-byte one
// (kernels/cpu/bundle.h).
#if defined(__AVX512F__)
#define INGOT_LEVEL V4
#define INGOT_W16 16
#define INGOT_W8 32
#define INGOT_W4 64
#define INGOT_W2 128
#define INGOT_W1 256
#elif defined(__AVX2__)
#define INGOT_LEVEL V3
#define INGOT_W16 8
#define INGOT_W8 16
#define INGOT_W4 32
#define INGOT_W2 64
#define INGOT_W1 128
#else
#define INGOT_LEVEL Baseline
#define INGOT_W16 4
#define INGOT_W8 8
#define INGOT_W4 16
#define INGOT_W2 32
#define INGOT_W1 64
#endif

#define INGOT_SIZE_i8 1
#define INGOT_SIZE_u8 1
#define INGOT_SIZE_i16 2
#define INGOT_SIZE_u16 2
#define INGOT_SIZE_i32 4
#define INGOT_SIZE_u32 4
#define INGOT_SIZE_i64 8
#define INGOT_SIZE_u64 8
#define INGOT_SIZE_f16 2
#define INGOT_SIZE_bf16 2
#define INGOT_SIZE_f32 4
#define INGOT_SIZE_f64 8
#define INGOT_IS_FLOAT_f32 1
#define INGOT_IS_FLOAT_f64 1
#define INGOT_IS_HALF_f16 1
#define INGOT_IS_HALF_bf16 1
#define INGOT_IS_U8_u8 1
#define INGOT_IS_I64_i64 1

#define INGOT_PASTE_(a, b) a##b
#define INGOT_PASTE(a, b) INGOT_PASTE_(a, b)
#define INGOT_SIZE INGOT_PASTE(INGOT_SIZE_, INGOT_BODIES_DTYPE)
#define INGOT_IS_FLOAT INGOT_PASTE(INGOT_IS_FLOAT_, INGOT_BODIES_DTYPE)
#define INGOT_IS_HALF INGOT_PASTE(INGOT_IS_HALF_, INGOT_BODIES_DTYPE)
#define INGOT_IS_U8 INGOT_PASTE(INGOT_IS_U8_, INGOT_BODIES_DTYPE)
#define INGOT_IS_I64 INGOT_PASTE(INGOT_IS_I64_, INGOT_BODIES_DTYPE)

#define INGOT_EACH_WIDTH_8(X, ...) X(INGOT_W16, __VA_ARGS__) X(INGOT_W8, __VA_ARGS__)
#define INGOT_EACH_WIDTH_4(X, ...) INGOT_EACH_WIDTH_8(X, __VA_ARGS__) X(INGOT_W4, __VA_ARGS__)
#define INGOT_EACH_WIDTH_2(X, ...) INGOT_EACH_WIDTH_4(X, __VA_ARGS__) X(INGOT_W2, __VA_ARGS__)
#define INGOT_EACH_WIDTH_1(X, ...) INGOT_EACH_WIDTH_2(X, __VA_ARGS__) X(INGOT_W1, __VA_ARGS__)
#define INGOT_EACH_WIDTH INGOT_PASTE(INGOT_EACH_WIDTH_, INGOT_SIZE)

namespace {

using namespace ingot::math;

using Value = Stored<INGOT_BODIES_DTYPE>;

constexpr int kRegister = ingot::cpu::register_bytes(ingot::cpu::Level::INGOT_LEVEL);
static_assert(ingot::cpu::kWide * kRegister == INGOT_W1 && ingot::cpu::kNarrow * kRegister == 8 * INGOT_W16,
              "host/emit/llvm asks for lanes that these bodies do not have");

[[maybe_unused]] constexpr unsigned None = 0, Commutative = 0, Associative = 0;
constexpr unsigned Selects = 1;

template <class T, int kLanes>
INGOT_FN const vec<T, kLanes>& lanes(const void* memory) {
  return *static_cast<const vec<T, kLanes>*>(memory);
}

template <class V>
INGOT_FN void put(void* out, V value) {
  *static_cast<V*>(out) = value;
}

template <int kLanes, int kArity, unsigned kProperties, class F>
INGOT_FN void run(F body, void* out, const void* a, const void* b, const void* c) {
  if constexpr (kArity == 1)
    put(out, body(lanes<Value, kLanes>(a)));
  else if constexpr (kArity == 2)
    put(out, body(lanes<Value, kLanes>(a), lanes<Value, kLanes>(b)));
  else if constexpr (kProperties == Selects)
    put(out, body(lanes<u8, kLanes>(a), lanes<Value, kLanes>(b), lanes<Value, kLanes>(c)));
  else
    put(out, body(lanes<Value, kLanes>(a), lanes<Value, kLanes>(b), lanes<Value, kLanes>(c)));
}

}  // namespace

#define INGOT_SYMBOL_(name, dtype, width) ingot_##name##_##dtype##_w##width
#define INGOT_SYMBOL(name, dtype, width) INGOT_SYMBOL_(name, dtype, width)

#define INGOT_DEFINE(width, name, arity, properties)                                                                \
  extern "C" void INGOT_SYMBOL(name, INGOT_BODIES_DTYPE, width)(void* out, const void* a, const void* b,            \
                                                                const void* c) {                                    \
    run<width, arity, properties>([](auto... v) __attribute__((always_inline)) { return ingot::math::name(v...); }, \
                                  out, a, b, c);                                                                    \
  }

#define INGOT_BODY(name, arity, properties, ...) INGOT_EACH_WIDTH(INGOT_DEFINE, name, arity, properties)

// Dtypes of 16 bits are cast, and have no bodies.
#if !INGOT_IS_HALF
#define INGOT_BODY_Any INGOT_BODY
#define INGOT_BODY_Number INGOT_BODY
#if INGOT_IS_FLOAT
#define INGOT_BODY_Float INGOT_BODY
#define INGOT_BODY_Fast INGOT_BODY
#define INGOT_BODY_Integral(...)
#define INGOT_BODY_Integer(...)
#else
#define INGOT_BODY_Float(...)
#define INGOT_BODY_Fast(...)
#define INGOT_BODY_Integral INGOT_BODY
#define INGOT_BODY_Integer INGOT_BODY
#endif
#if INGOT_IS_U8
#define INGOT_BODY_Bool INGOT_BODY
#else
#define INGOT_BODY_Bool(...)
#endif
#if INGOT_IS_I64
#define INGOT_BODY_Index_Same INGOT_BODY
#else
#define INGOT_BODY_Index_Same(...)
#endif
#define INGOT_BODY_Index_Random(...)
#define INGOT_BODY_Index(name, arity, properties, result) INGOT_BODY_Index_##result(name, arity, properties)

#define INGOT_OP(name, arity, operands, result, properties, ...) INGOT_BODY_##operands(name, arity, properties, result)
#include "kernels/ops.def"
#endif

#define INGOT_CAST(width, to)                                                                                   \
  extern "C" void INGOT_SYMBOL(cast, INGOT_PASTE(INGOT_BODIES_DTYPE, _##to), width)(void* out, const void* a) { \
    put(out, cast_between<to, INGOT_BODIES_DTYPE>(lanes<Value, width>(a)));                                     \
  }
#define INGOT_CAST_BOOL(width, unused)                                                                          \
  extern "C" void INGOT_SYMBOL(cast, INGOT_PASTE(INGOT_BODIES_DTYPE, _bool), width)(void* out, const void* a) { \
    put(out, cast_to_bool<INGOT_BODIES_DTYPE>(lanes<Value, width>(a)));                                         \
  }
// Two dtypes meet in the widths that the wider of them has.
#define INGOT_CAST_8(to) INGOT_EACH_WIDTH_8(INGOT_CAST, to)
#if INGOT_SIZE == 8
#define INGOT_CAST_4(to) INGOT_EACH_WIDTH_8(INGOT_CAST, to)
#else
#define INGOT_CAST_4(to) INGOT_EACH_WIDTH_4(INGOT_CAST, to)
#endif
#if INGOT_SIZE >= 4
#define INGOT_CAST_2(to) INGOT_CAST_4(to)
#else
#define INGOT_CAST_2(to) INGOT_EACH_WIDTH_2(INGOT_CAST, to)
#endif
#if INGOT_SIZE >= 2
#define INGOT_CAST_1(to) INGOT_CAST_2(to)
#else
#define INGOT_CAST_1(to) INGOT_EACH_WIDTH_1(INGOT_CAST, to)
#endif

INGOT_CAST_8(i64)
INGOT_CAST_8(u64)
INGOT_CAST_8(f64)
// clang-format off
INGOT_CAST_4(i32) INGOT_CAST_4(u32) INGOT_CAST_4(f32) INGOT_CAST_2(i16) INGOT_CAST_2(u16) INGOT_CAST_2(f16) INGOT_CAST_2(bf16) INGOT_CAST_1(i8) INGOT_CAST_1(u8)
INGOT_EACH_WIDTH(INGOT_CAST_BOOL, 0)
// clang-format on

#if INGOT_IS_FLOAT
#define INGOT_RANDOM(width, name)                                                                        \
  extern "C" void INGOT_SYMBOL(name, INGOT_BODIES_DTYPE, width)(void* out, const void* a, const void* b, \
                                                                const void*) {                           \
    put(out, name<Value>(lanes<i64, width>(a), lanes<i64, width>(b)));                                   \
  }
        INGOT_EACH_WIDTH_8(INGOT_RANDOM, random_uniform) INGOT_EACH_WIDTH_8(INGOT_RANDOM, random_normal)

#define INGOT_COMMON(width, name)                                                                               \
  extern "C" void INGOT_SYMBOL(common_##name, INGOT_BODIES_DTYPE, width)(void* out, const void* a, const void*, \
                                                                         const void*) {                         \
    put(out, name##_common(lanes<Value, width>(a)));                                                            \
  }
#define INGOT_RARE_BEYOND(name, ...) INGOT_EACH_WIDTH(INGOT_COMMON, name)
#include "kernels/math/slow.def"

#if INGOT_SIZE == 8 && defined(__AVX512F__)
#define INGOT_SPLIT_SQRT(width, unused)                                                                      \
  extern "C" void INGOT_SYMBOL(split_sqrt, INGOT_BODIES_DTYPE, width)(void* out, const void* a, const void*, \
                                                                      const void*) {                         \
    put(out, split_sqrt(lanes<Value, width>(a)));                                                            \
  }
            INGOT_EACH_WIDTH(INGOT_SPLIT_SQRT, 0)
#endif

#define INGOT_SUMSQDEV(width, unused)                                                                              \
  extern "C" void INGOT_SYMBOL(sumsqdev, INGOT_BODIES_DTYPE, width)(const void* shift, void* s, void* q,           \
                                                                    const void* value) {                           \
    using V = vec<Value, width>;                                                                                   \
    const ShiftedSums<V> sums = moments_update<V>(                                                                 \
        {lanes<Value, width>(shift), lanes<Value, width>(s), lanes<Value, width>(q)}, lanes<Value, width>(value)); \
    put(s, sums.sum);                                                                                              \
    put(q, sums.squares);                                                                                          \
  }
                INGOT_EACH_WIDTH(INGOT_SUMSQDEV, 0)

#define INGOT_SUMEXP(width, unused)                                                                                   \
  extern "C" void INGOT_SYMBOL(sumexp, INGOT_BODIES_DTYPE, width)(void* largest, void* sum, const void* value) {      \
    using V = vec<Value, width>;                                                                                      \
    const Exponentials<V> s =                                                                                         \
        exponentials_update<V>({lanes<Value, width>(largest), lanes<Value, width>(sum)}, lanes<Value, width>(value)); \
    put(largest, s.largest);                                                                                          \
    put(sum, s.sum);                                                                                                  \
  }
                    INGOT_EACH_WIDTH(INGOT_SUMEXP, 0)
#endif

#define INGOT_BEST(width, name, is_greatest)                                                                     \
  extern "C" void INGOT_SYMBOL(name, INGOT_BODIES_DTYPE, width)(void* best, void* best_row, const void* value,   \
                                                                const void* row) {                               \
    using V = vec<Value, width>;                                                                                 \
    const BestRow<V> b = best_update<is_greatest, V>({lanes<Value, width>(best), lanes<Value, width>(best_row)}, \
                                                     lanes<Value, width>(value), lanes<Value, width>(row));      \
    put(best, b.value);                                                                                          \
    put(best_row, b.row);                                                                                        \
  }
                        INGOT_EACH_WIDTH(INGOT_BEST, argmin, false) INGOT_EACH_WIDTH(INGOT_BEST, argmax, true)
