// Law 1: lazy, immutable, checked at the call.
#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

TEST(Law1, ComputesNothingUntilAsked) {
  const Array x = array(sample(1000));
  Array y = x;
  const Stats recorded = measured([&] { y = sum(sqrt(x) + sin(x)) / 2.0; });
  EXPECT_EQ(recorded.launches, 0);
  EXPECT_EQ(recorded.bytes_read, 0);
  EXPECT_GT(measured([&] { y.eval(); }).launches, 0);
  EXPECT_EQ(measured([&] { y.eval(); }).launches, 0);
}

TEST(Law1, RebindsWhatLooksLikeAssignment) {
  Array x = array({1.0, 2.0});
  const Array before = x;
  x += 1.0;
  EXPECT_EQ(before.to_vector<double>(), (std::vector<double>{1, 2}));
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{2, 3}));
}

TEST(Law1, DoesNotCompileAnAssignmentToATemporary) {
  EXPECT_FALSE((std::is_assignable_v<Array, double>));
  EXPECT_FALSE((std::is_assignable_v<Array, const Array&>));
  EXPECT_TRUE((std::is_assignable_v<Array&, const Array&>));
}

TEST(Law1, ThrowsAtTheCallWithItsPlace) {
  const Array x = zeros({2, 3}), y = zeros({4});
  const std::string shapes = message<ShapeError>([&] { x + y; });
  const std::string line = "law1_lazy_test.cpp:" + std::to_string(__LINE__ - 1);
  EXPECT_NE(shapes.find("add"), std::string::npos) << shapes;
  EXPECT_NE(shapes.find("(2, 3)"), std::string::npos) << shapes;
  EXPECT_NE(shapes.find("(4,)"), std::string::npos) << shapes;
  EXPECT_NE(shapes.find(line), std::string::npos) << shapes;
  EXPECT_NE(message<IndexError>([&] { sum(x, 2); }).find("law1_lazy_test.cpp"), std::string::npos);
  EXPECT_NE(message<TypeError>([&] { bitwise_and(x, x); }).find("float64"), std::string::npos);
  EXPECT_NE(message<TypeError>([&] { (void)x.data<float>(); }).find("float64"), std::string::npos);
  EXPECT_NE(message<ValueError>([&] { (void)x.item<double>(); }).find("(2, 3)"), std::string::npos);
  EXPECT_NE(message<ValueError>([&] { astype(x, DType::Int8) + 300; }).find("300"), std::string::npos);
}

}  // namespace
}  // namespace ingot::tests
