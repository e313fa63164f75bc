#pragma once
// Time in this folder is passed in and counted from any fixed start; it never goes back.
#include <chrono>

namespace strata::net {

using Instant = std::chrono::milliseconds;
inline constexpr Instant kNever = Instant::max();

}  // namespace strata::net
