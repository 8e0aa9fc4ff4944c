#include <cmath>
#include <cstring>
#include <random>

#include "tests/api/expect.h"

namespace ingot {
namespace {

using std::abs;
using std::fabs;
using std::floor;
using std::max;
using std::min;
using std::sqrt;

// What the compiler makes of the body, for every pair of values, is what the text must give.
template <class X, class Y, class F>
void expect_as_compiled(const char* text, F function, const std::vector<X>& xs, const std::vector<Y>& ys) {
  using R = decltype(function(X(), Y()));
  const Array x = reshape(array(xs), {-1, 1}), y = array(ys);
  const Array got = elementwise(text, {{"x", x}, {"y", y}});
  ASSERT_EQ(got.dtype(), dtype_of<R>()) << text;
  ASSERT_EQ(got.shape(), (Shape{static_cast<std::int64_t>(xs.size()), static_cast<std::int64_t>(ys.size())})) << text;
  const std::vector<R> values = got.to_vector<R>();
  std::size_t at = 0;
  for (const X a : xs)
    for (const Y b : ys) {
      const R expected = function(a, b);
      EXPECT_TRUE(values[at] == expected || (expected != expected && values[at] != values[at]))
          << text << "  of " << +a << " and " << +b << " is " << +values[at] << ", expected " << +expected;
      ++at;
    }
}
const std::vector<float> kFloats = {-2.5f, -0.0f, 0.3f, 1.0f, 7.25f};
const std::vector<double> kDoubles = {-1e10, -0.5, 0.0, 0.1, 3.0};
const std::vector<std::int32_t> kInts = {-7, -1, 1, 2, 100'000};
const std::vector<std::int8_t> kBytes = {-128, -3, 1, 5, 127};
const std::vector<std::uint32_t> kWords = {1, 2, 31, 4'000'000'000u};
const std::vector<std::int64_t> kLongs = {-5'000'000'000, -2, 1, 3};

#define EXPECT_AS_COMPILED(X, xs, Y, ys, ...) \
  expect_as_compiled<X, Y>(                   \
      #__VA_ARGS__,                           \
      [](X x, Y y) {                          \
        (void)x, (void)y;                     \
        __VA_ARGS__                           \
      },                                      \
      xs, ys)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wfloat-equal"
#pragma GCC diagnostic ignored "-Wold-style-cast"

TEST(TextOp, MeansWhatACompilerMakesOfIt) {
  EXPECT_AS_COMPILED(float, kFloats, float, kFloats, float t = x * x; return t > y ? sqrt(t) : 0.0f;);
  EXPECT_AS_COMPILED(float, kFloats, double, kDoubles, return x + y * 2 - x / 3;);
  EXPECT_AS_COMPILED(float, kFloats, float, kFloats, return x + 1.5;);
  EXPECT_AS_COMPILED(float, kFloats, std::int64_t, kLongs, return x * y;);
  EXPECT_AS_COMPILED(std::int8_t, kBytes, std::int8_t, kBytes, return x + y;);
  EXPECT_AS_COMPILED(std::int8_t, kBytes, std::int8_t, kBytes, return x * y - (x >> 1) + ~y;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, return x / y;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, return x % y;);
  EXPECT_AS_COMPILED(std::int64_t, kLongs, std::int32_t, kInts, return x / y + x % y;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::uint32_t, kWords, return x / y;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::uint32_t, kWords, return x < y;);
  EXPECT_AS_COMPILED(std::int64_t, kLongs, std::uint32_t, kWords, return x < y ? x : y;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, return x < y && x != 1 || !(y > 2) ^ (x & 1););
  EXPECT_AS_COMPILED(std::uint32_t, kWords, std::uint32_t, kWords, return x << 3 | x >> 29 ^ y & 0xffu;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, return 1 + 2 * x - y - 3 << 1;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, float, kFloats, return (double)x + int(y) + static_cast<int64_t>(y););
}

TEST(TextOp, RunsStatements) {
  EXPECT_AS_COMPILED(
      float, kFloats, float, kFloats, float r = 0; if (x > y) r = x; else if (x < 0) {
        r = -y;
        r += 1;
      } return r;);
  EXPECT_AS_COMPILED(
      float, kFloats, float, kFloats, if (x < 0) return 0.0f; if (y < 0) { return -1.0f; } return x * y;);
  EXPECT_AS_COMPILED(
      float, kFloats, float, kFloats,
      if (x < y) {
        if (y > 1) return 1;
      } else return 2;
      return 3;);
  EXPECT_AS_COMPILED(
      float, kFloats, double, kDoubles, double s = 0; for (int k = 0; k < 5; ++k) { s = s * y + k; } return s + x;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, int n = 0;
                     for (int i = 3; i >= 0; i -= 1) for (int j = 0; j <= i; j++) n += x ^ (i * j); return n;);
  EXPECT_AS_COMPILED(
      std::int32_t, kInts, std::int32_t, kInts, int n = 1; for (int i = 5; i < 5; ++i) { n = 0; } return n;);
  EXPECT_AS_COMPILED(
      std::int32_t, kInts, std::int32_t, kInts, int a = x; int last = 0; {
        int a = y;
        a *= 2;
        last = a;
      } a <<= 1;
      a += last; a |= 1; a ^= 3; a &= 0xff; a >>= 1; a--; return a;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, const int a = x, b = a + 1; auto c = a * 1.0;
                     return c + b;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, uint8_t a = 200; a += 100; bool b = x; return a + b;);
  EXPECT_AS_COMPILED(std::int32_t, kInts, std::int32_t, kInts, unsigned long long a = x; long b = y; unsigned c = 7;
                     short d = x; return a + b + c + d;);
  EXPECT_AS_COMPILED(double, kDoubles, double, kDoubles, x = max(x, 0.0); y = fabs(y); return min(x, y) + floor(y););
  EXPECT_AS_COMPILED(double, kDoubles, double, kDoubles, int k = 0; if (x > y) for (int i = 0; i < 3; ++i) k += i;
                     return k ? x : y;);
}
#pragma GCC diagnostic pop

TEST(TextOp, ReadsNumbersAsCppDoes) {
  const auto type_of = [](const char* number) {
    return elementwise("return " + std::string(number) + ";", {}).dtype();
  };
  EXPECT_EQ(type_of("1"), DType::Int32);
  EXPECT_EQ(type_of("2147483648"), DType::Int64);
  EXPECT_EQ(type_of("0x80000000"), DType::UInt32);
  EXPECT_EQ(type_of("1u"), DType::UInt32);
  EXPECT_EQ(type_of("1l"), DType::Int64);
  EXPECT_EQ(type_of("1ull"), DType::UInt64);
  EXPECT_EQ(type_of("1."), DType::Float64);
  EXPECT_EQ(type_of("1e3f"), DType::Float32);
  EXPECT_EQ(type_of("true"), DType::Bool);
  EXPECT_EQ(elementwise("return 010 + 0x1F;", {}).item<int>(), 39);
  EXPECT_EQ(elementwise("return 0x1.8p1;", {}).item<double>(), 3);
  EXPECT_EQ(elementwise("return .1f;", {}).item<float>(), 0.1f);
  EXPECT_EQ(elementwise("return 18446744073709551615u;", {}).item<std::uint64_t>(), ~std::uint64_t{0});
}

// As a compiler rounds them: to 0 what is too small.
TEST(TextOp, TakesNumbersTooSmallForTheirTypeForZero) {
  const Array x = array({1.0});
  for (const char* body : {"return 1e-400;", "return 0.0000001e-99999;", "return 0x1p-2000;", "return 1e-60f;"})
    EXPECT_EQ(elementwise(body, {{"x", x}})(0).item<double>(), 0) << body;
  EXPECT_EQ(elementwise("return 1e-310;", {{"x", x}})(0).item<double>(), 1e-310);
}

TEST(TextOp, CallsTheLibrarysFunctions) {
  const Array x = array({0.5f, 2.0f}), n = array({3, -4});
  EXPECT_SAME_NODE(elementwise("return sin(x) + rsqrt(x);", {{"x", x}}), sin(x) + rsqrt(x));
  EXPECT_SAME_NODE(elementwise("return tanhf(x);", {{"x", x}}), tanh(x));
  EXPECT_EQ(elementwise("return sqrtf(n);", {{"n", abs(n)}}).dtype(), DType::Float32);
  EXPECT_EQ(elementwise("return sqrt(n);", {{"n", abs(n)}}).dtype(), DType::Float64);
  EXPECT_VALUES(elementwise("return where(n > 0, n, -1) + clip(n, -1, 1) + select(true, 1, 2);", {{"n", n}}), ({2}),
                int, 5, -1);
  EXPECT_VALUES(elementwise("return pow(x, 2.0f) /* a square */;  // no more", {{"x", x}}), ({2}), float, 0.25f, 4);
}

TEST(TextOp, DefinesWhatCLeavesOpen) {
  const Array n = array({7, -7}), zero = array({0, 0});
  EXPECT_VALUES(elementwise("return n / zero + n % zero;", {{"n", n}, {"zero", zero}}), ({2}), int, 0, 0);
  EXPECT_VALUES(elementwise("return (n << 40) + (n << (long)1e18);", {{"n", n}}), ({2}), int, 0, 0);
  EXPECT_VALUES(elementwise("return int(1e30f * n);", {{"n", n}}), ({2}), int, 2147483647, -2147483648);
  EXPECT_VALUES(elementwise("int k; return k + n;", {{"n", n}}), ({2}), int, 7, -7);
}

TEST(TextOp, IsOnePassOverItsArguments) {
  const Array x = ones({100'000}, DType::Float32);
  reset_stats();
  const Array y = elementwise("float t = x * x; return t > 1 ? sqrt(t) : 0.5f;", {{"x", x}});
  EXPECT_EQ(y.dtype(), DType::Float32);
  EXPECT_EQ(sum(y).item<double>(), 50'000);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_SAME_NODE(y, where(x * x > 1.0, sqrt(x * x), 0.5));
  EXPECT_EQ(elementwise("return k;", {{"k", 2.5}, {"x", x}}).dtype(), DType::Float64);
}

TEST(TextOp, SaysWhereItStumbles) {
  const Array x = array({1.0});
  const auto error = [&](const char* text) {
    return tests::message_of<ValueError>([&] { elementwise(text, {{"x", x}}); });
  };
  const auto expect = [&](const char* text, const std::string& message) {
    const std::string got = error(text);
    EXPECT_EQ(got.substr(0, got.rfind(" [")), "elementwise: " + message) << text;
  };
  expect("return x +;", "line 1, column 11: found `;`, expected an expression");
  expect("float t = x\nreturn t;", "line 2, column 1: found `return`, expected `;`");
  expect("return y;", "line 1, column 8: found `y`, expected the name of an argument or a variable");
  expect("return foo(x);", "line 1, column 8: found `foo`, expected the name of a function of ingot/elementwise.hpp");
  expect("return pow(x);", "line 1, column 13: found `)`, expected `,`, as pow takes 2 arguments");
  expect("return sqrt(x, x);", "line 1, column 16: found `x`, expected `)` after 1 arguments of sqrt");
  expect("x = 1;", "line 1, column 7: found the end, expected `return` and a value");
  expect(
      "if (x > 1) return x;",
      "line 1, column 21: found the end, expected a `return` for the elements for which no condition before it held");
  expect("while (x > 1) x = x / 2; return x;",
         "line 1, column 1: found `while`, expected a statement, or the name of a variable to assign to");
  expect("for (int i = 0; i < x; ++i) x = 1; return x;",
         "line 1, column 17: found `i`, expected a comparison of integers that are made of numbers by + - * / %, so "
         "that the loop can be "
         "unrolled");
  expect("for (int i = 0; i < 1; i = i) x = x + 1; return x;",
         "line 1, column 17: found `i`, expected at most 20000 statements and operations, loops unrolled");
  expect("int x = 1; return x;", "line 1, column 5: found `x`, expected a name that this block has not declared yet");
  expect("auto a; return x;",
         "line 1, column 7: found `;`, expected `=` and the value that gives the variable its type");
  expect("return x @ 2;", "line 1, column 10: found `@`, expected a name, a number or an operator");
  expect("return 1e999;", "line 1, column 8: found `1e999`, expected a number that double holds");
  expect("return 1e39f;", "line 1, column 8: found `1e39f`, expected a number that float holds");
  expect("return 9999999999999999999;",
         "line 1, column 8: found `9999999999999999999`, expected an integer below 2^63, or one with the suffix u");
  expect("return 1.2.3;", "line 1, column 8: found `1.2.3`, expected a number");
  expect("/* return x;", "line 1, column 1: found `/*`, expected a comment that ends with `*/`");
  expect(("return " + std::string(300, '(') + "x" + std::string(300, ')') + ";").c_str(),
         "line 1, column 107: found `(`, expected at most 200 nested levels");
  EXPECT_ERROR(TypeError, elementwise("return x % 2;", {{"x", x}}),
               "elementwise: `%` takes integers, and one of these is float64; use remainder(x, y), which has the sign "
               "of y");
  EXPECT_ERROR(ValueError, elementwise("return 1;", {{"for", x}}),
               "elementwise: an argument is named \"for\"; expected a name as C++ has them, and none of its keywords");
  EXPECT_ERROR(ValueError, elementwise("return a;", {{"a", x}, {"a", x}}),
               "elementwise: two arguments are named \"a\"; give each its own name");
  EXPECT_THROW(elementwise(std::string(70'000, ' '), {}), ValueError);
}

// Whatever the text, it is computed or refused with an Error.
TEST(TextOp, TakesOrRefusesAnyText) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string texts[] = {
      "float t = x * x; return t > 1 ? sqrt(t) : 0.0f;",
      "double s = 0; for (int k = 0; k < 8; ++k) { s = s * y + k; if (k % 2 == 0) s -= x; } return s;",
      "if (x < 0) return -1; else if (n & 1) { auto a = n << 3; return a / 7 % 5; } return int(x) | n;",
      "unsigned long a = n, b = ~a; a ^= b >> 2; return static_cast<float>(a) + max(x, 1e-3f) * (double)n;",
  };
  const std::string words[] = {"(",  ")", "{",   "}",      ";",  "if", "else", "for", "return", "int",  "x",   "n",
                               "++", "=", "<<=", "?",      ":",  ",",  "1.5f", "0x",  "sqrt",   "!",    "-",   "/",
                               "%",  "(", "(((", "float ", "\n", "/*", "*/",   "9e9", "where",  "auto", " t ", "\xff"};
  const Array x = array({1.5f, -2.0f}), n = array({3, 4});
  int computed = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text = texts[below(std::size(texts))];
    for (std::size_t changes = below(4); changes > 0; --changes) {
      const std::size_t at = below(text.size() + 1), length = std::min(text.size() - at, below(6));
      switch (below(4)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, words[below(std::size(words))]); break;
        case 2: text.replace(at, length, words[below(std::size(words))]); break;
        default: text.insert(at, text.substr(below(text.size() + 1), below(30)));
      }
    }
    try {
      const Array y = elementwise(text, {{"x", x}, {"y", 2.5}, {"n", n}});
      EXPECT_EQ(y.shape(), Shape{2});
      if (round % 20 == 0) y.eval();
      ++computed;
    } catch (const InternalError& error) {
      ADD_FAILURE() << text << ": " << error.what();
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(computed, 800);
  EXPECT_GT(refused, 800);
}

}  // namespace
}  // namespace ingot
