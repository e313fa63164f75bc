#pragma once
// Compares answers of our API with those of Lotus' JSON-RPC API over the same recorded chain, as JSON values
// (vectors/lotus-devnet/*/api_samples.json, with chain.car.zst and network.json in the same folder).
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& api_samples();
}  // namespace strata::conformance
