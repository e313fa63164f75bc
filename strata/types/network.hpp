#pragma once
// Names network versions after their upgrades. Source: go-state-types network/version.go, lotus
// chain/consensus/filcns/upgrades.go, FIPS/fip-0118.md (Solstice).
#include <strata/types/basic.hpp>

namespace strata {

using NetworkVersion = std::uint32_t;

inline constexpr NetworkVersion kFireHorse = 28;  // actors v18
inline constexpr NetworkVersion kSolstice = 29;   // actors v19

/// The versions whose rules this program executes.
inline constexpr NetworkVersion kOldestVersion = kFireHorse;
inline constexpr NetworkVersion kNewestVersion = kFireHorse;

}  // namespace strata
