// The teams of OpenMP threads. OpenMP gives every thread that opens a parallel region a team of its own, which then
// stays: the threads of a program would each bring as many more as there are cores. So there are two at most: of the
// thread that asked first, usually the main one, and of one thread of ours, which opens regions for all others. One
// works at a time.
#pragma once

#include <type_traits>

namespace ingot {

/// Calls work(argument) on the thread that has the team: the first that asked, for itself; for all others, one of ours.
/// In turns only. `work` must not throw.
void with_team(void (*work)(void*), void* argument);

template <class Work>
void with_team(Work&& work) {
  with_team([](void* argument) { (*static_cast<std::remove_reference_t<Work>*>(argument))(); }, &work);
}

}  // namespace ingot
