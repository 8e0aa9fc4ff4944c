// Matrix products in row regions: what comes before and after is computed block by block, and no bit shows it.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tests/exec/measured.h"
#include "tests/exec/row_bytes.h"

namespace ingot {
namespace {

using namespace tests;

struct Form {
  const char* name;
  std::function<Array(const Array& a, const Array& b)> of;  // (m, k) and (k, n)
};

Array relu(const Array& x) { return maximum(x, 0.0f); }

const std::vector<Form>& forms() {
  static const std::vector<Form> list = {
      {"a chain", [](const Array& a, const Array& b) { return relu(matmul(a, b) + b(0)); }},
      {"row sums", [](const Array& a, const Array& b) { return sum(matmul(a, b), 1); }},
      {"softmax", [](const Array& a, const Array& b) { return softmax(matmul(a, b)); }},
      {"of a chain", [](const Array& a, const Array& b) { return matmul(exp(a) + 1.0f, b); }},
      {"of normalised rows", [](const Array& a, const Array& b) { return relu(matmul(zscore(a), b)); }},
      {"of a product", [](const Array& a, const Array& b) { return matmul(relu(matmul(a, b)), b.T()); }},
      {"attention", [](const Array& a, const Array& b) { return matmul(softmax(matmul(a, b)), b.T()); }},
      {"of parts of rows",
       [](const Array& a, const Array& b) {
         return matmul(exp(a)(ellipsis, Slice(1, none)), b(Slice(1, none))) * 2.0f;
       }},
      {"of rows backwards", [](const Array& a, const Array& b) { return relu(matmul(flip(a, -1), flip(b, 0))); }},
  };
  return list;
}

TEST(ProductRows, WriteNoProduct) {
  const Array a = sample({300, 64}), b = sample({64, 200}, DType::Float32, 8), c = sample({200}, DType::Float32, 9);
  const Stats chain = measured({relu(matmul(a, b) + c)});
  EXPECT_EQ(chain.bytes_read, a.nbytes() + b.nbytes() + c.nbytes());
  EXPECT_EQ(chain.bytes_written, 300 * 200 * 4);
  const Stats sums = measured({sum(matmul(a, b), 1)});
  EXPECT_EQ(sums.bytes_read, a.nbytes() + b.nbytes());
  EXPECT_EQ(sums.bytes_written, 300 * 4);
  const Stats attention = measured({matmul(softmax(matmul(a, b)), b.T())});
  EXPECT_EQ(attention.bytes_read, a.nbytes() + 2 * b.nbytes());
  EXPECT_EQ(attention.bytes_written, 300 * 64 * 4);
}

TEST(ProductRows, ReadWhatComesBeforeInBlocks) {
  const Array a = sample({300, 64}), b = sample({64, 200}, DType::Float32, 8);
  const Stats s = measured({matmul(a * 2.0f + 1.0f, b)});
  EXPECT_EQ(s.bytes_read, a.nbytes() + b.nbytes());
  EXPECT_EQ(s.bytes_written, 300 * 200 * 4);
}

TEST(ProductRows, MayBeThoseOfABatchThatSharesItsSecondOperand) {
  const Array a = sample({3, 5, 40, 30}), b = sample({30, 20}, DType::Float32, 8);
  const Array y = relu(matmul(a, b));
  EXPECT_EQ(measured({y}).bytes_written, y.nbytes());
  EXPECT_EQ(bits(y), bits(relu(matmul(a, b).eval())));
  const Array many = sample({3, 5, 30, 20}, DType::Float32, 8);
  EXPECT_EQ(bits(relu(matmul(a, many))), bits(relu(matmul(a, many).eval())));
}

TEST(ProductRows, GiveTheSameBitsWhetherTheyFitOrNot) {
  for (const auto& [m, k, n] : {std::array<std::int64_t, 3>{32, 2, 3}, {33, 300, 7}, {97, 64, 130}, {500, 513, 65}}) {
    for (const DType dtype : {DType::Float32, DType::Float64, DType::Float16, DType::Int32}) {
      const Array a = sample({m, k}, dtype), b = sample({k, n}, dtype, 8);
      for (const Form& form : forms()) {
        const std::vector<std::uint64_t> apart = [&] {
          const WithRowBytes none(0);
          return bits(form.of(a, b));
        }();
        EXPECT_EQ(bits(form.of(a, b)), apart) << form.name << " of " << m << ", " << k << ", " << n << ' ' << dtype;
      }
    }
  }
}

TEST(ProductRows, GiveTheSameBitsForAnyNumberOfThreads) {
  const Array a = sample({401, 300}), b = sample({300, 90}, DType::Float32, 8);
  for (const Form& form : forms()) {
    std::vector<std::uint64_t> first;
    for (const int threads : {1, 2, 3, 8}) {
      const WithThreads some(threads);
      const std::vector<std::uint64_t> now = bits(form.of(a, b));
      if (first.empty()) first = now;
      EXPECT_EQ(now, first) << form.name << ", " << threads << " threads";
    }
  }
}

TEST(ProductRows, MayLieInAnyOrderInMemory) {
  const Array a = sample({129, 70}), b = sample({70, 50}, DType::Float32, 8);
  const std::vector<float> a_turned = a.T().to_vector<float>(), b_turned = b.T().to_vector<float>();
  const Array turned = from_host(a_turned.data(), {129, 70}, Strides{1, 129}),
              turned_b = from_host(b_turned.data(), {70, 50}, Strides{1, 70});
  for (const Form& form : forms()) EXPECT_EQ(bits(form.of(turned, turned_b)), bits(form.of(a, b))) << form.name;
}

// A second operand that the same rows compute has to be whole before the product begins.
TEST(ProductRows, MeetNoRowsThatAreStillToCome) {
  const Array x = sample({64, 64});
  const Array y = relu(x), values = relu(x).eval();
  EXPECT_EQ(bits(matmul(y, y)), bits(matmul(values, values)));
  EXPECT_EQ(bits(matmul(y, y.T()) + 1.0f), bits(matmul(values, values.T()).eval() + 1.0f));
}

Array centred(const Array& x) { return x - mean(x, 0, true); }

TEST(ProductRows, MayBeThoseThatAProductSums) {
  const Array x = sample({9001, 6}), y = sample({9001, 3}, DType::Float32, 8);
  const Stats s = measured({matmul(centred(x).T(), centred(x))});
  EXPECT_LE(s.bytes_read, 2 * x.nbytes() + 100);  // once for the mean
  EXPECT_LE(s.bytes_written, 6 * 4 + 6 * 6 * 4);
  const Stats of_stored = measured({matmul(x.T(), exp(y))});
  EXPECT_EQ(of_stored.bytes_read, x.nbytes() + y.nbytes());
  EXPECT_EQ(of_stored.bytes_written, 6 * 3 * 4);
}

TEST(ProductRows, GiveTheSameBitsWhereAProductSumsThem) {
  using Form = std::function<Array(const Array&, const Array&)>;
  const Form forms[] = {
      [](const Array& x, const Array&) { return matmul(centred(x).T(), centred(x)); },
      [](const Array& x, const Array& y) { return matmul(x.T(), exp(y)); },
      [](const Array& x, const Array& y) { return matmul(exp(x).T(), y); },
      [](const Array& x, const Array& y) { return matmul(exp(x)(Slice(), Slice(1, none)).T(), y * 2.0f) + 1.0f; },
      [](const Array& x, const Array& y) { return matmul(flip(exp(x), 0).T(), y + 1.0f); }};
  for (const std::int64_t terms : {8192, 8193, 20'000}) {
    for (const DType dtype : {DType::Float32, DType::Float64, DType::BFloat16}) {
      const Array x = sample({terms, 5}, dtype), y = sample({terms, 7}, dtype, 8);
      for (const Form& form : forms) {
        const std::vector<std::uint64_t> apart = [&] {
          const WithRowBytes none(0);
          return bits(form(x, y));
        }();
        for (const int threads : {1, 2, 5}) {
          const WithThreads some(threads);
          EXPECT_EQ(bits(form(x, y)), apart) << &form - forms << ", " << terms << " terms, " << threads << " threads";
        }
      }
    }
  }
}

}  // namespace
}  // namespace ingot
