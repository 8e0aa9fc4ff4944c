// softmax, log_softmax, zscore and layer_norm: values by hand, from SciPy 1.17 and by the oracle, and their errors.
#include <cmath>
#include <limits>

#include "tests/api/expect.h"
#include "tests/oracle/recording.h"

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Array table(const Shape& shape, DType dtype = DType::Float32) {
  random::Generator random(11);
  return astype(random.uniform(shape, -6.0, 6.0), dtype);
}

// Judges every recorded node by itself.
std::string wrong(const Array& x) { return oracle::check(std::span(&x, 1)); }

TEST(Normalization, HasTheValuesOfPlainLoops) {
  const Array x = table({7, 300}, DType::Float64);
  const std::vector<double> in = x.to_vector<double>(), soft = softmax(x).to_vector<double>(),
                            logs = log_softmax(x).to_vector<double>(), scores = zscore(x, -1, 1).to_vector<double>();
  for (std::size_t row = 0; row < 7; ++row) {
    const double* const v = in.data() + row * 300;
    long double sum = 0, powers = 0, squares = 0;
    for (int i = 0; i < 300; ++i) sum += v[i], powers += std::exp(static_cast<long double>(v[i]));
    for (int i = 0; i < 300; ++i) squares += (v[i] - sum / 300) * (v[i] - sum / 300);
    for (std::size_t i = 0; i < 300; ++i) {
      const double expected = static_cast<double>(std::exp(static_cast<long double>(v[i])) / powers);
      EXPECT_NEAR(soft[row * 300 + i], expected, 1e-14 * expected);
      EXPECT_NEAR(logs[row * 300 + i], static_cast<double>(v[i] - std::log(powers)), 1e-13);
      EXPECT_NEAR(scores[row * 300 + i], static_cast<double>((v[i] - sum / 300) / std::sqrt(squares / 299)), 1e-13);
    }
  }
}

TEST(Normalization, IsRightNodeByNode) {
  for (const Shape& shape : {Shape{1}, {3, 1}, {4, 700}, {2, 3, 50}, {2, 17'000}}) {
    for (const DType dtype : {DType::Float32, DType::Float64}) {
      const Array x = table(shape, dtype);
      for (int axis = 0; axis < shape.ndim(); ++axis) {
        EXPECT_EQ(wrong(softmax(x, axis)), "");
        EXPECT_EQ(wrong(log_softmax(x, axis)), "");
        EXPECT_EQ(wrong(zscore(x, axis)), "");
        const Array w = astype(arange(shape[axis]), dtype);
        EXPECT_EQ(wrong(layer_norm(x, w, -w, 1e-3, axis)), "");
      }
    }
  }
}

TEST(Normalization, SoftmaxOfRowsSumsToOneAndFollowsItsAxis) {
  const Array x = table({4, 5, 6}, DType::Float64);
  for (const std::int64_t axis : {0, 1, 2, -1, -2, -3}) {
    EXPECT_TRUE(all(abs(sum(softmax(x, axis), axis) - 1.0) < 1e-14).item<bool>());
    const Array turned = swapaxes(softmax(swapaxes(x, axis, -1)), axis, -1);
    EXPECT_TRUE(all(abs(turned - softmax(x, axis)) < 1e-15).item<bool>());
    EXPECT_TRUE(all(abs(exp(log_softmax(x, axis)) - softmax(x, axis)) < 1e-15).item<bool>());
  }
}

TEST(Normalization, SoftmaxNeitherOverflowsNorUnderflowsAsAWhole) {
  EXPECT_VALUES(softmax(array({1e300, 1e300})), {2}, double, 0.5, 0.5);
  EXPECT_VALUES(softmax(array({-1e300, -1e300})), {2}, double, 0.5, 0.5);
  EXPECT_VALUES(softmax(array({0.0, 1e308})), {2}, double, 0, 1);
  EXPECT_VALUES(log_softmax(array({0.0, 1e300})), {2}, double, -1e300, 0);
  EXPECT_VALUES(softmax(array({-kInf, 3.0})), {2}, double, 0, 1);
  EXPECT_VALUES(log_softmax(array({-kInf, 3.0})), {2}, double, -kInf, 0);
}

TEST(Normalization, RowsWithoutALargestFiniteElementBecomeNaN) {
  EXPECT_VALUES(softmax(array({-kInf, -kInf})), {2}, double, kNaN, kNaN);
  EXPECT_VALUES(softmax(array({kInf, 0.0})), {2}, double, kNaN, kNaN);
  EXPECT_VALUES(softmax(array({0.0, kNaN, 1.0})), {3}, double, kNaN, kNaN, kNaN);
  EXPECT_VALUES(log_softmax(array({-kInf, -kInf})), {2}, double, kNaN, kNaN);
  EXPECT_VALUES(log_softmax(array({kInf, 0.0})), {2}, double, kNaN, kNaN);
  const Array columns = reshape(array({kInf, 1.0, 0.0, 1.0, -kInf, -kInf}), {3, 2});
  EXPECT_VALUES(softmax(columns, 0), ({3, 2}), double, kNaN, 0.5, kNaN, 0.5, kNaN, 0);
  EXPECT_VALUES(softmax(full({2, 3}, -kInf), 0), ({2, 3}), double, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN);
  const Array rows = reshape(array({0.0, 0.0, kInf, 1.0, 0.0, 0.0}), {3, 2});
  EXPECT_VALUES(softmax(rows), ({3, 2}), double, 0.5, 0.5, kNaN, kNaN, 0.5, 0.5);
}

TEST(Normalization, ZscoreHasSciPysCorrection) {
  EXPECT_VALUES(zscore(array({1.0, 3.0})), {2}, double, -1, 1);
  EXPECT_VALUES(zscore(array({0.0, 2.0, 4.0}), 0, 1), {3}, double, -1, 0, 1);
  EXPECT_VALUES(zscore(array({5.0, 5.0})), {2}, double, kNaN, kNaN);
  EXPECT_VALUES(zscore(array({5.0})), {1}, double, kNaN);
}

TEST(Normalization, LayerNormScalesAndShifts) {
  const Array x = reshape(array({1.0, 3.0, 10.0, 30.0}), {2, 2});
  EXPECT_VALUES(layer_norm(x, array({1.0, 2.0}), array({0.0, 100.0}), 0.0), ({2, 2}), double, -1, 102, -1, 102);
  // Over both axes, the weights an array of the same shape.
  const Array pair = reshape(array({1.0, 3.0, 1.0, 3.0}), {2, 2});
  EXPECT_VALUES(layer_norm(pair, ones({2, 2}), zeros({2, 2}), 0.0, {0, 1}), ({2, 2}), double, -1, 1, -1, 1);
  // Over the first.
  EXPECT_VALUES(layer_norm(x.T(), array({1.0, 2.0}), array({0.0, 100.0}), 0.0, 0), ({2, 2}), double, -1, -1, 102, 102);
  EXPECT_VALUES(layer_norm(zeros({1, 3}), ones({3}), ones({3})), ({1, 3}), double, 1, 1, 1);
}

TEST(Normalization, KeepsTheDtypeOfFloatsAndTakesFloat64ForIntegers) {
  EXPECT_EQ(softmax(zeros({3}, DType::Float32)).dtype(), DType::Float32);
  EXPECT_EQ(log_softmax(arange(3)).dtype(), DType::Float64);
  EXPECT_EQ(zscore(zeros({3}, DType::Bool)).dtype(), DType::Float64);
  const Array single = zeros({3}, DType::Float32);
  EXPECT_EQ(layer_norm(single, single, single).dtype(), DType::Float32);
  EXPECT_EQ(layer_norm(single, zeros({3}), single).dtype(), DType::Float64);
  EXPECT_VALUES(softmax(array(std::span<const int>(std::vector<int>{2, 2}))), {2}, double, 0.5, 0.5);
}

TEST(Normalization, MakesNothingOfNothing) {
  for (const Shape& shape : {Shape{0}, {0, 3}, {3, 0}, {2, 0, 4}}) {
    for (const Array& y : {softmax(zeros(shape)), log_softmax(zeros(shape)), zscore(zeros(shape))}) {
      EXPECT_EQ(y.shape(), shape);
      EXPECT_TRUE(y.to_vector<double>().empty());
    }
  }
  EXPECT_EQ(softmax(zeros({0, 3}, DType::Int32)).dtype(), DType::Float64);
  EXPECT_TRUE(layer_norm(zeros({0, 3}), ones({3}), ones({3})).to_vector<double>().empty());
  EXPECT_TRUE(layer_norm(zeros({3, 0}), ones({0}), ones({0})).to_vector<double>().empty());
}

TEST(Normalization, RefusesWhatItCannotDo) {
  const Array x = zeros({2, 3});
  EXPECT_ERROR(IndexError, softmax(x, 2),
               "softmax: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(IndexError, log_softmax(Array(1.0)), "log_softmax: axis -1 is out of bounds: a 0-d array has no axes");
  EXPECT_ERROR(IndexError, zscore(x, -3),
               "zscore: axis -3 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(
      ShapeError, layer_norm(x, ones({2}), ones({3})),
      "layer_norm: weight has shape (2,), and the axes of x (shape (2, 3)) that are normalised have (3,); give "
      "one value for each of their elements");
  EXPECT_ERROR(
      ShapeError, layer_norm(x, ones({3}), Array(1.0)),
      "layer_norm: bias has shape (), and the axes of x (shape (2, 3)) that are normalised have (3,); give one "
      "value for each of their elements");
}

TEST(Normalization, HasNoScoresForEqualElements) {
  for (const double score : zscore(array({0.1, 0.1, 0.1})).to_vector<double>()) EXPECT_TRUE(std::isnan(score));
}

}  // namespace
}  // namespace ingot
