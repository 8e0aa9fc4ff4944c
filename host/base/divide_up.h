#pragma once

#include <cstdint>

namespace ingot {

/// a / b, rounded up; a not negative, b positive.
constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) noexcept { return (a + b - 1) / b; }

}  // namespace ingot
