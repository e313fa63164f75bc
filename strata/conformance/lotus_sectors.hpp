#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of vectors/lotus-devnet/*/sectors.tar.zst: sealed files and caches as Lotus left them, and the
/// genesis that is made from the template in the archive.
const Suite& lotus_sectors();

}  // namespace strata::conformance
