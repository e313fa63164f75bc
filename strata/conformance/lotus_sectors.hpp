#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// vectors/lotus-devnet/*/sectors.tar.zst: sealed files and caches as Lotus left them, and the genesis made from the
/// template among them.
const Suite& lotus_sectors();

}  // namespace strata::conformance
