#include <limits>

#include "tests/api/expect.h"

namespace ingot {
namespace {

// 0 .. 23 under shape (2, 3, 4).
Array cube() { return reshape(arange(24), {2, 3, 4}); }

TEST(Indexing, TakesElementsAndSubarrays) {
  const Array x = cube();
  EXPECT_EQ(x(1, 2, 3).item<int>(), 23);
  EXPECT_EQ(x(-1, -1, -1).item<int>(), 23);
  EXPECT_VALUES(x(0, 1), ({4}), int, 4, 5, 6, 7);
  EXPECT_VALUES(x(1, Slice(), 0), ({3}), int, 12, 16, 20);
  EXPECT_EQ(x(0).shape(), (Shape{3, 4}));
  EXPECT_EQ(x(0, 0, 0).shape(), Shape{});
}

TEST(Indexing, SlicesAsPythonDoes) {
  const Array x = arange(10);
  EXPECT_VALUES(x(Slice(2, 5)), ({3}), int, 2, 3, 4);
  EXPECT_VALUES(x(Slice(none, none, 4)), ({3}), int, 0, 4, 8);
  EXPECT_VALUES(x(Slice(none, none, -3)), ({4}), int, 9, 6, 3, 0);
  EXPECT_VALUES(x(Slice(-3, none)), ({3}), int, 7, 8, 9);
  EXPECT_VALUES(x(Slice(8, 100)), ({2}), int, 8, 9);
  EXPECT_VALUES(x(Slice(5, -100, -2)), ({3}), int, 5, 3, 1);
  EXPECT_EQ(x(Slice(5, 2)).shape(), Shape{0});
}

TEST(Indexing, KeepsExtremeSlicesInBounds) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min(),
                         kMax = std::numeric_limits<std::int64_t>::max();
  const Array x = arange(5);
  EXPECT_VALUES(x(Slice(kMin, kMax)), ({5}), int, 0, 1, 2, 3, 4);
  EXPECT_VALUES(x(Slice(kMax, kMin, kMin)), ({1}), int, 4);
  EXPECT_VALUES(x(Slice(1, kMax, kMax)), ({1}), int, 1);
  EXPECT_VALUES(x(Slice(kMax, kMin, -1)), ({5}), int, 4, 3, 2, 1, 0);
}

// Every slice of extents 0 to 5, hashed (FNV-1a over the length and the elements); the figure is Python's for
// list(range(n))[s].
TEST(Indexing, AgreesWithPythonOnEverySlice) {
  std::uint64_t hash = 14695981039346656037u;
  const auto put = [&](std::uint64_t v) { hash = (hash ^ v) * 1099511628211u; };
  for (std::int64_t n = 0; n < 6; ++n) {
    for (int start = -8; start < 8; ++start)
      for (int stop = -8; stop < 8; ++stop)
        for (const std::int64_t step : {1, 2, 3, 100, -1, -2, -3, -100}) {
          Slice slice;
          if (start != -8) slice.start = start;
          if (stop != -8) slice.stop = stop;
          slice.step = step;
          const std::vector<std::int64_t> values = arange(n)(slice).to_vector<std::int64_t>();
          put(values.size());
          for (std::int64_t v : values) put(static_cast<std::uint64_t>(v));
        }
  }
  EXPECT_EQ(hash, 0x71a0e8c49e2c2851u);
}

TEST(Indexing, TellsPositionsOfSingleElementsApart) {
  const Array x = arange(24), y = arange(24.0) + 0.5;
  EXPECT_EQ(x(5).item<int>(), 5);
  EXPECT_EQ(x(0).item<int>(), 0);
  EXPECT_EQ((y(5) + 1.0).item<double>(), 6.5);
  EXPECT_EQ((y(23) + 1.0).item<double>(), 24.5);
}

TEST(Indexing, InsertsAxesAndFillsInMissingOnes) {
  const Array x = cube();
  EXPECT_EQ(x(newaxis).shape(), (Shape{1, 2, 3, 4}));
  EXPECT_EQ(x(ellipsis, newaxis).shape(), (Shape{2, 3, 4, 1}));
  EXPECT_EQ(x(0, newaxis, ellipsis, 1).shape(), (Shape{1, 3}));
  EXPECT_EQ(x(ellipsis).shape(), x.shape());
  EXPECT_EQ(x(0, 0, 0, ellipsis).shape(), Shape{});
  EXPECT_VALUES(x(ellipsis, 1), ({2, 3}), int, 1, 5, 9, 13, 17, 21);
  EXPECT_EQ(Array(5)(newaxis, newaxis).shape(), (Shape{1, 1}));
}

TEST(Indexing, TakesAnyNumberOfIndicesAsAList) {
  const Array x = cube();
  EXPECT_VALUES(x({1, Slice(none, none, -1), 0}), ({3}), int, 20, 16, 12);
  const Array deep = reshape(arange(1024), Shape(Dims(10, 2)));
  EXPECT_EQ(deep({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}).item<int>(), 1023);
  EXPECT_EQ(deep(0, 0, 0, 0, 0, 0, 0, 0).shape(), (Shape{2, 2}));
  const std::vector<Index> indices(3, Index(0));
  EXPECT_EQ(x(indices).item<int>(), 0);
}

TEST(Indexing, RefusesWhatIsOutOfBounds) {
  const Array x = cube();
  EXPECT_ERROR(IndexError, x(2), "index: 2 is out of bounds for axis 0 with size 2 of shape (2, 3, 4)");
  EXPECT_ERROR(IndexError, x(0, -4), "index: -4 is out of bounds for axis 1 with size 3 of shape (2, 3, 4)");
  EXPECT_ERROR(IndexError, x(0, 0, 0, 0),
               "index: too many indices: the array has 3 axes, of shape (2, 3, 4), and 4 were indexed");
  EXPECT_ERROR(IndexError, Array(5)(0),
               "index: too many indices: the array has 0 axes, of shape (), and 1 were indexed");
  EXPECT_ERROR(IndexError, x(ellipsis, ellipsis),
               "index: only one ellipsis can stand for the missing axes, and 2 were given");
  EXPECT_ERROR(ValueError, x(Slice(0, 2, 0)), "index: a slice has step 0; use a positive or a negative step");
  EXPECT_ERROR(IndexError, x({0, 5}), "index: 5 is out of bounds for axis 1 with size 3 of shape (2, 3, 4)");
}

}  // namespace
}  // namespace ingot
