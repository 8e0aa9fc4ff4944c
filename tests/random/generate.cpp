#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <ranges>

#include "tests/oracle/complex.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

using oracle::Element;
using oracle::Wide;

const std::vector<Shape>& shapes(Size size) {
  static const std::vector<Shape> small = {{},
                                           {1},
                                           {7},
                                           {0},
                                           {130},
                                           {3, 5},
                                           {5, 1},
                                           {1, 5},
                                           {17, 9},
                                           {2, 3, 4},
                                           {4, 0, 2},
                                           {0, 3},
                                           {2, 1, 3, 1, 2},
                                           {65, 3},
                                           {3, 65},
                                           {1, 1},
                                           {257},
                                           {6, 2, 2, 3},
                                           {33, 1, 4},
                                           {1000},
                                           {2, 515},
                                           {515, 2},
                                           {19, 1},
                                           {8, 8},
                                           {1, 2, 1, 2, 1, 2},
                                           {31, 2, 7}};
  static const std::vector<Shape> large = {{200'003},    {301, 997},     {997, 301}, {61, 50, 77},    {2, 100'001},
                                           {100'001, 2}, {131, 1, 1000}, {65'536},   {13, 17, 19, 23}};
  return size == Size::Small ? small : large;
}

class Generator {
 public:
  Generator(std::uint64_t seed, Size size) : random_(seed * 2 + (size == Size::Large)), size_(size) {
    recipe_.seed = seed;
  }

  Recipe run() {
    leaf(pick(shapes(size_)));
    if (chance(2)) leaf(pick(shapes(size_)));
    const int wanted = size_ == Size::Small ? 3 + below(12) : 4 + below(5);
    for (int tries = 0; count() < wanted && tries < 200; ++tries) step();
    choose_roots();
    return std::move(recipe_);
  }

 private:
  int below(std::int64_t n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(int one_in) { return below(one_in) == 0; }
  template <class List>
  const std::ranges::range_value_t<List>& pick(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(std::size(list))))];
  }
  std::int64_t most() const { return size_ == Size::Small ? 3000 : 400'000; }
  int count() const { return static_cast<int>(recipe_.items.size()); }
  const Item& item(int i) const { return recipe_.items[static_cast<std::size_t>(i)]; }

  int add(Item item) {
    recipe_.items.push_back(std::move(item));
    return count() - 1;
  }

  double real(DType dtype) {
    const bool single = dtype == DType::Float32, half = is_half(dtype);
    if (tame_) return middle_ + uniform(-10, 10);
    switch (below(12)) {
      case 0: {
        static const double special[] = {0.0,
                                         -0.0,
                                         1.0,
                                         -1.0,
                                         0.5,
                                         std::numeric_limits<double>::infinity(),
                                         -std::numeric_limits<double>::infinity(),
                                         std::numeric_limits<double>::quiet_NaN()};
        return pick(special);
      }
      case 1: {
        static const double edges[] = {5e-324,
                                       -5e-324,
                                       2.2250738585072014e-308,
                                       -2.2250738585072009e-308,
                                       1.7976931348623157e308,
                                       -1.7976931348623157e308,
                                       0x1p63,
                                       -0x1p63,
                                       0x1p53,
                                       1e22};
        static const double single_edges[] = {0x1p-149,       -0x1p-149,       0x1p-126, -0x1.fffffcp-127,
                                              0x1.fffffep127, -0x1.fffffep127, 0x1p31,   0x1p24,
                                              1e10,           -0x1p63};
        static const double half_edges[] = {0x1p-24,  -0x1.8p-24, 0x1.ffcp-15, 65504,      65520,
                                            0x1p-133, 0x1.8p-134, 0x1.fep127,  0x1.ffp127, 0x1.004p0};
        return half ? pick(half_edges) : single ? pick(single_edges) : pick(edges);
      }
      case 2:
        if (half) return std::ldexp(uniform(-1, 1), below(44) - 26);
        return std::ldexp(uniform(-1, 1), below(single ? 250 : 2000) - (single ? 125 : 1000));
      case 3:
      case 4: return below(21) - 10;
      case 5: return uniform(0, 1);
      default: return uniform(-10, 10);
    }
  }

  double uniform(double low, double high) {
    return low + static_cast<double>(random_() >> 11) * 0x1p-53 * (high - low);
  }

  Wide whole(DType dtype) {
    if (is_bool(dtype)) return below(2);
    const int bits = 8 * static_cast<int>(itemsize(dtype));
    const Wide most = (Wide{1} << (is_signed_integer(dtype) ? bits - 1 : bits)) - 1;
    const Wide least = is_signed_integer(dtype) ? -most - 1 : 0;
    switch (below(8)) {
      case 0: return below(2) == 0 ? most - below(2) : least + below(2);
      case 1: return static_cast<Wide>(random_());
      case 2: return below(40);
      default: return is_signed_integer(dtype) ? below(17) - 8 : below(9);
    }
  }

  Element value(DType dtype) {
    return oracle::fit(dtype, is_floating(dtype) ? Element::real(real(dtype)) : Element::integer(whole(dtype)));
  }

  DType any_dtype() {
    switch (below(4)) {
      case 0: return DType::Float64;
      case 1: return DType::Float32;
      default: return pick(kDtypes);
    }
  }

  int leaf(const Shape& shape) { return leaf(shape, any_dtype()); }

  int leaf(const Shape& shape, DType dtype) {
    Item leaf;
    leaf.dtype = dtype;
    leaf.shape = shape;
    leaf.values = Tensor(dtype, shape);
    // Among special values a long sum is nearly always NaN, which hides its order: half of the leaves have none. A
    // third of those lie far from 0, where deviations from a mean are easily lost.
    tame_ = chance(2);
    middle_ = tame_ && chance(3) ? std::ldexp(1.0, below(is_half(dtype) ? 6 : dtype == DType::Float32 ? 17 : 40)) : 0;
    for (std::int64_t i = 0; i < leaf.values.size(); ++i) leaf.values.set(i, value(dtype));
    tame_ = false;
    if (shape.ndim() > 0 && shape.numel() > 0 && chance(5)) repeat(leaf, below(shape.ndim()));
    return add(std::move(leaf));
  }

  static void repeat(Item& leaf, int axis) {
    leaf.repeated = axis;
    const std::int64_t step = c_strides(leaf.shape)[axis], span = step * leaf.shape[axis];
    for (std::int64_t i = 0; i < leaf.values.size(); ++i) leaf.values.set(i, leaf.values[i / span * span + i % step]);
  }

  int scalar_for(DType dtype) {
    Item scalar;
    scalar.make = Make::Scalar;
    const bool real_number = is_floating(dtype) ? !chance(3) : chance(8);
    scalar.dtype = real_number ? DType::Float64 : DType::Int64;
    scalar.values = Tensor(scalar.dtype, Shape{});
    static const double reals[] = {2.0, 0.5, -1.5, 3.0, 1.0, 0.0, -0.25, 1e3};
    scalar.values.set(0, real_number ? Element::real(pick(reals)) : Element::integer(below(6)));
    return add(std::move(scalar));
  }

  int generated() {
    Item made;
    switch (below(3)) {
      case 0:
        made.make = Make::Full;
        made.dtype = any_dtype();
        made.shape = pick(shapes(size_));
        made.values = Tensor(made.dtype, Shape{});
        made.values.set(0, value(made.dtype));
        break;
      case 1:
        made.make = Make::Arange;
        made.dtype = DType::Int64;
        made.shape = Shape{pick(shapes(size_)).numel()};
        break;
      default:
        made.make = Make::Random;
        made.op = pick(std::array{Op::random_uniform, Op::random_normal, Op::random_integers});
        made.dtype = made.op == Op::random_integers  ? DType::Int64
                     : made.op == Op::random_uniform ? pick(kFloats)
                     : chance(2)                     ? DType::Float32
                                                     : DType::Float64;
        made.bound = chance(2) ? 1 + below(1000) : (std::int64_t{1} << 62) + below(1 << 20);
        made.shape = pick(shapes(size_));
        made.seed = random_();
    }
    return add(std::move(made));
  }

  int any_array() {
    for (;;) {
      // Later items more often: chains grow.
      const int i = std::max(below(count()), below(count()));
      if (item(i).make != Make::Scalar) return i;
    }
  }

  void step() {
    switch (below(23)) {
      case 22: scanned(); return;
      case 21: complex(); return;
      case 20: product(); return;
      case 16: sorted(); return;
      case 19: taken(); return;
      case 17:
      case 18: rows(); return;
      case 0: leaf(pick(shapes(size_))); return;
      case 1: generated(); return;
      case 2:
      case 3:
      case 4: view(); return;
      case 5:
      case 6:
      case 7: reduce(); return;
      case 8: cast(); return;
      default: elementwise(); return;
    }
  }

  // An array that broadcasts with the shape: an item, or a new leaf with some extents 1 or left out.
  int partner(const Shape& shape) {
    std::vector<int> candidates;
    for (int i = 0; i < count(); ++i) {
      Shape both;
      if (item(i).make != Make::Scalar && broadcast(shape, item(i).shape, both) && both.numel() <= most())
        candidates.push_back(i);
    }
    if (!candidates.empty() && !chance(4)) return pick(candidates);
    Shape other;
    const int skip = chance(3) ? below(shape.ndim() + 1) : 0;
    for (int k = skip; k < shape.ndim(); ++k) other.push_back(chance(4) ? 1 : shape[k]);
    return leaf(other);
  }

  static bool broadcast(const Shape& a, const Shape& b, Shape& both) {
    both = Shape(Dims(std::max(a.ndim(), b.ndim()), 1));
    for (int k = 0; k < both.ndim(); ++k) {
      const std::int64_t x = k < a.ndim() ? a[a.ndim() - 1 - k] : 1, y = k < b.ndim() ? b[b.ndim() - 1 - k] : 1;
      if (x != y && x != 1 && y != 1) return false;
      both[both.ndim() - 1 - k] = x == 1 ? y : x;
    }
    return true;
  }

  static bool refuses(Op op, DType dtype) {
    if (!has_function(info(op).operands)) return true;
    const bool bits = info(op).operands == Operands::Integral || info(op).operands == Operands::Integer;
    if (bits && is_floating(dtype)) return true;
    if (op == Op::nextafter) return is_half(dtype);
    if (!is_bool(dtype)) return false;
    return op == Op::subtract || op == Op::negative || op == Op::sign;
  }

  void elementwise() {
    Item made;
    made.make = Make::Elementwise;
    made.op = static_cast<Op>(below(kOpCount));
    const int arity = info(made.op).arity;
    Shape shape;
    for (int k = 0; k < arity; ++k) {
      const bool may_be_scalar = k > 0 && (made.op != Op::where || k == 2);
      int operand = k == 0 ? any_array() : partner(shape);
      if (may_be_scalar && chance(4)) operand = scalar_for(item(made.in.back()).dtype);
      made.in.push_back(operand);
      Shape both;
      if (!broadcast(shape, item(operand).shape, both) || both.numel() > most()) return;
      shape = both;
    }
    std::vector<const Item*> operands;
    for (std::size_t k = made.op == Op::where ? 1 : 0; k < made.in.size(); ++k) operands.push_back(&item(made.in[k]));
    DType dtype = computed_in(made.op, operands);
    if (refuses(made.op, dtype) || scalar_does_not_fit(made, dtype)) return;
    if ((made.op == Op::signbit || made.op == Op::copysign) && may_be_made_nan(*operands.back())) return;
    made.dtype = info(made.op).result == Result::Bool ? DType::Bool : dtype;
    made.shape = shape;
    add(std::move(made));
  }

  // Whether it may hold a NaN that arithmetic made, whose sign differs from processor to processor.
  static bool may_be_made_nan(const Item& item) { return is_floating(item.dtype) && item.make > Make::Random; }

  bool scalar_does_not_fit(const Item& made, DType dtype) const {
    if (info(made.op).operands == Operands::Bool) return false;
    return std::any_of(made.in.begin(), made.in.end(), [&](int i) {
      return item(i).make == Make::Scalar && is_bool(dtype) && item(i).values[0].i > 1;
    });
  }

  // An array, and again and again a reduction over its last axes and what it makes of the same rows, as in softmax.
  void rows() {
    int rows = any_array();
    const Shape shape = item(rows).shape;
    if (shape.empty() || shape.numel() == 0) return;
    Dims axes{-1};
    if (shape.ndim() > 1 && chance(4)) axes.push_back(-2);
    for (int round = 1 + below(3); round > 0; --round) {
      Item over;
      over.make = Make::Reduce;
      over.in = {rows};
      static const Reduction reductions[] = {Reduction::Max, Reduction::Sum, Reduction::Mean, Reduction::Stddev};
      over.reduction = pick(reductions);
      if (over.reduction == Reduction::Stddev && is_half(item(rows).dtype)) over.reduction = Reduction::Mean;
      over.axes = axes;
      over.keepdims = true;
      over.shape = shape;
      for (const std::int64_t axis : axes) over.shape[static_cast<int>(axis) + shape.ndim()] = 1;
      over.dtype = accumulated_in(over.reduction, item(rows).dtype);
      const int reduced = add(std::move(over));

      static const Op ops[] = {Op::subtract, Op::divide, Op::add, Op::multiply, Op::maximum};
      Item made;
      made.make = Make::Elementwise;
      made.op = pick(ops);
      made.in = {rows, reduced};
      made.shape = shape;
      made.dtype = computed_in(made.op, {&item(rows), &item(reduced)});
      if (refuses(made.op, made.dtype)) return;
      rows = add(std::move(made));
      if (!is_floating(item(rows).dtype) || !chance(3)) continue;
      Item heavy;
      heavy.make = Make::Elementwise;
      heavy.op = Op::exp;
      heavy.in = {rows};
      heavy.shape = shape;
      heavy.dtype = item(rows).dtype;
      rows = add(std::move(heavy));
    }
  }

  // A function of complex numbers with items for parts; small ones, since such a function is a hundred nodes to judge.
  void complex() {
    Item made;
    made.make = Make::Complex;
    made.op = pick(oracle::complex_ops());
    made.dtype = chance(2) ? DType::Float32 : DType::Float64;
    made.imag = chance(2);
    made.stored = chance(3);
    for (int k = 0; k < 2 * info(made.op).arity; ++k) {
      made.in.push_back(k == 0 ? any_array() : partner(made.shape));
      Shape both;
      if (!broadcast(made.shape, item(made.in.back()).shape, both) || both.numel() > 600) return;
      made.shape = both;
    }
    add(std::move(made));
  }

  void cast() {
    Item made;
    made.make = Make::Cast;
    made.in = {any_array()};
    made.dtype = pick(kDtypes);
    made.shape = item(made.in[0]).shape;
    add(std::move(made));
  }

  Slice slice(std::int64_t extent) {
    Slice s;
    const auto bound = [&] { return static_cast<std::int64_t>(below(2 * extent + 5)) - extent - 2; };
    if (!chance(3)) s.start = bound();
    if (!chance(3)) s.stop = bound();
    static const std::int64_t steps[] = {1, 1, 1, 2, 3, -1, -1, -2, 7, -1000};
    s.step = pick(steps);
    return s;
  }

  void index(Item& made, const Shape& from) {
    bool ellipsis_given = false;
    for (int k = 0; k < from.ndim(); ++k) {
      if (chance(6)) {
        made.indices.push_back(newaxis);
        made.shape.push_back(1);
      }
      if (!ellipsis_given && chance(6)) {
        // Stands for this axis and some that follow, and the rest must then be given.
        const int covered = below(from.ndim() - k + 1);
        ellipsis_given = true;
        made.indices.push_back(ellipsis);
        for (int j = 0; j < covered; ++j) made.shape.push_back(from[k + j]);
        k += covered - 1;
        continue;
      }
      if (from[k] > 0 && chance(4)) {
        made.indices.push_back(static_cast<std::int64_t>(below(2 * from[k])) - from[k]);
        continue;
      }
      const Slice s = slice(from[k]);
      made.indices.push_back(s);
      made.shape.push_back(resolve(s, from[k]).count);
    }
  }

  void view() {
    Item made;
    made.make = Make::View;
    made.in = {any_array()};
    const Item& from = item(made.in[0]);
    const Shape& shape = from.shape;
    made.dtype = from.dtype;
    made.looks = static_cast<Looks>(below(8));
    switch (made.looks) {
      case Looks::Index: index(made, shape); break;
      case Looks::Reverse:
        for (int k = shape.ndim() - 1; k >= 0; --k) made.shape.push_back(shape[k]);
        break;
      case Looks::Permute:
        for (int k = 0; k < shape.ndim(); ++k) made.list.push_back(k);
        std::shuffle(made.list.begin(), made.list.end(), random_);
        for (std::int64_t& axis : made.list) {
          made.shape.push_back(shape[static_cast<int>(axis)]);
          if (chance(4)) axis -= shape.ndim();
        }
        break;
      case Looks::Reshape: {
        std::int64_t rest = shape.numel();
        while (rest > 1 && made.shape.ndim() < 5) {
          static const std::int64_t factors[] = {2, 3, 5, 7, 1, 4};
          const std::int64_t factor = pick(factors);
          if (rest % factor != 0) break;
          made.shape.insert(below(made.shape.ndim() + 1), factor);
          rest /= factor;
        }
        made.shape.insert(below(made.shape.ndim() + 1), rest);
        made.list = made.shape;
        if (rest > 0 && chance(4)) made.list[below(made.list.size())] = -1;
        break;
      }
      case Looks::Broadcast:
        for (std::int64_t extent : shape) made.shape.push_back(extent == 1 && chance(2) ? 2 + below(4) : extent);
        if (chance(2)) made.shape.insert(0, 1 + below(3));
        made.list = made.shape;
        break;
      case Looks::Flip:
        for (int k = 0; k < shape.ndim(); ++k) {
          if (chance(2)) made.list.push_back(chance(3) ? k - shape.ndim() : k);
        }
        made.shape = shape;
        break;
      case Looks::Expand: {
        const int place = below(shape.ndim() + 1);
        made.list = Dims{place};
        made.shape = shape;
        made.shape.insert(place, 1);
        break;
      }
      case Looks::Squeeze:
        for (int k = 0; k < shape.ndim(); ++k) {
          if (shape[k] == 1 && !chance(4)) {
            made.list.push_back(k);
          } else {
            made.shape.push_back(shape[k]);
          }
        }
        break;
    }
    if (made.shape.numel() > most() || made.shape.ndim() > 8) return;
    add(std::move(made));
  }

  void sorted() {
    Item made;
    made.make = Make::Sort;
    made.in = {any_array()};
    made.shape = item(made.in[0]).shape;
    if (made.shape.empty()) return;
    made.routine = chance(2) ? Routine::argsort : Routine::sort;
    made.dtype = made.routine == Routine::argsort ? DType::Int64 : item(made.in[0]).dtype;
    made.axes = {below(2 * made.shape.ndim()) - made.shape.ndim()};
    made.descending = chance(2);
    add(std::move(made));
  }

  void scanned() {
    using prebuilt::ScanOp;
    Item made;
    made.make = Make::Scan;
    made.in = {any_array()};
    made.shape = item(made.in[0]).shape;
    if (made.shape.empty()) return;
    made.axes = {below(2 * made.shape.ndim()) - made.shape.ndim()};
    made.options = {.reverse = chance(2), .exclusive = chance(3)};
    made.scan = static_cast<ScanOp>(below(prebuilt::kScanOps));
    const DType dtype = item(made.in[0]).dtype;
    made.dtype = dtype;
    const bool whole = !is_floating(dtype);
    if (whole && made.scan == ScanOp::LogSumExp) made.dtype = DType::Float64;
    if (whole && (made.scan == ScanOp::Sum || made.scan == ScanOp::Product))
      made.dtype = is_unsigned_integer(dtype) ? DType::UInt64 : DType::Int64;
    add(std::move(made));
  }

  // At indices of their own, from both ends.
  void taken() {
    Item made;
    made.make = Make::Take;
    const int from = any_array();
    const Shape shape = item(from).shape;
    if (shape.empty()) return;
    const int axis = below(shape.ndim());
    const std::int64_t extent = shape[axis], most_taken = size_ == Size::Small ? 20 : 2000;
    made.along = chance(2);
    made.dtype = item(from).dtype;
    made.axes = {chance(2) ? axis : axis - shape.ndim()};
    const std::int64_t count = extent == 0 || chance(8) ? 0 : 1 + below(most_taken);
    Shape chosen;
    if (made.along) {
      chosen = shape;
      chosen[axis] = count;
      made.shape = chosen;
    } else {
      if (chance(3)) chosen.push_back(1 + below(3));
      chosen.push_back(count);
      for (int k = 0; k < shape.ndim(); ++k) {
        if (k != axis) made.shape.push_back(shape[k]);
        for (int i = 0; k == axis && i < chosen.ndim(); ++i) made.shape.push_back(chosen[i]);
      }
    }
    if (made.shape.numel() > most() || made.shape.ndim() > 8) return;
    Item indices;
    indices.dtype = extent <= 100 && chance(3) ? DType::Int8 : chance(2) ? DType::Int64 : DType::Int32;
    indices.shape = chosen;
    indices.values = Tensor(indices.dtype, chosen);
    for (std::int64_t i = 0; i < indices.values.size(); ++i)
      indices.values.set(
          i,
          Element::integer(static_cast<std::int64_t>(random_() % (2 * static_cast<std::uint64_t>(extent))) - extent));
    made.in = {from, add(std::move(indices))};
    add(std::move(made));
  }

  // Of an array and a new one, itself transposed, or one that happens to have the shape.
  void product() {
    Item made;
    made.make = Make::Product;
    made.product = static_cast<Product>(below(4));
    const int first = any_array();
    const Shape a = item(first).shape;
    if (a.empty()) return;
    const std::int64_t terms = made.product == Product::Outer ? 1 : a.back();
    Shape b;
    switch (made.product) {
      case Product::Matmul: {
        const int stacks = std::max(a.ndim() - 2, 0);
        const bool is_vector = chance(4);
        for (int k = chance(3) ? stacks : 0; !is_vector && k < stacks; ++k) b.push_back(chance(3) ? 1 : a[k]);
        b.push_back(terms);
        if (!is_vector) b.push_back(1 + below(20));
        for (int k = 0; k < a.ndim() - 1; ++k) made.shape.push_back(a[k]);
        if (!is_vector) made.shape.push_back(b.back());
        break;
      }
      case Product::Vecdot:
        for (int k = chance(3) ? a.ndim() - 1 : 0; k < a.ndim() - 1; ++k) b.push_back(chance(4) ? 1 : a[k]);
        b.push_back(terms);
        for (int k = 0; k < a.ndim() - 1; ++k) made.shape.push_back(a[k]);
        break;
      case Product::Tensordot:
        b.push_back(terms);
        for (int k = below(3); k > 0; --k) b.push_back(1 + below(5));
        for (int k = 0; k < a.ndim() - 1; ++k) made.shape.push_back(a[k]);
        for (int k = 1; k < b.ndim(); ++k) made.shape.push_back(b[k]);
        break;
      case Product::Outer:
        b = Shape{1 + below(20)};
        made.shape = Shape{a.numel(), b.numel()};
        break;
    }
    if (made.shape.numel() > most() || made.shape.numel() * terms > 5 * most() || b.numel() > most()) return;
    std::vector<int> candidates;
    for (int i = 0; i < count(); ++i)
      if (item(i).make != Make::Scalar && item(i).shape == b) candidates.push_back(i);
    int second = -1;
    if (made.product == Product::Matmul && a.ndim() == 2 && chance(4) && a[0] * a.numel() <= 5 * most()) {
      Item turned;
      turned.make = Make::View;
      turned.looks = Looks::Reverse;
      turned.in = {first};
      turned.dtype = item(first).dtype;
      turned.shape = Shape{a[1], a[0]};
      made.shape = Shape{a[0], a[0]};
      second = add(std::move(turned));
    } else {
      second = candidates.empty() || chance(2) ? leaf(b) : pick(candidates);
    }
    made.in = {first, second};
    made.dtype = promoted(item(first).dtype, item(second).dtype);
    add(std::move(made));
  }

  void reduce() {
    Item made;
    made.make = Make::Reduce;
    made.in = {any_array()};
    const Shape& shape = item(made.in[0]).shape;
    made.reduction = static_cast<Reduction>(below(kReductionCount));
    made.all_axes = shape.ndim() == 0 || chance(3);
    made.keepdims = chance(2);
    for (int k = 0; k < shape.ndim(); ++k) {
      if (!made.all_axes && chance(2)) made.axes.push_back(chance(4) ? k - shape.ndim() : k);
    }
    const std::vector<bool> reduced = reduced_axes(made, shape);
    std::int64_t values = 1;
    for (int k = 0; k < shape.ndim(); ++k) {
      if (reduced[static_cast<std::size_t>(k)]) {
        values *= shape[k];
        if (made.keepdims) made.shape.push_back(1);
      } else {
        made.shape.push_back(shape[k]);
      }
    }
    const bool is_extreme = made.reduction == Reduction::Min || made.reduction == Reduction::Max ||
                            made.reduction == Reduction::ArgMin || made.reduction == Reduction::ArgMax;
    if (is_extreme && values == 0) return;
    if (values > 1 && chance(2)) made.correction = 1;
    // The judge bounds these by their dtype's precision, of which one rounding to 16 bits leaves nothing to see.
    const bool is_bounded = made.reduction == Reduction::Var || made.reduction == Reduction::Stddev ||
                            made.reduction == Reduction::LogSumExp || made.reduction == Reduction::Median;
    if (is_bounded && is_half(item(made.in[0]).dtype)) made.reduction = Reduction::Sum;
    made.dtype = accumulated_in(made.reduction, item(made.in[0]).dtype);
    add(std::move(made));
  }

  void choose_roots() {
    std::vector<bool> used(recipe_.items.size(), false);
    for (const Item& item : recipe_.items) {
      for (int i : item.in) used[static_cast<std::size_t>(i)] = true;
    }
    for (int i = 0; i < count(); ++i) {
      if (item(i).make == Make::Scalar) continue;
      if (!used[static_cast<std::size_t>(i)] || chance(8)) recipe_.roots.push_back(i);
    }
  }

  std::mt19937_64 random_;
  Size size_;
  bool tame_ = false;
  double middle_ = 0;  // of tame values
  Recipe recipe_;
};

}  // namespace

Recipe generate(std::uint64_t seed, Size size) { return Generator(seed, size).run(); }

Range resolve(const Slice& slice, std::int64_t extent) {
  const bool down = slice.step < 0;
  const std::int64_t lowest = down ? -1 : 0, highest = down ? extent - 1 : extent;
  const auto clamp = [&](std::int64_t bound) {
    if (bound < 0) bound += extent;
    return std::clamp(bound, lowest, std::max(lowest, highest));
  };
  const std::int64_t start = slice.start ? clamp(*slice.start) : down ? highest : lowest;
  const std::int64_t stop = slice.stop ? clamp(*slice.stop) : down ? lowest : highest;
  const std::int64_t distance = down ? start - stop : stop - start, stride = std::abs(slice.step);
  return {start, slice.step, distance <= 0 ? 0 : (distance + stride - 1) / stride};
}

DType promoted(DType a, DType b) {
  if (a == b || is_bool(b)) return a;
  if (is_bool(a)) return b;
  if (is_half(a) && is_half(b)) return DType::Float32;
  if (is_floating(a) && is_floating(b)) return itemsize(a) > itemsize(b) ? a : b;
  if (is_floating(a) || is_floating(b)) {
    const DType real = is_floating(a) ? a : b, whole = is_floating(a) ? b : a;
    // A float16 holds every integer of 8 bits (and bfloat16 does as float16), a float32 those of 16.
    if (itemsize(whole) == 2 && is_half(real)) return DType::Float32;
    return itemsize(whole) <= 2 ? real : DType::Float64;
  }
  if (is_signed_integer(a) == is_signed_integer(b)) return itemsize(a) > itemsize(b) ? a : b;
  const DType with_sign = is_signed_integer(a) ? a : b, without = is_signed_integer(a) ? b : a;
  if (itemsize(with_sign) > itemsize(without)) return with_sign;
  switch (itemsize(without)) {
    case 1: return DType::Int16;
    case 2: return DType::Int32;
    case 4: return DType::Int64;
    default: return DType::Float64;
  }
}

DType computed_in(Op op, const std::vector<const Item*>& operands) {
  bool have_array = false, have_real = false, have_whole = false;
  DType dtype = DType::Bool;
  for (const Item* operand : operands) {
    if (operand->make == Make::Scalar) {
      (is_floating(operand->dtype) ? have_real : have_whole) = true;
    } else {
      dtype = have_array ? promoted(dtype, operand->dtype) : operand->dtype;
      have_array = true;
    }
  }
  if (have_real && !is_floating(dtype)) dtype = DType::Float64;
  if (have_whole && is_bool(dtype)) dtype = DType::Int64;
  switch (info(op).operands) {
    case Operands::Float: return is_floating(dtype) ? dtype : DType::Float64;
    case Operands::Bool: return DType::Bool;
    case Operands::Integer: return is_bool(dtype) && op != Op::bitwise_invert ? DType::Int8 : dtype;
    case Operands::Number: {
      // NumPy computes these of bools in int8.
      const bool number = op != Op::add && op != Op::multiply;
      const bool rounding = op == Op::floor || op == Op::ceil || op == Op::round || op == Op::trunc;
      const bool refused = op == Op::subtract || op == Op::negative || op == Op::sign;
      return is_bool(dtype) && number && !rounding && !refused ? DType::Int8 : dtype;
    }
    default: return dtype;
  }
}

DType accumulated_in(Reduction reduction, DType dtype) {
  switch (reduction) {
    case Reduction::Sum:
    case Reduction::Prod: return is_floating(dtype) ? dtype : is_unsigned_integer(dtype) ? DType::UInt64 : DType::Int64;
    case Reduction::Mean:
    case Reduction::Var:
    case Reduction::Stddev:
    case Reduction::LogSumExp:
    case Reduction::Median: return is_floating(dtype) ? dtype : DType::Float64;
    case Reduction::ArgMin:
    case Reduction::ArgMax:
    case Reduction::CountNonzero: return DType::Int64;
    case Reduction::Min:
    case Reduction::Max: return dtype;
    default: return DType::Bool;
  }
}

std::vector<bool> reduced_axes(const Item& item, const Shape& shape) {
  std::vector<bool> reduced(static_cast<std::size_t>(shape.ndim()), item.all_axes);
  for (std::int64_t axis : item.axes) reduced[static_cast<std::size_t>(axis < 0 ? axis + shape.ndim() : axis)] = true;
  return reduced;
}

Recipe restrict_to(const Recipe& recipe, int item) {
  std::vector<int> place(recipe.items.size(), -1);
  place[static_cast<std::size_t>(item)] = 0;
  for (std::size_t i = static_cast<std::size_t>(item) + 1; i-- > 0;) {
    if (place[i] < 0) continue;
    for (int input : recipe.items[i].in) place[static_cast<std::size_t>(input)] = 0;
  }
  Recipe smaller;
  smaller.seed = recipe.seed;
  for (std::size_t i = 0; i < recipe.items.size(); ++i) {
    if (place[i] < 0) continue;
    place[i] = static_cast<int>(smaller.items.size());
    smaller.items.push_back(recipe.items[i]);
    for (int& input : smaller.items.back().in) input = place[static_cast<std::size_t>(input)];
  }
  smaller.roots = {static_cast<int>(smaller.items.size()) - 1};
  return smaller;
}

}  // namespace ingot::tests
