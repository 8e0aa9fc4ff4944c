// Values of single elements: conversions with the meaning that casts have in kernels, done at the call.
#pragma once

#include <cstdint>
#include <string>

#include "ingot/array.hpp"

namespace ingot::api {

/// Whether a value of this dtype is an integer, as 5 is and 5.0 is not.
constexpr bool is_whole(DType d) noexcept { return is_bool(d) || is_integer(d); }

/// The value, of any computable dtype, as an integer (of an integer or bool dtype) or as a double (exact for all
/// floats).
__int128 to_integer(Scalar value) noexcept;
double to_double(Scalar value) noexcept;

/// A part of a complex value; of a real one itself, and 0.
Scalar part(Scalar value, bool imag) noexcept;

/// As astype converts.
Scalar convert(Scalar value, DType to) noexcept;

/// Whether the value can stand in an array of the dtype: an integer or bool within its range, a float that does not
/// overflow. An integer dtype takes no float, and bool takes nothing but bool.
bool fits(Scalar value, DType to) noexcept;

/// The number nearest to the fewest decimal digits that read back as this half: its own shortest text is theirs.
double decimal_of(float16 value);
double decimal_of(bfloat16 value);

/// With the fewest digits that read back.
std::string to_text(Scalar value);

/// What `to` can hold, for messages: "which holds -128 to 127".
std::string range_text(DType to);

}  // namespace ingot::api
