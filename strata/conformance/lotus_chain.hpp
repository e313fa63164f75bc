#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of chains that Lotus made (vectors/lotus-devnet). It runs network.json with the chain in the same
/// folder, keys.json, and verifying keys (*.vk).
const Suite& lotus_chain();

}  // namespace strata::conformance
