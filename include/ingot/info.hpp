#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "ingot/array.hpp"

namespace ingot {

/// What the library did since the process began or since reset_stats(), by all threads. Launches are counted where
/// kernels are launched, bytes from the operands of each launch and call: elements along a broadcast axis count once.
/// On the host, kernels over the same rows run block by block where a row is small enough (ingot/normalization.hpp):
/// what one of them finds in the cache counts nothing.
struct Stats {
  std::int64_t launches = 0;         ///< kernels run, interpreted ones included
  std::int64_t interpreted = 0;      ///< of these, by the interpreter
  std::int64_t calls = 0;            ///< of routines that are not generated, such as sort
  std::int64_t compiles = 0;         ///< kernels compiled
  std::int64_t cache_hits = 0;       ///< compiled kernels found on disk
  std::int64_t bytes_read = 0;       ///< by kernels and routines, from memory
  std::int64_t bytes_written = 0;    ///< by kernels and routines, to memory
  std::int64_t bytes_to_device = 0;  ///< copied from the host's memory to devices'
  std::int64_t bytes_to_host = 0;    ///< and back
  std::int64_t peak_bytes = 0;       ///< largest amount of memory held by results at one time
};

INGOT_API Stats stats();
INGOT_API void reset_stats();

/// What evaluating the arrays together would do: each call of a routine with what it reads and writes, each kernel with
/// its loops, ops, bytes in and out, flops and tier, which kernels run block by block of rows, and with `code` the
/// generated code. An op counts as the additions it takes the time of: a sine as 14 flops. Evaluates nothing.
INGOT_API std::string explain(std::span<const Array> arrays, bool code = false, Location where = Location::current());
inline std::string explain(const Array& x, bool code = false, Location where = Location::current()) {
  return explain(std::span(&x, 1), code, where);
}
inline std::string explain(std::initializer_list<Array> arrays, bool code = false,
                           Location where = Location::current()) {
  return explain(std::span(arrays.begin(), arrays.size()), code, where);
}

}  // namespace ingot
