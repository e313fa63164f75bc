#pragma once
// Answers of Lotus' JSON-RPC API over a recorded chain (vectors/lotus-devnet/*/api_samples.json, with chain.car.zst and
// network.json beside it), asked of our API over the same chain and compared as JSON values.
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
const Suite& api_samples();
}  // namespace strata::conformance
