#include "host/exec/on_gpu/routine.h"

#include <algorithm>
#include <utility>

#include "host/exec/gpu.h"

namespace ingot::exec {

const KernelRoutine* kernel_routine(Routine routine) {
  switch (routine) {
    case Routine::take: return &kTakeKernels;
    case Routine::searchsorted: return &kSearchKernels;
    case Routine::matmul: return &kProductKernels;
    case Routine::scan: return &kScanKernels;
    default: return nullptr;
  }
}

const std::byte* Faults::note(const RoutineCall& call, Storage& storage, std::int64_t offset, Report* report,
                              cuda::Gpu& gpu) {
  constexpr std::size_t kBytes = kFaults * sizeof(std::uint64_t);
  if (noted_.size() == kFaults) check(gpu);
  FaultWords& faults = faults_of(gpu);
  if (!faults.words) faults.words = memory_on_gpu(gpu, kBytes, "what kernels find wrong with values");
  if (noted_.empty() && !std::exchange(faults.clean, false)) gpu.clear(faults.words->address(), kBytes);
  noted_.push_back({&call, StorageRef(&storage), offset, report});
  return reinterpret_cast<const std::byte*>(faults.words->address()) + (noted_.size() - 1) * sizeof(std::uint64_t);
}

void Faults::check(cuda::Gpu& gpu) {
  if (noted_.empty()) return;
  const std::vector<Noted> noted = std::exchange(noted_, {});
  std::uint64_t words[kFaults];
  FaultWords& faults = faults_of(gpu);
  gpu.copy_out(words, faults.words->address(), noted.size() * sizeof *words);
  for (std::size_t k = 0; k < noted.size(); ++k)
    if (words[k] != 0) noted[k].report(*noted[k].call, words[k], noted[k].storage->data() + noted[k].offset);
  faults.clean = true;
}

}  // namespace ingot::exec
