#pragma once
// Finds the gas limit that a call needs. A contract passes on at most 63/64 of its gas (EIP-150), so a call may need
// more than it uses, and only a search tells how much. Source of the errors: go-ethereum
// eth/gasestimator/gasestimator.go; lotus node/impl/eth/gas.go for the reserve and the state on which the search runs.
#include <strata/api/ethereum_overrides.hpp>

namespace strata::api {

/// Returns the gas limit for a call on the state after `base`, with a reserve of a quarter as Lotus adds it, at most
/// what the call allows. If `with_pending`, the sender's waiting messages run first. Errors: invalid_params for two
/// kinds of prices; server_error if the sender cannot pay or the gas allowed does not cover the inclusion; rejected if
/// the gas allowed does not suffice; execution_reverted with the contract's data.
Answered<std::uint64_t> estimate_ethereum_gas(Context& context, const chain::TipsetPtr& base, const EthereumCall& call,
                                              const Changes& changes, bool with_pending);

}  // namespace strata::api
