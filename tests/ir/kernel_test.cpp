#include "host/ir/kernel.h"

#include <gtest/gtest.h>

#include "ingot/error.hpp"

namespace ingot::ir {
namespace {

// sum and store of sqrt(x) * 2, with the mean in the epilogue.
Kernel example() {
  Kernel k;
  k.reduced = {false, true};
  k.body.inputs = {{.dtype = DType::Float64}};
  k.body.params = {DType::Float64};
  k.body.code = {{.code = Code::Load, .dtype = DType::Float64},
                 {.code = Code::Param, .dtype = DType::Float64},
                 {.code = Code::Apply, .op = Op::sqrt, .dtype = DType::Float64, .args = {0}},
                 {.code = Code::Apply, .op = Op::multiply, .dtype = DType::Float64, .args = {2, 1}}};
  k.body.stores = {{.value = 3, .operand = {.dtype = DType::Float64}}};
  k.reductions = {{Reducer::sum, 3}};
  k.epilogue.params = {DType::Float64};
  k.epilogue.code = {{.code = Code::Reduced, .dtype = DType::Float64},
                     {.code = Code::Param, .dtype = DType::Float64},
                     {.code = Code::Apply, .op = Op::divide, .dtype = DType::Float64, .args = {0, 1}}};
  k.epilogue.stores = {{.value = 2, .operand = {.dtype = DType::Float64}}};
  return k;
}

template <class Change>
std::string refusal(Change change) {
  Kernel kernel = example();
  change(kernel);
  try {
    verify(kernel);
  } catch (const InternalError& error) {
    const std::string message = error.what();
    return message.substr(0, message.find('\n'));
  }
  return "accepted";
}

TEST(Print, IsStable) {
  EXPECT_EQ(print(example()),
            "kernel kept reduced\n"
            "body\n"
            "  %0 f64 = load in0 f64 contiguous\n"
            "  %1 f64 = param 0\n"
            "  %2 f64 = sqrt %0\n"
            "  %3 f64 = multiply %2 %1\n"
            "  store %3 to f64 contiguous\n"
            "  reduce sum %3\n"
            "epilogue\n"
            "  %0 f64 = reduced 0\n"
            "  %1 f64 = param 0\n"
            "  %2 f64 = divide %0 %1\n"
            "  store %2 to f64 contiguous\n");
}

TEST(Verify, AcceptsALegalKernel) { EXPECT_NO_THROW(verify(example())); }

TEST(Verify, NamesWhatIsIllegal) {
  EXPECT_NE(refusal([](Kernel& k) { k.body.code[2].args[0] = 3; }).find("%2 uses a value that does not precede it"),
            std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) { k.body.code[0].index = 4; }).find("%0 loads what is not there"), std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) { k.reduced = {false, false}; }).find("reduced axes and reductions do not match"),
            std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) { k.reductions[0].reducer = Reducer::any; }).find("any of float64"),
            std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) { k.epilogue.stores.clear(); }).find("reductions that nothing stores"),
            std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) { k.body.code[3].dtype = DType::Float32; }).find("%3 has the wrong result dtype"),
            std::string::npos);
  EXPECT_NE(refusal([](Kernel& k) {
              k.body.inputs[0].dtype = k.body.code[0].dtype = DType::Bool;
              k.body.code[2] = {.code = Code::Apply, .op = Op::bitwise_left_shift, .dtype = DType::Bool};
            }).find("%2 applies bitwise_left_shift to bool"),
            std::string::npos);
  EXPECT_NE(
      refusal([](Kernel& k) { k.body.stores[0].operand.dtype = DType::Float32; }).find("a store of the wrong value"),
      std::string::npos);
}

TEST(Lanes, ComeFromTheFirstReductionWhoseOrderShows) {
  Kernel k = example();
  EXPECT_EQ(lanes(k), 64);
  EXPECT_EQ(leaf_size(k), 1024);
  k.reductions = {{Reducer::max, 3}, {Reducer::sum, 3}};
  EXPECT_EQ(lanes(k), 64);
  k.reduced = {true, false};
  EXPECT_EQ(leaf_size(k), kColumnLeaf);
}

}  // namespace
}  // namespace ingot::ir
