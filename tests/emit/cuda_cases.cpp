#include "tests/emit/cuda_cases.h"

#include <stdexcept>

namespace ingot::cuda_test {
namespace {

using ir::Access;
using ir::Code;
using enum DType;
constexpr Access C = Access::Contiguous, U = Access::Uniform, S = Access::Strided;
constexpr bool kept = false, reduced = true;

// Writes one region.
class Body {
 public:
  explicit Body(ir::Region& region) : region_(region) {}
  int load(DType dtype, Access access) { return input({dtype, access, false}); }
  int index(Access access = C) { return input({Int64, access, true}); }
  int param(DType dtype) {
    region_.params.push_back(dtype);
    return add({Code::Param, {}, dtype, static_cast<std::uint16_t>(region_.params.size() - 1), {}});
  }
  int reduced_value(int r, DType dtype) { return add({Code::Reduced, {}, dtype, static_cast<std::uint16_t>(r), {}}); }
  int cast(DType to, int value) { return add({Code::Cast, {}, to, 0, {static_cast<std::uint16_t>(value)}}); }
  int apply(Op op, DType result, int a, int b = 0, int c = 0) {
    return add({Code::Apply,
                op,
                result,
                0,
                {static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b), static_cast<std::uint16_t>(c)}});
  }
  void store(int value, Access access = C) {
    region_.stores.push_back({static_cast<std::uint16_t>(value), {region_.code[value].dtype, access, false}});
  }

 private:
  int input(ir::Operand operand) {
    region_.inputs.push_back(operand);
    return add({Code::Load, {}, operand.dtype, static_cast<std::uint16_t>(region_.inputs.size() - 1), {}});
  }
  int add(ir::Instr instr) {
    region_.code.push_back(instr);
    return static_cast<int>(region_.code.size()) - 1;
  }
  ir::Region& region_;
};

class Builder {
 public:
  explicit Builder(std::vector<bool> axes) : body(kernel_.body), epilogue(kernel_.epilogue) {
    kernel_.reduced = std::move(axes);
  }
  /// Reduces a value of the body and gives the result as a value of the epilogue.
  int reduce(Reducer reducer, int value) {
    kernel_.reductions.push_back({reducer, static_cast<std::uint16_t>(value)});
    return epilogue.reduced_value(static_cast<int>(kernel_.reductions.size()) - 1,
                                  result_dtype(reducer, kernel_.body.code[value].dtype));
  }
  const ir::Kernel& kernel() const { return kernel_; }

 private:
  ir::Kernel kernel_;

 public:
  Body body, epilogue;
};

struct Cases {
  std::vector<Case> all;
  void add(std::string name, const Builder& builder, cuda::Options options = {}) {
    options.name = name;
    all.push_back({std::move(name), builder.kernel(), std::move(options)});
    ir::verify(all.back().kernel);
  }
};

void map_cases(Cases& out) {
  {
    Builder b({kept});
    const int x = b.body.load(Float64, C);
    const int root = b.body.apply(Op::sqrt, Float64, x), sine = b.body.apply(Op::sin, Float64, x);
    b.body.store(b.body.apply(Op::add, Float64, root, sine));
    out.add("map_sqrt_plus_sin", b, {.vectors = {true, true}});
  }
  {
    // One operand out of step with the others, a parameter, a scalar in memory.
    Builder b({kept});
    const int x = b.body.load(Float32, C), y = b.body.load(Float32, C), a = b.body.param(Float32),
              s = b.body.load(Float32, U);
    const int ax = b.body.apply(Op::multiply, Float32, a, x), sy = b.body.apply(Op::multiply, Float32, s, y);
    b.body.store(b.body.apply(Op::add, Float32, ax, sy));
    out.add("map_unaligned_operand", b, {.vectors = {true, false, false, true}});
    out.add("map_nothing_aligned", b);
    out.add("map_wide", b, {.wide = true, .vectors = {true, true, false, true}});
  }
  {
    Builder b({kept, kept, kept});
    const int x = b.body.load(Float64, C), y = b.body.load(Float64, U);
    b.body.store(b.body.apply(Op::subtract, Float64, x, y));
    out.add("map_rank3", b, {.vectors = {true, false, true}});
    out.add("map_rank3_wide", b, {.wide = true, .vectors = {true, false, true}});
  }
  {
    Builder b({kept, kept});
    const int x = b.body.load(Float64, S), y = b.body.load(Float64, C);
    b.body.store(b.body.apply(Op::maximum, Float64, x, y), C);
    b.body.store(x, S);
    out.add("map_strided", b);
    out.add("map_transposed", b, {.tile_axis = 0, .tiled = {true, false}});
  }
  {
    Builder b({kept, kept, kept});
    const int x = b.body.load(Int8, S), y = b.body.load(Int64, S), i = b.body.index(S), u = b.body.load(Int64, U);
    const int xy = b.body.apply(Op::add, Int64, b.body.cast(Int64, x), y);
    const int iu = b.body.apply(Op::multiply, Int64, i, u);
    b.body.store(b.body.apply(Op::add, Int64, xy, iu));
    out.add("map_transposed_rank3_wide", b, {.wide = true, .tile_axis = 1, .tiled = {true, true, false, false}});
  }
  {
    // Mixed widths, bool and casts: the unit is that of the widest.
    Builder b({kept});
    const int mask = b.body.load(Bool, C), x = b.body.load(Int8, C), y = b.body.load(Float32, C);
    const int z = b.body.cast(Float32, x);
    b.body.store(b.body.apply(Op::where, Float32, mask, z, y));
    b.body.store(b.body.apply(Op::less, Bool, z, y));
    b.body.store(b.body.cast(Bool, y));
    out.add("map_bool_and_casts", b, {.vectors = {true, true, true, true, true, true}});
  }
  {
    Builder b({kept});
    const int i = b.body.index(), key = b.body.param(Int64);
    b.body.store(b.body.apply(Op::random_uniform, Float64, i, key));
    out.add("map_random", b, {.vectors = {false, true}});
  }
  {
    Builder b({kept, kept});
    const int x = b.body.index(S), y = b.body.index(U);
    b.body.store(b.body.apply(Op::multiply, Int64, x, y));
    out.add("map_index", b);
  }
  {
    Builder b({kept});
    const int x = b.body.load(Float64, C), y = b.body.load(Float64, C);
    b.body.store(b.body.apply(Op::pow, Float64, x, y));
    out.add("map_pow", b, {.vectors = {true, true, true}});
  }
  {
    Builder b({kept});
    const int x = b.body.load(UInt8, C), y = b.body.load(UInt8, C);
    b.body.store(b.body.apply(Op::add, UInt8, x, y));
    out.add("map_bytes", b, {.vectors = {true, true, true}});
  }
}

void row_cases(Cases& out) {
  using cuda::Schedule;
  {
    Builder b({reduced});
    const int s = b.reduce(Reducer::sum, b.body.load(Float64, C));
    b.epilogue.store(s);
    out.add("row_sum_all", b, {.vectors = {true}});
    out.add("row_sum_all_unaligned_wide", b, {.wide = true});
    out.add("row_sum_short", b, {.schedule = Schedule::Warp, .vectors = {true}});
    out.add("row_sum_more_in_flight", b, {.vectors = {true}, .bytes_in_flight = 128 * 1024});
  }
  {
    Builder b({reduced});
    const int x = b.body.load(Float64, C);
    const int root = b.body.apply(Op::sqrt, Float64, x), sine = b.body.apply(Op::sin, Float64, x);
    const int s = b.reduce(Reducer::sum, b.body.apply(Op::add, Float64, root, sine));
    b.epilogue.store(b.epilogue.apply(Op::divide, Float64, s, b.epilogue.param(Float64)));
    out.add("row_mean_of_sqrt_plus_sin", b, {.vectors = {true}});
  }
  {
    Builder b({kept, reduced});
    const int s = b.reduce(Reducer::sum, b.body.load(Float32, C));
    b.epilogue.store(b.epilogue.apply(Op::multiply, Float32, s, b.epilogue.load(Float32, C)));
    out.add("row_sum_rows", b, {.schedule = Schedule::Warp, .vectors = {true}});
    out.add("row_sum_rows_by_block", b, {.vectors = {true}});
  }
  {
    // Sibling reductions of one pass over a broadcast difference, and what follows them.
    Builder b({kept, kept, reduced});
    const int y = b.body.load(Float64, C), z = b.body.load(Float64, U), x = b.body.apply(Op::subtract, Float64, y, z);
    const int sum = b.reduce(Reducer::sum, x), square = b.reduce(Reducer::sumsqdev, x), top = b.reduce(Reducer::max, x);
    const int positive = b.reduce(Reducer::any, b.body.apply(Op::less, Bool, b.body.param(Float64), x));
    b.epilogue.store(b.epilogue.apply(Op::divide, Float64, sum, b.epilogue.param(Float64)));
    b.epilogue.store(b.epilogue.apply(Op::sqrt, Float64, square), S);
    b.epilogue.store(b.epilogue.apply(Op::subtract, Float64, top, b.epilogue.load(Float64, U)));
    b.epilogue.store(positive);
    out.add("row_siblings", b, {.schedule = Schedule::Warp, .vectors = {true}});
    out.add("row_siblings_by_block", b, {.vectors = {true}});
  }
  {
    Builder b({reduced, kept, reduced});
    const int s = b.reduce(Reducer::sum, b.body.load(Float64, C));
    b.epilogue.store(s);
    out.add("row_mixed_axes", b, {.schedule = Schedule::Warp});
    out.add("row_mixed_axes_whole_units", b, {.schedule = Schedule::Warp, .whole_units = true, .vectors = {true}});
    out.add("row_mixed_axes_by_block_wide", b, {.wide = true});
  }
  {
    // The element-wise result is wanted as well; element offsets and a generated operand.
    Builder b({reduced, kept, reduced});
    const int y = b.body.load(Float32, S), i = b.body.cast(Float32, b.body.index());
    const int x = b.body.apply(Op::add, Float32, y, i);
    b.body.store(x, C);
    b.epilogue.store(b.reduce(Reducer::sumsqdev, x));
    out.add("row_with_store_by_element", b, {.schedule = Schedule::Warp});
  }
  {
    Builder b({reduced});
    const int x = b.body.apply(Op::square, Float32, b.body.load(Float32, C));
    b.body.store(x, C);
    b.epilogue.store(b.reduce(Reducer::sum, x));
    b.epilogue.store(b.reduce(Reducer::min, b.body.cast(Int8, x)));
    out.add("row_with_store", b, {.vectors = {true, true}});
  }
  {
    // No order to keep: units are as wide as memory likes.
    Builder b({kept, reduced});
    const int x = b.body.load(Bool, C);
    b.epilogue.store(b.reduce(Reducer::any, x));
    b.epilogue.store(b.reduce(Reducer::all, x));
    out.add("row_any_and_all", b, {.schedule = Schedule::Warp, .vectors = {true}});
  }
  {
    // Narrow elements beside a wide one that is the same for a row: the registers bound the units, not the bytes read.
    Builder b({kept, reduced});
    const int x = b.body.cast(Float64, b.body.load(Int8, S));
    const int y = b.body.apply(Op::add, Float64, x, b.body.load(Float64, U));
    b.body.store(y);
    b.epilogue.store(b.reduce(Reducer::max, y));
    out.add("row_of_narrow_and_wide", b, {.schedule = Schedule::Warp, .vectors = {false, false, true}});
  }
  {
    // More states than the registers of two blocks hold.
    Builder b({reduced});
    const int x = b.body.load(Float64, C);
    for (const Reducer r : {Reducer::sum, Reducer::prod, Reducer::sumsqdev, Reducer::max, Reducer::min, Reducer::sumexp,
                            Reducer::argmax, Reducer::argmin})
      b.epilogue.store(b.reduce(r, x));
    for (int i = 0; i < 4; ++i) b.body.store(b.body.apply(Op::multiply, Float64, x, b.body.param(Float64)));
    out.add("row_of_many_states", b, {.vectors = {true, true, true, true, true}});
  }
  {
    Builder b({kept, reduced});
    b.epilogue.store(b.reduce(Reducer::prod, b.body.cast(Int64, b.body.load(Int8, S))));
    out.add("row_product_of_bytes", b, {.schedule = Schedule::Warp});
  }
}

void state_cases(Cases& out) {
  {
    Builder b({kept, reduced});
    b.epilogue.store(b.reduce(Reducer::argmax, b.body.load(Float64, C)));
    out.add("row_argmax", b, {.schedule = cuda::Schedule::Warp, .vectors = {true}});
    out.add("row_argmax_by_block", b, {.vectors = {true}});
  }
  {
    Builder b({reduced, kept});
    const int x = b.body.load(Int8, C);
    b.epilogue.store(b.reduce(Reducer::argmin, x));
    b.epilogue.store(b.reduce(Reducer::sum, b.body.cast(Int64, x)));
    out.add("column_argmin_and_sum", b, {.vectors = {true, true, true}});
  }
  for (const bool rows : {true, false}) {
    Builder b(rows ? std::vector<bool>{kept, reduced} : std::vector<bool>{reduced, kept});
    const int x = b.body.load(Float32, C), top = b.reduce(Reducer::max, x), sum = b.reduce(Reducer::sumexp, x);
    b.epilogue.store(b.epilogue.apply(Op::add, Float32, top, b.epilogue.apply(Op::log, Float32, sum)));
    out.add(rows ? "row_logsumexp" : "column_logsumexp", b, {.vectors = {true, true}});
  }
}

void column_cases(Cases& out) {
  {
    Builder b({reduced, kept});
    b.epilogue.store(b.reduce(Reducer::sum, b.body.load(Float64, C)));
    out.add("column_sum", b, {.vectors = {true, true}});
    out.add("column_sum_unaligned_wide", b, {.wide = true});
  }
  {
    Builder b({reduced, kept});
    const int y = b.body.load(Float32, C), z = b.body.load(Float32, U), x = b.body.apply(Op::subtract, Float32, y, z);
    const int square = b.reduce(Reducer::sumsqdev, x), top = b.reduce(Reducer::max, x);
    b.epilogue.store(b.epilogue.apply(Op::divide, Float32, square, b.epilogue.param(Float32)));
    b.epilogue.store(b.epilogue.apply(Op::add, Float32, top, b.epilogue.load(Float32, C)));
    out.add("column_siblings", b, {.vectors = {true, false, true, true, false}});
  }
  {
    Builder b({kept, reduced, kept});
    b.epilogue.store(b.reduce(Reducer::sum, b.body.load(Float32, C)), S);
    out.add("column_kept_outside", b, {.vectors = {true, false}});
  }
  {
    Builder b({reduced, kept, reduced, kept});
    const int y = b.body.load(Float64, S), i = b.body.cast(Float64, b.body.index(C));
    const int x = b.body.apply(Op::add, Float64, y, i);
    b.body.store(x, C);
    b.epilogue.store(b.reduce(Reducer::sumsqdev, x));
    out.add("column_mixed_axes_with_store", b);
  }
  {
    Builder b({reduced, kept});
    const int x = b.body.load(Bool, C);
    b.epilogue.store(b.reduce(Reducer::any, x));
    b.epilogue.store(b.reduce(Reducer::sum, b.body.cast(Int64, x)));
    out.add("column_any_and_count", b, {.vectors = {true, true, true}});
  }
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    Cases out;
    map_cases(out);
    row_cases(out);
    column_cases(out);
    state_cases(out);
    return out.all;
  }();
  return all;
}

const Case& find_case(const std::string& name) {
  for (const Case& c : cases())
    if (c.name == name) return c;
  throw std::out_of_range("no case named " + name);
}

}  // namespace ingot::cuda_test
