// How kernels use a GPU's memory and lanes, counted access by access: whole sectors, no bank conflicts, few idle lanes,
// enough blocks.
#include <gtest/gtest.h>

#include "tests/counts/measure.h"

namespace ingot::tests {
namespace {

constexpr DType f32 = DType::Float32, f64 = DType::Float64, i8 = DType::Int8, i32 = DType::Int32, b8 = DType::Bool;

Array x(const Shape& shape, DType dtype = f64) { return on_device(shape, dtype); }

// An expression, and the least that is good enough: sectors that would do for the bytes asked for, over those touched;
// and lanes that take part.
struct Case {
  const char* name;
  Array (*make)();
  double sectors = 0.95, lanes = 0.85;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Access : public testing::TestWithParam<Case> {};

TEST_P(Access, IsOfWholeSectorsAndWithoutConflicts) {
  const Array y = GetParam().make();
  const Work work = measured([&] { y.eval(); });
  SCOPED_TRACE(to_string(work));
  EXPECT_EQ(work.books.launches, 1u);
  EXPECT_GT(work.books.warp_accesses, 0u) << "kernels were not compiled to be counted";
  EXPECT_GE(work.least_sectors(), GetParam().sectors);
  EXPECT_EQ(work.bank_conflicts(), 0u);
  EXPECT_GE(work.lanes(), GetParam().lanes);
}

const Case kMaps[] = {
    {"f64",
     [] {
       const Array a = x({20'001});
       return sqrt(a) + sin(a);
     },
     0.95, 0.95},
    {"f32",
     [] {
       const Array a = x({20'001}, f32);
       return a * a + 1.0;
     },
     0.95, 0.95},
    {"i8",
     [] {
       const Array a = x({50'001}, i8);
       return a + a;
     },
     0.95, 0.95},
    {"mixed_dtypes", [] { return x({20'000}) + x({20'000}, i8); }, 0.95, 0.95},
    {"where",
     [] {
       const Array a = x({20'000}, f32);
       return where(x({20'000}, b8), a, -a);
     }},
    {"cast", [] { return astype(x({20'000}, i32), f64); }, 0.95, 0.95},
    {"row_broadcast", [] { return x({100, 512}) + x({512}); }, 0.95, 0.95},
    {"column_broadcast", [] { return x({100, 512}) + x({100, 1}); }, 0.95, 0.95},
    // A warp's 256 bytes begin within a sector.
    {"unaligned", [] { return x({20'001})(Slice(1, none)) * 2.0; }, 0.9, 0.95},
    {"rows_of_three", [] { return x({5000, 3}) * x({3}); }, 0.95, 0.95},
    // The one operand of three that is not aligned to 16 bytes is read element by element: each access takes half of
    // its sectors' bytes, and the next finds the rest in the first-level cache.
    {"two_alignments",
     [] {
       const Array a = x({20'001});
       return a(Slice(1, none)) * a(Slice(0, -1));
     },
     0.7, 0.95},
    {"reversed", [] { return x({20'000})(Slice(none, none, -1)) * 2.0; }, 0.95, 0.95},
    // Half of what is read is not asked for.
    {"every_second", [] { return x({20'000})(Slice(none, none, 2)) * 2.0; }, 0.66, 0.95},
};
const Case kTransposes[] = {
    {"f64", [] { return x({256, 256}).T() * 2.0; }, 0.95, 0.95},
    {"f32_and_contiguous",
     [] {
       const Array a = x({256, 256}, f32);
       return a.T() + a;
     },
     0.95, 0.95},
    {"i8", [] { return x({256, 256}, i8).T() + x({256, 256}, i8); }, 0.95, 0.95},
    {"two", [] { return x({256, 128}).T() - x({256, 128}, i32).T(); }, 0.95, 0.95},
    {"rank3", [] { return permute_dims(x({64, 3, 96}), {2, 1, 0}) * 2.0; }, 0.95, 0.95},
    {"batch", [] { return permute_dims(x({3, 64, 96}), {0, 2, 1}) * 2.0; }, 0.95, 0.95},
    {"ragged", [] { return x({200, 104}).T() * 2.0; }, 0.95, 0.9},
};
INSTANTIATE_TEST_SUITE_P(Transpose, Access, testing::ValuesIn(kTransposes),
                         [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(Map, Access, testing::ValuesIn(kMaps),
                         [](const auto& info) { return std::string(info.param.name); });

const Case kRows[] = {
    {"sum", [] { return sum(x({100'000})); }},
    {"sum_of_a_chain",
     [] {
       const Array a = x({100'000});
       return sum(sqrt(a) + sin(a));
     }},
    {"sum_f32", [] { return sum(x({100'000}, f32)); }},
    {"sum_i8", [] { return sum(x({100'000}, i8)); }},
    {"max_i8", [] { return max(x({100'000}, i8)); }},
    {"var", [] { return var(x({100'000})); }},
    {"long_rows", [] { return sum(sqrt(x({7, 5000})), 1); }},
    {"two_axes", [] { return sum(x({20, 30, 128}), {0, 2}); }},
    // Half a warp for each row, and results of which one lane writes each.
    {"short_rows", [] { return mean(x({2000, 40}), 1); }, 0.95, 0.8},
};
INSTANTIATE_TEST_SUITE_P(Row, Access, testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.name); });

const Case kColumns[] = {
    {"sum", [] { return sum(x({1000, 128}), 0); }, 0.95, 0.95},
    {"sum_f32", [] { return sum(x({1000, 128}, f32), 0); }, 0.95, 0.95},
    {"max_i8", [] { return max(x({500, 512}, i8), 0); }, 0.95, 0.95},
    // The states of blocks have three members, which are written and read one by one.
    {"stddev", [] { return stddev(x({500, 256}), 0); }, 0.75, 0.95},
    {"few_columns", [] { return sum(x({10'000, 4}), 0); }, 0.95, 0.9},
    // Reductions read what is contiguous along another axis without tiles: a sector for each element, of which the
    // first-level cache holds the rest for the next elements.
    {"of_a_transpose", [] { return sum(x({256, 256}).T() * 2.0, 0); }, 0.25, 0.95},
    {"of_two_layouts", [] { return sum(x({256, 256}).T() * x({256, 256}), 0); }, 0.4, 0.95},
    {"middle_axis", [] { return sum(x({4, 300, 64}), 1); }, 0.95, 0.95},
};
INSTANTIATE_TEST_SUITE_P(Column, Access, testing::ValuesIn(kColumns),
                         [](const auto& info) { return std::string(info.param.name); });

Array positions(std::int64_t count, std::int64_t factor) {
  return astype(arange(count) * factor % count, DType::Int64).eval();
}

const Case kRoutines[] = {
    {"take_slices", [] { return take(x({500, 64}), positions(500, 77), 0); }, 0.95, 0.95},
    // What is far apart takes a sector for each element.
    {"take_elements", [] { return take(x({20'000}), positions(20'000, 7919)); }, 0.5, 0.95},
    {"scan_rows", [] { return cumsum(x({300, 256}), 1); }, 0.95, 0.85},
    {"scan_unaligned_rows", [] { return cumsum(x({300, 257}, f32), 1); }, 0.8, 0.85},
    {"scan_columns", [] { return cumsum(x({1000, 64}), 0); }, 0.95, 0.95},
    {"product", [] { return matmul(x({128, 128}), x({128, 128})); }, 0.95, 0.95},
    {"product_f32", [] { return matmul(x({128, 128}, f32), x({128, 128}, f32)); }, 0.95, 0.95},
    {"product_of_a_turned_one", [] { return matmul(x({128, 128}).T(), x({128, 128})); }, 0.95, 0.95},
    {"product_with_a_turned_one", [] { return matmul(x({128, 128}, f32), x({128, 128}, f32).T()); }, 0.95, 0.95},
    {"product_of_halves", [] { return matmul(x({128, 128}, DType::Float16), x({128, 128}, DType::Float16)); }, 0.95,
     0.95},
    {"products_in_large_tiles", [] { return matmul(x({9, 256, 32}), x({9, 32, 256})); }, 0.95, 0.95},
    // The sums of chains are written and read one by one.
    {"product_of_many_terms", [] { return matmul(x({64, 1024}), x({1024, 64})); }, 0.85, 0.95},
};
INSTANTIATE_TEST_SUITE_P(Routine, Access, testing::ValuesIn(kRoutines),
                         [](const auto& info) { return std::string(info.param.name); });

// Of a mebibyte: as many blocks as there are multiprocessors, or as many warps as the canonical order has work for,
// each in a block of its own.
struct Filling {
  const char* name;
  Array (*make)();
  std::uint64_t blocks;
};
void PrintTo(const Filling& f, std::ostream* out) { *out << f.name; }

class Launches : public testing::TestWithParam<Filling> {};

constexpr std::uint64_t kMultiprocessors = 132;  // of the software GPU
constexpr std::int64_t kMebibyte = 1 << 20;

TEST_P(Launches, FillTheDeviceFromAMebibyteUp) {
  const Array y = GetParam().make();
  const Work work = measured([&] { y.eval(); });
  EXPECT_EQ(work.books.launches, 1u);
  EXPECT_GE(work.books.blocks, GetParam().blocks);
}

const Filling kFilling[] = {
    {"map_f64", [] { return x({kMebibyte / 8}) * 2.0; }, kMultiprocessors},
    {"map_f32", [] { return x({kMebibyte / 4}, f32) * 2.0; }, kMultiprocessors},
    {"map_i8", [] { return x({kMebibyte}, i8) * 2; }, kMultiprocessors},
    {"map_short_rows", [] { return x({kMebibyte / 80, 10}) + x({10}); }, kMultiprocessors},
    {"row_all", [] { return sum(x({kMebibyte / 8})); }, kMebibyte / 8192},
    {"row_all_f32", [] { return sum(x({kMebibyte / 4}, f32)); }, kMebibyte / 8192},
    {"row_few", [] { return sum(x({16, kMebibyte / 128}), 1); }, kMebibyte / 8192},
    {"row_many", [] { return sum(x({kMebibyte / 512, 64}), 1); }, kMultiprocessors},
    {"column_long", [] { return sum(x({kMebibyte / 1024, 128}), 0); }, kMebibyte / (64 * 512)},
    {"column_wide", [] { return sum(x({64, kMebibyte / 512}), 0); }, kMebibyte / (64 * 512)},
};
INSTANTIATE_TEST_SUITE_P(Kernels, Launches, testing::ValuesIn(kFilling),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace ingot::tests
