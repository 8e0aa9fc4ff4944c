// Row regions: kernels over the same rows, run block by block. What they read and write is counted, and whether they
// run so, in what blocks and on how many threads must not show in the bits.
#include <gtest/gtest.h>

#include <functional>

#include "ingot/ingot.hpp"
#include "tests/exec/measured.h"
#include "tests/exec/row_bytes.h"

namespace ingot {
namespace {

using namespace tests;

struct Form {
  const char* name;
  std::function<Array(const Array&)> of;
};

Array user_softmax(const Array& x) {
  const Array e = exp(x - max(x, -1, true));
  return e / sum(e, -1, true);
}

const std::vector<Form>& forms() {
  static const std::vector<Form> list = {
      {"softmax", [](const Array& x) { return softmax(x); }},
      {"log_softmax", [](const Array& x) { return log_softmax(x); }},
      {"zscore", [](const Array& x) { return zscore(x); }},
      {"softmax by hand", user_softmax},
      {"zscore by hand", [](const Array& x) { return (x - mean(x, -1, true)) / stddev(x, -1, true); }},
      {"of a heavy chain", [](const Array& x) { return zscore(exp(sin(x))); }},
      {"over scaled rows", [](const Array& x) { return x / sqrt(sum(square(x), -1, true)); }},
      {"backwards", [](const Array& x) { return flip(x, -1) - max(x, -1, true); }},
      {"twice", [](const Array& x) { return softmax(zscore(x)); }},
      {"a third pass",
       [](const Array& x) {
         const Array centred = x - mean(x, -1, true);
         return centred / max(abs(centred), -1, true);
       }},
  };
  return list;
}

TEST(Rows, ReadAndWriteTheDataOnce) {
  const Array x = sample({300, 448});
  for (const Form& form : forms()) {
    const Stats s = measured({form.of(x)});
    EXPECT_EQ(s.bytes_read, x.nbytes()) << form.name;
    EXPECT_EQ(s.bytes_written, x.nbytes()) << form.name;
    EXPECT_GT(s.launches, 1) << form.name;
  }
}

TEST(Rows, ReadWeightsBesideTheData) {
  const Array x = sample({200, 512}), weight = sample({512}), bias = sample({512}, DType::Float32, 8);
  const Stats s = measured({layer_norm(x, weight, bias)});
  EXPECT_EQ(s.bytes_read, x.nbytes() + 2 * weight.nbytes());
  EXPECT_EQ(s.bytes_written, x.nbytes());
}

TEST(Rows, NeedNoMemoryForWhatPassesBetweenThem) {
  const Array x = sample({500, 1000});
  const Array y = softmax(exp(sin(x)));
  reset_stats();
  y.eval();
  EXPECT_EQ(stats().bytes_written, x.nbytes());
  EXPECT_LT(stats().peak_bytes, x.nbytes() + y.nbytes() + (1 << 20));
}

TEST(Rows, WriteWhatIsAskedForOfWhatPassesBetweenThem) {
  const Array x = sample({100, 300});
  const Array top = max(x, -1, true), powers = exp(x - top), total = sum(powers, -1, true), y = powers / total;
  const Stats s = measured({y, powers, total});
  EXPECT_EQ(s.bytes_read, x.nbytes());
  EXPECT_EQ(s.bytes_written, 2 * x.nbytes() + total.nbytes());
  EXPECT_EQ(bits(y), bits(user_softmax(x)));
}

TEST(Rows, AreReadAgainWhereOneDoesNotFit) {
  const Array x = sample({10, 3000});
  const WithRowBytes small(10'000);
  const Stats s = measured({(x - mean(x, -1, true)) / stddev(x, -1, true)});
  EXPECT_GE(s.bytes_read, 2 * x.nbytes());
  EXPECT_LE(s.bytes_read, 2 * x.nbytes() + 1000);
}

TEST(Rows, GiveTheSameBitsWhetherTheyFitOrNot) {
  for (const Shape& shape : {Shape{1, 1}, {1, 7}, {1, 40'000}, {3, 2048}, {37, 448}, {129, 2049}, {2, 3, 5, 640}}) {
    for (const DType dtype : {DType::Float32, DType::Float64}) {
      const Array x = sample(shape, dtype);
      for (const Form& form : forms()) {
        const std::vector<std::uint64_t> apart = [&] {
          const WithRowBytes none(0);
          return bits(form.of(x));
        }();
        EXPECT_EQ(bits(form.of(x) + 0.0f), apart) << form.name << " " << to_string(shape);
      }
    }
  }
}

TEST(Rows, GiveTheSameBitsForAnyNumberOfThreads) {
  for (const std::int64_t rows : {1, 2, 31, 1000, 5001}) {
    const Array x = sample({rows, 333});
    for (const Form& form : forms()) {
      std::vector<std::uint64_t> first;
      for (const int threads : {1, 2, 3, 8}) {
        const WithThreads some(threads);
        const std::vector<std::uint64_t> now = bits(form.of(x) * 1.0f);
        if (first.empty()) first = now;
        EXPECT_EQ(now, first) << form.name << ", " << rows << " rows, " << threads << " threads";
      }
    }
  }
}

TEST(Rows, MayLieInAnyOrderInMemory) {
  const Array x = sample({129, 700});
  const std::vector<float> plain = x.to_vector<float>();
  std::vector<float> turned = x.T().to_vector<float>(), wide(2 * plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) wide[2 * i] = plain[i];
  const Array layouts[] = {from_host(turned.data(), {129, 700}, Strides{1, 129}),
                           from_host(wide.data(), {129, 700}, Strides{1400, 2}), flip(flip(x, 0) + 0.0f, 0)};
  for (const Form& form : forms()) {
    const std::vector<std::uint64_t> expected = bits(form.of(x));
    for (const Array& layout : layouts) EXPECT_EQ(bits(form.of(layout)), expected) << form.name;
  }
  EXPECT_EQ(measured({zscore(layouts[0])}).bytes_read, x.nbytes());
}

TEST(Rows, GiveTheSameBitsAloneAndTogether) {
  const Array x = sample({70, 900});
  const Array a = softmax(x), b = zscore(x), c = log_softmax(x), total = sum(x);
  const Stats s = measured({a, b, c, total});
  EXPECT_LE(s.bytes_read, 2 * x.nbytes() + 10 * 4 * 70);
  EXPECT_EQ(bits(a), bits(softmax(x + 0.0f)));
  EXPECT_EQ(bits(b), bits(zscore(x + 0.0f)));
  EXPECT_EQ(bits(c), bits(log_softmax(x + 0.0f)));
}

TEST(Rows, MayBeWholeTables) {
  const Array x = sample({64, 12, 50});
  const Axes last_two{1, 2};
  const Stats s = measured({(x - mean(x, last_two, true)) / stddev(x, last_two, true)});
  EXPECT_EQ(s.bytes_read, x.nbytes());
  EXPECT_EQ(s.bytes_written, x.nbytes());
}

TEST(Rows, AreNotMixedUpByOtherAxes) {
  const Array x = sample({48, 96});
  for (const std::int64_t axis : {0, 1}) {
    const std::vector<float> got = (x - max(x, axis, true)).to_vector<float>(), all = x.to_vector<float>();
    for (std::int64_t i = 0; i < 48; ++i) {
      for (std::int64_t j = 0; j < 96; ++j) {
        float top = -1e9f;
        for (std::int64_t k = 0; k < (axis == 0 ? 48 : 96); ++k)
          top = std::max(top, all[static_cast<std::size_t>(axis == 0 ? k * 96 + j : i * 96 + k)]);
        const auto at = static_cast<std::size_t>(i * 96 + j);
        ASSERT_EQ(got[at], all[at] - top);
      }
    }
  }
  // Row r of the second reduction needs other rows of the first's result.
  const Array centred = x - mean(x, 1, true);
  const Array turned = flip(centred, 0) - max(centred, 1, true);
  std::vector<std::uint64_t> apart;
  {
    const WithRowBytes none(0);
    apart = bits(turned + 0.0f);
  }
  EXPECT_EQ(bits(turned), apart);
}

TEST(Rows, GoStraightIntoTheCallersMemory) {
  const Array x = sample({90, 257});
  std::vector<float> out(90 * 257);
  eval_into(softmax(x), out.data());
  EXPECT_EQ(out, softmax(x + 0.0f).to_vector<float>());
}

TEST(Rows, AreExplained) {
  const std::string text = explain(zscore(sample({20, 100})));
  EXPECT_NE(text.find("block by block of 20 rows, 808 bytes each: the next 2 steps"), std::string::npos) << text;
  EXPECT_NE(text.find("(in the cache)"), std::string::npos) << text;
  EXPECT_NE(text.find("(in the block alone)"), std::string::npos) << text;
}

}  // namespace
}  // namespace ingot
