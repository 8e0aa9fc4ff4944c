#include "host/jit/object.h"

#include <gtest/gtest.h>

#include "host/base/error.h"
#include "host/jit/kernels.h"

namespace ingot::jit {
namespace {

// out = sin(in): code, constants, calls within the object and one of libingot.
ir::Kernel sine() {
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body.inputs = {{DType::Float64, ir::Access::Contiguous, false}};
  kernel.body.code = {{ir::Code::Load, {}, DType::Float64}, {ir::Code::Apply, Op::sin, DType::Float64}};
  kernel.body.stores = {{1, {DType::Float64, ir::Access::Contiguous, false}}};
  return kernel;
}

class Object : public testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    Compiler* const llvm = compiler(&reason);
    if (llvm == nullptr) GTEST_SKIP() << reason;
    object_ = llvm->compile(sine(), cpu::Level::Baseline);
  }

  static std::string refusal(std::string_view object, std::span<const Symbol> known = symbols()) {
    try {
      load(object, known);
    } catch (const InternalError& error) {
      return error.what();
    }
    return {};
  }

  std::string object_;
};

TEST_F(Object, RunsAtItsAddress) {
  const auto code = load(object_, symbols());
  ASSERT_NE(code->body, nullptr);
  EXPECT_EQ(code->epilogue, nullptr);
  const double x[] = {0.0, 1.0, 1e300};  // the last is left to libingot's slow path
  double y[3];
  const void* in = x;
  void* out = y;
  const std::int64_t row = sizeof x, step = sizeof(double);
  cpu::Tile tile{};
  tile.rows = 1;
  tile.n = 3;
  tile.in = &in;
  tile.in_row = &row;
  tile.in_step = &step;
  tile.out = &out;
  tile.out_row = &row;
  code->body(&tile);
  EXPECT_EQ(y[0], 0.0);
  EXPECT_DOUBLE_EQ(y[1], 0.8414709848078965);
  EXPECT_DOUBLE_EQ(y[2], -0.8178819121159085);
}

TEST_F(Object, IsRefusedCutShort) {
  EXPECT_NE(refusal("").find("it ends early"), std::string::npos);
  EXPECT_NE(refusal(std::string(1000, 'x')).find("not a relocatable object"), std::string::npos);
  for (std::size_t size = 0; size < object_.size(); ++size)
    EXPECT_NE(refusal(std::string_view(object_).substr(0, size)), "") << size << " bytes of " << object_.size();
}

TEST_F(Object, IsLoadedOrRefusedWhateverIsDamaged) {
  std::size_t refused = 0;
  for (std::size_t at = 0; at < object_.size(); ++at) {
    for (const char flip : {'\x01', '\x40', '\xff'}) {
      std::string damaged = object_;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      refused += refusal(damaged) != "";
    }
  }
  EXPECT_GT(refused, 0u);
}

TEST_F(Object, IsRefusedIfItCallsWhatIsNotKnown) {
  EXPECT_NE(refusal(object_, {}).find("nothing is called "), std::string::npos) << refusal(object_, {});
}

}  // namespace
}  // namespace ingot::jit
