// The functions of others: glibc's scalar ones, and those of libmvec and SLEEF that take a vector. They are opened when
// the program runs, so none of them is needed to build it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/cpu/support.h"

namespace bench {

template <class T>
using Apply = std::function<void(const T* x, const T* y, T* out, std::int64_t n)>;

template <class T>
struct Implementation {
  std::string name;  // glibc, libmvec or sleef
  ingot::cpu::Level level;
  Apply<T> apply;
};

/// Whoever has the function, for every level of this machine from x86-64-v3 up; glibc's once, at x86-64. With `fast`,
/// SLEEF's version of 3.5 ULP where it has one.
template <class T>
std::vector<Implementation<T>> rivals(std::string_view function, int arity, bool fast);

}  // namespace bench
