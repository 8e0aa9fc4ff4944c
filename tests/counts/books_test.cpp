// Ingot's own counters agree with the books of the driver's stand-in, and nothing is launched, written or transferred
// that need not be.
#include <gtest/gtest.h>

#include "tests/counts/measure.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kCount = 20'000, kBytes = 8 * kCount;

std::vector<double> numbers() {
  std::vector<double> values(kCount);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 997) / 99.7;
  return values;
}

void expect_agreement(const Work& work) {
  EXPECT_EQ(static_cast<std::uint64_t>(work.stats.launches), work.books.launches);
  EXPECT_EQ(static_cast<std::uint64_t>(work.stats.bytes_to_device), work.books.bytes_in);
  EXPECT_EQ(static_cast<std::uint64_t>(work.stats.bytes_to_host), work.books.bytes_out);
  EXPECT_EQ(work.stats.interpreted, 0);
}

TEST(Books, AgreeOnASumOfAChain) {
  const std::vector<double> values = numbers();
  const Array x = array(values), total = sum(sqrt(x) + sin(x));
  const Work first = measured([&] { total.item<double>(); });
  expect_agreement(first);
  EXPECT_EQ(first.books.launches, 1u);
  EXPECT_EQ(first.books.bytes_in, static_cast<std::uint64_t>(kBytes));
  EXPECT_EQ(first.books.bytes_out, 8u);
  EXPECT_EQ(first.stats.bytes_read, kBytes);
  EXPECT_EQ(first.stats.bytes_written, 8);

  const Array again = sum(sqrt(x) + sin(x));
  const Work second = measured([&] { again.item<double>(); });
  expect_agreement(second);
  EXPECT_EQ(second.books.launches, 1u);
  EXPECT_EQ(second.books.bytes_in, 0u) << "x was on the device already";
  EXPECT_EQ(second.books.bytes_within, 0u);
  EXPECT_EQ(measured([&] { total.item<double>(); }).books.bytes_out, 0u) << "the result was on the host already";
}

// What kernels ask for is what stats() say that they read and write.
TEST(Books, AgreeOnTheBytesOfKernels) {
  const Array x = on_device({kCount}), y = on_device({kCount}, DType::Float32);
  for (const Array& result : {sqrt(x) + sin(x), x + y, x * 2.0 + x, astype(y, DType::Float64)}) {
    const Work work = measured([&] { result.eval(); });
    expect_agreement(work);
    EXPECT_EQ(work.books.bytes_asked, static_cast<std::uint64_t>(work.stats.bytes_read + work.stats.bytes_written));
  }
}

// W2 of the workloads: a generator, ten rounds and a mean.
TEST(Books, ShowNoArrayForAGenerator) {
  const auto w2 = [] {
    random::Generator g(1);
    Array a = g.uniform({kCount});
    for (int round = 0; round < 10; ++round) a = sqrt(a) + sin(a);
    return mean(a);
  };
  w2().eval();  // what a device allocates once, such as tickets, is there now
  const Array average = w2();
  const Work work = measured([&] { average.eval(); });
  expect_agreement(work);
  EXPECT_EQ(work.books.launches, 1u);
  EXPECT_EQ(work.books.bytes_in, 0u);
  EXPECT_EQ(work.books.bytes_out, 0u);
  EXPECT_LT(work.books.bytes_peak - work.books.bytes_live, static_cast<std::uint64_t>(kBytes));
  EXPECT_EQ(work.stats.bytes_read, 0);
  EXPECT_EQ(work.stats.bytes_written, 8);
  EXPECT_LT(work.books.bytes_asked, 4096u) << "only the result, and the partial states of blocks";
  EXPECT_EQ(work.books.allocations, 0u);
}

TEST(Books, ShareThePassOfSiblings) {
  const Array x = on_device({kCount}), y = sqrt(x) + sin(x);
  const Array average = mean(y), spread = stddev(y), largest = max(y);
  const Work work = measured([&] { eval({average, spread, largest}); });
  expect_agreement(work);
  EXPECT_EQ(work.books.launches, 1u);
  EXPECT_LT(work.books.bytes_asked, static_cast<std::uint64_t>(kBytes + 4096));
}

TEST(Books, AgreeOnPlansOfSeveralLaunches) {
  const Array x = on_device({200, 100}), scaled = (x - mean(x)) / stddev(x), rows = sum(scaled, 1),
              columns = sum(scaled, 0);
  const Work work = measured([&] { eval({scaled, rows, columns}); });
  expect_agreement(work);
  EXPECT_GE(work.books.launches, 2u);
  EXPECT_EQ(work.books.bytes_in, 0u);
  EXPECT_EQ(work.books.bytes_out, 0u);
  const Work read = measured([&] {
    rows.to_vector<double>();
    columns.to_vector<double>();
    rows.to_vector<double>();
  });
  expect_agreement(read);
  EXPECT_EQ(read.books.bytes_out, 8u * 300);
}

}  // namespace
}  // namespace ingot::tests
