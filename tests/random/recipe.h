// Random graphs as recipes: a list of items, each a leaf or a call of the public API on earlier items. A recipe can be
// built into arrays any number of times, with its leaves in any layout, and knows by itself what shape and dtype each
// item must have.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "host/graph/op.h"
#include "ingot/ingot.hpp"
#include "kernels/prebuilt/scan.h"
#include "tests/oracle/tensor.h"

namespace ingot::tests {

/// All that arithmetic is done in.
inline constexpr DType kDtypes[] = {DType::Bool,     DType::Int8,    DType::Int16,  DType::Int32,  DType::Int64,
                                    DType::UInt8,    DType::UInt16,  DType::UInt32, DType::UInt64, DType::Float16,
                                    DType::BFloat16, DType::Float32, DType::Float64};

inline constexpr DType kFloats[] = {DType::Float16, DType::BFloat16, DType::Float32, DType::Float64};

using oracle::Tensor;

enum class Make : std::uint8_t {
  Leaf,
  Scalar,
  Full,
  Arange,
  Random,
  Elementwise,
  Complex,
  Cast,
  View,
  Reduce,
  Sort,
  Take,
  Scan,
  Product
};
enum class Looks : std::uint8_t { Index, Permute, Reverse, Reshape, Broadcast, Flip, Expand, Squeeze };
enum class Product : std::uint8_t { Matmul, Vecdot, Tensordot, Outer };
enum class Reduction : std::uint8_t {
  Sum,
  Prod,
  Mean,
  Var,
  Stddev,
  Min,
  Max,
  Any,
  All,
  ArgMin,
  ArgMax,
  LogSumExp,
  CountNonzero,
  Median
};
inline constexpr const char* kReductionNames[] = {"sum",    "prod",      "mean",          "var",   "stddev",
                                                  "min",    "max",       "any",           "all",   "argmin",
                                                  "argmax", "logsumexp", "count_nonzero", "median"};
inline constexpr int kReductionCount = static_cast<int>(std::size(kReductionNames));

struct Item {
  Make make = Make::Leaf;
  DType dtype = DType::Float64;
  Shape shape;
  std::vector<int> in;

  Tensor values;               // Leaf; Scalar and Full: one value
  int repeated = -1;           // Leaf: an axis along which the values repeat
  std::uint64_t seed = 0;      // Random
  std::int64_t bound = 0;      // Random: of random_integers
  Op op{};                     // Elementwise, Complex, Random
  bool imag = false;           // Complex: which part of the op's result this is; operands are pairs of items
  bool stored = false;         // Complex: whether its operands are evaluated first
  Looks looks{};               // View
  std::vector<Index> indices;  // View by Index
  Dims list;                   // View: axes, or the new shape
  Reduction reduction{};       // Reduce
  Dims axes;                   // Reduce, Sort, Take and Scan (one): as given to the call, may be negative
  bool all_axes = false, keepdims = false;
  double correction = 0;
  Routine routine{};  // Sort: sort or argsort
  bool descending = false;
  prebuilt::ScanOp scan{};  // Scan
  ScanOptions options;
  bool along = false;  // Take: as take_along_axis
  Product product{};   // Product; tensordot is over one axis
};

struct Recipe {
  std::uint64_t seed = 0;
  std::vector<Item> items;
  std::vector<int> roots;
};

/// A graph of small arrays of odd shapes, or of few large ones that several threads share.
enum class Size : std::uint8_t { Small, Large };
Recipe generate(std::uint64_t seed, Size size = Size::Small);

/// One call per line.
std::string print(const Recipe& recipe);

/// The recipe with only what one item needs, which becomes its root.
Recipe restrict_to(const Recipe& recipe, int item);

enum class Layout : std::uint8_t { Contiguous, Strided, Reversed, Transposed, Broadcast, Pending };
inline constexpr int kLayouts = 6;
const char* name(Layout layout);

/// An array for each item; scalars included, though calls take them as C++ numbers.
std::vector<Array> build(const Recipe& recipe, Layout layout);

/// "" if `got` is what the item's call means for its inputs' values, by NumPy's rules and the oracle; else what is
/// wrong.
std::string judge(const Item& item, const std::vector<const Item*>& inputs, const std::vector<const Tensor*>& values,
                  const Tensor& got);

/// The same of a product alone.
std::string judge_product(const Item& item, const Tensor& a, const Tensor& b, const Tensor& got);

/// The bounds that Python's slice.indices gives: start, step and the number of elements.
struct Range {
  std::int64_t start, step, count;
};
Range resolve(const Slice& slice, std::int64_t extent);

/// The dtype to which arrays of these promote, said again from the array API standard.
DType promoted(DType a, DType b);

/// The dtype in which an op computes for these operands (where: without the condition).
DType computed_in(Op op, const std::vector<const Item*>& operands);

/// Dtypes and reduced axes of a reduction.
DType accumulated_in(Reduction reduction, DType dtype);
std::vector<bool> reduced_axes(const Item& item, const Shape& shape);

}  // namespace ingot::tests
