#include "ingot/einsum.hpp"

#include <complex>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "ingot/products.hpp"
#include "tests/api/expect.h"

namespace ingot {
namespace {

Array counted(const Shape& shape) { return reshape(arange(shape.numel()), shape); }

// The examples of NumPy's documentation.
TEST(Einsum, DoesWhatNumPyDocuments) {
  const Array a = counted({5, 5}), b = arange(5), c = counted({2, 3});
  EXPECT_VALUES(einsum("ii", a), ({}), int, 60);
  EXPECT_VALUES(einsum("ii->i", a), ({5}), int, 0, 6, 12, 18, 24);
  EXPECT_VALUES(einsum("ij->i", a), ({5}), int, 10, 35, 60, 85, 110);
  EXPECT_VALUES(einsum("...j->...", a), ({5}), int, 10, 35, 60, 85, 110);
  EXPECT_VALUES(einsum("ji", c), ({3, 2}), int, 0, 3, 1, 4, 2, 5);
  EXPECT_VALUES(einsum("ij->ji", c), ({3, 2}), int, 0, 3, 1, 4, 2, 5);
  EXPECT_VALUES(einsum("i,i", b, b), ({}), int, 30);
  EXPECT_VALUES(einsum("ij,j", a, b), ({5}), int, 30, 80, 130, 180, 230);
  EXPECT_VALUES(einsum("...j,j", a, b), ({5}), int, 30, 80, 130, 180, 230);
  EXPECT_VALUES(einsum("..., ...", 3, c), ({2, 3}), int, 0, 3, 6, 9, 12, 15);
  EXPECT_VALUES(einsum(",ij", 3, c), ({2, 3}), int, 0, 3, 6, 9, 12, 15);
  EXPECT_VALUES(einsum("i,j", arange(2) + 1, b), ({2, 5}), int, 0, 1, 2, 3, 4, 0, 2, 4, 6, 8);
  EXPECT_VALUES(einsum("i...->...", a), ({5}), int, 50, 55, 60, 65, 70);
  EXPECT_VALUES(einsum("ijk,jil->kl", counted({3, 4, 5}), counted({4, 3, 2})), ({5, 2}), int, 4400, 4730, 4532, 4874,
                4664, 5018, 4796, 5162, 4928, 5306);
  const Array x = counted({3, 2}), y = counted({4, 3});
  EXPECT_VALUES(einsum("ki,jk->ij", x, y), ({2, 4}), int, 10, 28, 46, 64, 13, 40, 67, 94);
  EXPECT_VALUES(einsum("ki,...k->i...", x, y), ({2, 4}), int, 10, 28, 46, 64, 13, 40, 67, 94);
  EXPECT_VALUES(einsum("k...,jk", x, y), ({2, 4}), int, 10, 28, 46, 64, 13, 40, 67, 94);
}

TEST(Einsum, TakesListsTextsAndWeakScalars) {
  const Array a = counted({2, 3});
  const std::string text = "ij,kj->ik";
  EXPECT_SAME_NODE(einsum(text, {a, a}), einsum("ij,kj->ik", a, a));
  EXPECT_SAME_NODE(einsum(std::string_view(text), std::vector<Array>{a, a}), matmul(a, a.T()));
  EXPECT_SAME_NODE(einsum(" i j , j k -> i k ", a, a.T()), matmul(a, a.T()));
  EXPECT_SAME_NODE(einsum("ij->ji", a), a.T());
  EXPECT_EQ(einsum("i,->i", astype(arange(3), DType::Float32), 2.0).dtype(), DType::Float32);
  EXPECT_EQ(einsum("i->", full({300}, 1, DType::Int8)).item<int>(), 44);
  EXPECT_EQ(einsum("i->", full({300}, true, DType::Bool)).dtype(), DType::Bool);
  // A float32 and integers of 16 bits and less are a float32, whichever come first.
  const Array x = ones({3}, DType::UInt16), y = ones({3}, DType::Int8), z = ones({3}, DType::Float32);
  for (const auto& operands : {std::vector<Array>{x, y, z}, {x, z, y}, {z, y, x}, {y, x, z}})
    EXPECT_EQ(einsum("i,i,i->", operands).dtype(), DType::Float32);
  EXPECT_EQ(einsum("", 3).item<int>(), 3);
  EXPECT_EQ(einsum("i->", zeros({0})).item<double>(), 0);
  EXPECT_EQ(to_string(einsum("ij,jk->ik", zeros({2, 0}), zeros({0, 3})).shape()), "(2, 3)");
  EXPECT_EQ(to_string(einsum("aB,Bc", zeros({2, 4}), zeros({4, 3})).shape()), "(2, 3)");
  EXPECT_EQ(to_string(einsum("ab,C", zeros({2, 4}), zeros({3})).shape()), "(3, 2, 4)");
}

// An expression made at random, and what it means by the definition: a sum over all labels at once.
class RandomExpression {
 public:
  explicit RandomExpression(std::uint64_t seed) : random_(seed) {
    const int labels = 1 + below(5), operands = 1 + below(4);
    for (int l = 0; l < labels; ++l) extents_.push_back(chance(8) ? 1 : chance(60) ? 0 : 2 + below(3));
    const int ellipsis = chance(3) ? 1 + below(2) : 0;
    for (int l = 0; l < ellipsis; ++l) extents_.push_back(1 + below(3));
    std::set<int> used;
    bool any_ellipsis = false;
    for (int i = 0; i < operands; ++i) {
      Operand x;
      for (int k = below(4); k > 0; --k) x.labels.push_back(below(labels));
      if (ellipsis > 0 && !chance(4)) {
        x.ellipsis = below(static_cast<int>(x.labels.size()) + 1);
        x.others = below(ellipsis + 1);
        any_ellipsis = true;
      }
      used.insert(x.labels.begin(), x.labels.end());
      operands_.push_back(x);
    }
    for (const Operand& x : operands_) ellipsis_ = std::max(ellipsis_, x.others);
    labels_ = labels;
    explicit_ = !chance(3);
    if (explicit_) {
      for (const int l : used)
        if (chance(2)) result_.push_back(l);
      std::shuffle(result_.begin(), result_.end(), random_);
      if (any_ellipsis) result_ellipsis_ = below(static_cast<int>(result_.size()) + 1);
    } else {
      result_ellipsis_ = 0;
      for (const int l : used) {
        int count = 0;
        for (const Operand& x : operands_) count += static_cast<int>(std::count(x.labels.begin(), x.labels.end(), l));
        if (count == 1) result_.push_back(l);
      }
    }
    for (Operand& x : operands_) fill(x);
  }

  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      if (i > 0) text += ",";
      text += written(operands_[i].labels, operands_[i].ellipsis);
    }
    return explicit_ ? text + "->" + written(result_, result_ellipsis_) : text;
  }

  // As a dtype that holds every value exactly, in a layout of its own.
  std::vector<Array> arrays(DType dtype) {
    std::vector<Array> arrays;
    for (const Operand& x : operands_) {
      Array a = astype(array(std::span(x.values), x.shape), dtype);
      if (chance(3)) a = a.eval().T().T();
      if (chance(3)) a = flip(flip(a).eval());
      if (chance(3)) a = transpose(transpose(a).eval());
      arrays.push_back(a);
    }
    return arrays;
  }

  Shape shape() const {
    Shape shape;
    for (const int l : all(result_, result_ellipsis_, ellipsis_)) shape.push_back(extent(l));
    return shape;
  }

  std::vector<double> values() const {
    std::vector<double> sums(static_cast<std::size_t>(shape().numel()));
    const int count = static_cast<int>(extents_.size());
    std::vector<std::int64_t> at(extents_.size(), 0);
    std::int64_t total = 1;
    for (int l = 0; l < count; ++l) total *= extent(l);
    for (std::int64_t i = 0; i < total; ++i) {
      std::int64_t rest = i;
      for (int l = 0; l < count; ++l) {
        at[static_cast<std::size_t>(l)] = rest % extent(l);
        rest /= extent(l);
      }
      double product = 1;
      for (const Operand& x : operands_) {
        const std::vector<int> labels = all(x.labels, x.ellipsis, x.others);
        std::size_t place = 0;
        for (std::size_t k = 0; k < labels.size(); ++k) {
          const std::int64_t n = x.shape[static_cast<int>(k)];
          place = place * static_cast<std::size_t>(n) +
                  static_cast<std::size_t>(n == 1 ? 0 : at[static_cast<std::size_t>(labels[k])]);
        }
        product *= x.values[place];
      }
      std::size_t place = 0;
      for (const int l : all(result_, result_ellipsis_, ellipsis_))
        place = place * static_cast<std::size_t>(extent(l)) + static_cast<std::size_t>(at[static_cast<std::size_t>(l)]);
      sums[place] += product;
    }
    return sums;
  }

 private:
  struct Operand {
    std::vector<int> labels;
    int ellipsis = -1, others = 0;  // where it stands, and how many axes it has
    Shape shape;
    std::vector<double> values;
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(int one_in) { return below(one_in) == 0; }

  // What no operand shows counts once.
  std::int64_t extent(int label) const {
    std::int64_t most = 1;
    for (const Operand& x : operands_) {
      const std::vector<int> labels = all(x.labels, x.ellipsis, x.others);
      for (std::size_t k = 0; k < labels.size(); ++k)
        if (labels[k] == label && x.shape[static_cast<int>(k)] != 1) most = x.shape[static_cast<int>(k)];
    }
    return most;
  }

  // Labels of the ellipsis are those from labels_ on, the last axis first.
  std::vector<int> all(std::vector<int> letters, int ellipsis, int others) const {
    for (int k = 0; ellipsis >= 0 && k < others; ++k) letters.insert(letters.begin() + ellipsis, labels_ + k);
    return letters;
  }

  static std::string written(const std::vector<int>& labels, int ellipsis) {
    static constexpr std::string_view kLetters = "AXcik";  // in the order of their codes
    std::string text;
    for (std::size_t k = 0; k <= labels.size(); ++k) {
      if (static_cast<int>(k) == ellipsis) text += "...";
      if (k < labels.size()) text += kLetters[static_cast<std::size_t>(labels[k])];
    }
    return text;
  }

  void fill(Operand& x) {
    for (const int l : all(x.labels, x.ellipsis, x.others)) {
      const bool repeated = std::count(x.labels.begin(), x.labels.end(), l) > 1;
      x.shape.push_back(!repeated && chance(8) ? 1 : extents_[static_cast<std::size_t>(l)]);
    }
    for (std::int64_t i = 0; i < x.shape.numel(); ++i) x.values.push_back(below(7) - 3);
  }

  std::mt19937_64 random_;
  std::vector<int> extents_;
  std::vector<Operand> operands_;
  int labels_ = 0, ellipsis_ = 0;
  bool explicit_ = false;
  std::vector<int> result_;
  int result_ellipsis_ = -1;
};

TEST(Einsum, AgreesWithTheDefinition) {
  static constexpr DType kDtypes[] = {DType::Float64, DType::Int64, DType::Float32, DType::Complex128};
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    RandomExpression expression(seed);
    const std::string text = expression.text();
    const DType dtype = kDtypes[seed % 4];
    const std::vector<Array> arrays = expression.arrays(dtype);
    std::string shapes;
    for (const Array& x : arrays) shapes += " " + to_string(x.shape());
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text + shapes);
    const Array result = einsum(text, arrays);
    ASSERT_EQ(result.dtype(), dtype);
    ASSERT_EQ(to_string(result.shape()), to_string(expression.shape()));
    const Array re = is_complex(dtype) ? real(result) : result;
    const std::vector<double> got = re.to_vector<double>(), expected = expression.values();
    ASSERT_EQ(got, expected);
  }
}

TEST(Einsum, OfComplexNumbersMultipliesThem) {
  using C = std::complex<double>;
  const Array x = array({C(1, 2), C(3, 0)}), y = array({C(0, 1), C(1, 1)});
  EXPECT_EQ(einsum("i,i", x, y).item<C>(), C(1, 2) * C(0, 1) + C(3, 0) * C(1, 1));
  EXPECT_VALUES(einsum("i,j->ij", x, y), ({2, 2}), C, C(-2, 1), C(-1, 3), C(0, 3), C(3, 3));
  EXPECT_EQ(einsum("i->", x).item<C>(), C(4, 2));
}

TEST(Einsum, SaysWhatIsWrong) {
  const Array a = zeros({2, 3}), v = zeros({3});
  EXPECT_ERROR(ValueError, einsum("i$", a),
               "einsum: subscripts \"i$\" have an unexpected '$' at place 1; they are letters, and an ellipsis ... at "
               "most, for each operand, with commas between, and may end in -> and those of the result");
  EXPECT_ERROR(ValueError, einsum("i..", a),
               "einsum: subscripts \"i..\" have an unexpected '.' at place 1; they are letters, and an ellipsis ... at "
               "most, for each operand, with commas between, and may end in -> and those of the result");
  for (const char* text : {"...i...", "....i", "i->j->", "i->,", "i- >", "1", "i-"})
    EXPECT_THROW(einsum(text, v), ValueError) << text;
  EXPECT_ERROR(ValueError, einsum("i,j", v),
               "einsum: subscripts \"i,j\" are for 2 operands, and 1 was given; write those of each, with commas "
               "between");
  EXPECT_ERROR(
      ShapeError, einsum("ijk", a),
      "einsum: operand 0 of shape (2, 3) has 2 axes, and its subscripts in \"ijk\" name 3; name each axis once");
  EXPECT_ERROR(ShapeError, einsum("i", a),
               "einsum: operand 0 of shape (2, 3) has 2 axes, and its subscripts in \"i\" name 1; name them all, or "
               "write ... for the others");
  EXPECT_ERROR(ValueError, einsum("ij->k", a),
               "einsum: the result in \"ij->k\" has the label 'k', which no operand has; use labels of the operands");
  EXPECT_ERROR(
      ValueError, einsum("ij->ii", a),
      "einsum: the result in \"ij->ii\" has the label 'i' more than once; each of its axes needs a label of its "
      "own");
  EXPECT_ERROR(
      ValueError, einsum("...j->j", a),
      "einsum: operands of \"...j->j\" have an ellipsis of 1 axis, and the result has none; write ... in it, or "
      "name the axes");
  EXPECT_ERROR(ShapeError, einsum("ii", a),
               "einsum: label 'i' is given to axes 0 and 1 of operand 0 of shape (2, 3), with extents 2 and 3; a "
               "diagonal needs equal extents");
  EXPECT_ERROR(
      ShapeError, einsum("ij,i", a, v),
      "einsum: label 'i' of \"ij,i\" has extent 2 in operand 0 of shape (2, 3) and 3 in operand 1 of shape (3,), "
      "where equal extents or 1 were expected");
  EXPECT_ERROR(ValueError, einsum("", std::vector<Array>{}),
               "einsum: subscripts \"\" are for 1 operand, and 0 were given; write those of each, with commas between");
}

TEST(EinsumPath, IsThatOfTheFewestOperations) {
  const Array square = zeros({10, 10}), cube = zeros({10, 10, 10, 10});
  const EinsumPath path = einsum_path("ea,fb,abcd,gc,hd->efgh", square, square, cube, square, square);
  EXPECT_EQ(path.naive_operations, 5e8);
  EXPECT_EQ(path.operations, 8e5);
  EXPECT_EQ(path.largest, 1e4);
  EXPECT_EQ(path.steps.size(), 4u);
  const EinsumPath chain = einsum_path("ij,jk,kl->il", zeros({10, 100}), zeros({100, 5}), zeros({5, 50}));
  EXPECT_EQ(to_string(chain),
            "15000 operations, of 750000 without an order; largest product 500 elements\n"
            "  0, 1  ij,jk->ik  10000\n"
            "  0, 1  kl,ik->il  5000");
  EXPECT_EQ(einsum_path("ij->i", square).operations, 100);
  EXPECT_EQ(einsum_path("ij->ji", square).operations, 0);
}

// tests/golden/contraction_orders.txt has an expression, the extents of its labels in the order of their codes, and the
// operations of opt_einsum 3.4's greedy order.
TEST(EinsumPath, CostsNoMoreThanAGreedyOrder) {
  std::ifstream file(std::string(INGOT_TESTS_DIR) + "/golden/contraction_orders.txt");
  std::string text, numbers;
  double greedy = 0;
  int lines = 0;
  for (; file >> text >> numbers >> greedy; ++lines) {
    std::set<char> letters;
    const std::string operands = text.substr(0, text.find("->"));
    for (const char c : operands)
      if (c != ',') letters.insert(c);
    std::map<char, std::int64_t> extents;
    std::istringstream in(numbers);
    for (const char c : letters) {
      std::string number;
      std::getline(in, number, ',');
      extents[c] = std::stoll(number);
    }
    std::vector<Array> arrays;
    std::istringstream terms(operands);
    for (std::string term; std::getline(terms, term, ',');) {
      Shape shape;
      for (const char c : term) shape.push_back(extents[c]);
      arrays.push_back(zeros(shape));
    }
    const EinsumPath path = einsum_path(text, arrays);
    EXPECT_LE(path.operations, greedy) << text;
    EXPECT_LE(path.operations, path.naive_operations) << text;
  }
  EXPECT_GT(lines, 300);
}

}  // namespace
}  // namespace ingot
