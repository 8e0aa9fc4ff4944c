#include "tests/counts/measure.h"

#include <sstream>

#include "tests/fake_cuda/opened.h"

namespace ingot::tests {

std::string to_string(const Work& work) {
  const FakeCudaBooks& b = work.books;
  std::ostringstream out;
  out << b.launches << " launches of " << b.blocks << " blocks; " << b.warp_accesses << " accesses to " << b.bytes_asked
      << " bytes in " << b.sectors << " sectors, " << b.sectors_least << " at least; " << b.shared_accesses
      << " accesses to shared memory in " << b.wavefronts << " wavefronts, " << b.wavefronts_least << " at least; "
      << work.lanes() << " of lanes active";
  return out.str();
}

namespace detail {

void begin() {
  reset_stats();
  fake_cuda_test::control().reset_books();
}

Work end() {
  Work work{stats(), {}};
  fake_cuda_test::control().read_books(&work.books);
  return work;
}

}  // namespace detail

Array on_device(const Shape& shape, DType dtype) {
  const Array numbers = arange(shape.numel()) * 7919 % 10007;
  const Array values = is_floating(dtype) ? numbers / 1000.7 : is_bool(dtype) ? numbers % 2 : numbers % 11;
  Array x = reshape(astype(values, dtype), shape);
  x.eval();
  return x;
}

}  // namespace ingot::tests
