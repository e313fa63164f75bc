#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of vectors/lotus-devnet/*/sectors.tar.zst: sealed files and caches as Lotus left them, and the
/// genesis made from the template among them.
const Suite& lotus_sectors();

}  // namespace strata::conformance
