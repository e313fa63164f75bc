#pragma once
// Network versions and the constants of a network that are data, not code. Source: fvm.md §1.1, node.md §25.
#include <strata/types/basic.hpp>

namespace strata {

using NetworkVersion = std::uint32_t;
/// "FireHorse", actors v18.
inline constexpr NetworkVersion kNetworkVersion28 = 28;

}  // namespace strata
