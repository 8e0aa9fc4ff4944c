// What the workloads have in common: how a rival, a limit, NumPy or Ingot takes its turn on an input.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ingot/array.hpp>

#include "../harness/case.h"
#include "../harness/context.h"
#include "../peers/peer.h"

namespace bench {

/// Somebody who reads the input through a pointer: work(x) is timed.
template <class Work>
Contestant reader(std::string name, Role role, std::shared_ptr<Input> input, Work work) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.role = role;
  auto x = std::make_shared<const double*>(nullptr);
  contestant.prepare = [=] { *x = input->open(); };
  contestant.run = [=] { return clocked([&] { work(*x); }); };
  return contestant;
}

/// A rival whose result is one number.
template <class Work>
Contestant scalar_rival(const Peer& peer, std::shared_ptr<Input> input, Work work) {
  auto value = std::make_shared<double>(0);
  Contestant contestant = reader(peer.name, Role::Rival, std::move(input), [=](const double* x) { *value = work(x); });
  contestant.observe = [=] { return std::vector{*value}; };
  return contestant;
}

/// Ingot: compute(x) is timed, on a leaf made anew for every repeat, and returns the values to check.
template <class Compute>
Contestant ours(std::shared_ptr<Input> input, Compute compute, std::string name = "ingot") {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.role = Role::Ours;
  auto x = std::make_shared<std::optional<ingot::Array>>();
  auto values = std::make_shared<std::vector<double>>();
  contestant.prepare = [=] { x->emplace(input->array()); };
  contestant.run = [=] { return clocked([&] { *values = compute(**x); }); };
  contestant.observe = [=] { return *values; };
  contestant.release = [=] { x->reset(); };
  return contestant;
}

/// What NumPy's process is left to come to rest. The threads of its BLAS were seen to spin for 130 ms, and who shares a
/// core with one takes twice the time.
inline constexpr std::chrono::milliseconds kRest{50}, kRestOfBlas{200};

/// NumPy on the same numbers and changes; nothing if there is no NumPy.
std::optional<Contestant> numpy_contestant(Context& context, std::shared_ptr<Input> input, std::string work,
                                           std::chrono::milliseconds rest = kRest);
/// NumPy on numbers of its own, drawn within the time.
std::optional<Contestant> numpy_generated(Context& context, std::string work, std::int64_t n,
                                          std::shared_ptr<std::int64_t> seed);

Contestant copy_limit(std::shared_ptr<Input> input, std::shared_ptr<Buffer> out);
Contestant read_limit(std::shared_ptr<Input> input);
/// The time that `flops` operations take at the peak rate of fused multiply-adds.
Contestant flops_limit(double flops);

/// A change that shows in any sum: far beyond the values that the input has.
inline double large_value(std::int64_t repeat) { return 1000.0 + 0.75 * static_cast<double>(repeat % 4096); }

/// The bar that holds for every size from 10^4, where Eigen takes part.
void add_eigen_bar(Case& work);
/// NumPy takes part if it is there; true if so.
bool add(Case& work, std::optional<Contestant> contestant);

}  // namespace bench
