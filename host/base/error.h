// How errors are made. A message reads "op: what was given; what was expected; the way out [file:line]".
#pragma once

#include <sstream>
#include <string>

#include "ingot/array.hpp"
#include "ingot/error.hpp"

namespace ingot {

/// " [file.cpp:12]", with the file's last path component.
std::string place(const Location& where);

/// Joins its arguments as << would print them.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

template <class E, class... Parts>
[[noreturn]] void fail(const Location& where, const Parts&... parts) {
  throw E(text(parts..., place(where)));
}

/// For laws inside the library: `check(cond, "what broke")` throws InternalError.
inline void check(bool holds, const char* what, Location where = Location::current()) {
  if (!holds) [[unlikely]]
    throw InternalError(text("internal error: ", what, place(where), "; this is a bug in ingot, please report it"));
}

}  // namespace ingot
