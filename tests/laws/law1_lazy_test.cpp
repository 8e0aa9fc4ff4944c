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

#ifdef INGOT_DEBUG

TEST(Law1, SaysThatBorrowedMemoryWasWritten) {
  std::vector<double> values = sample(6);
  const Array x = from_host(values.data(), {2, 3});
  const std::string line = "law1_lazy_test.cpp:" + std::to_string(__LINE__ - 1);
  const double before = sum(x).item<double>();
  values[4] += 1;
  const std::string text = message<ValueError>([&] { (void)sum(x).item<double>(); });
  EXPECT_NE(text.find("from_host: the memory borrowed for shape (2, 3) of float64 was written"), std::string::npos)
      << text;
  EXPECT_NE(text.find("array()"), std::string::npos) << text;
  EXPECT_NE(text.find(line), std::string::npos) << text;
  EXPECT_NE(message<ValueError>([&] { (void)x.to_vector<double>(); }), "no error");
  values[4] = sample(6)[4];
  EXPECT_EQ(sum(x).item<double>(), before);
}

TEST(Law1, LooksOnlyAtTheElementsThatWereBorrowed) {
  std::vector<std::int16_t> values(60);
  const Array x = from_host(values.data() + 41, {3, 2}, {-20, 2});  // 41, 43, 21, 23, 1, 3
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_element = i % 20 == 1 || i % 20 == 3;
    values[i] += 1;
    EXPECT_EQ(message<ValueError>([&] { (void)max(x + 1).item<std::int16_t>(); }) == "no error", !is_element) << i;
    values[i] -= 1;
  }
}

TEST(Law1, LooksAtPartsOfMuchBorrowedMemory) {
  const std::vector<double> original = sample(3'000'000);
  std::vector<double> values = original;
  const Array x = from_host(values.data(), {1500, 2000});
  const double before = sum(x).item<double>();
  for (const std::size_t first : {std::size_t{0}, std::size_t{1'000'000}, values.size() - 20'000}) {
    for (std::size_t i = first; i < first + 20'000; ++i) values[i] += 1;
    EXPECT_NE(message<ValueError>([&] { (void)sum(x).item<double>(); }), "no error") << first;
    for (std::size_t i = first; i < first + 20'000; ++i) values[i] = original[i];
  }
  EXPECT_EQ(sum(x).item<double>(), before);
}

#endif

}  // namespace
}  // namespace ingot::tests
