#pragma once
#include <strata/conformance/suite.hpp>

namespace strata::conformance {

/// Returns the suite of chains that Lotus made (vectors/lotus-devnet): network.json stands for the chain beside it;
/// keys.json; *.vk.
const Suite& lotus_chain();

}  // namespace strata::conformance
