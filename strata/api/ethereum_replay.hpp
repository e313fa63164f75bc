#pragma once
// Finds tipsets and transactions for methods that execute them again. Source: lotus node/impl/eth/trace.go.
#include <map>

#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_json.hpp>

namespace strata::api {

/// Returns the hashes of a tipset's messages by the CIDs of the unsigned messages.
Result<std::map<Cid, Hash256>> transaction_hashes(Context& context, const chain::Tipset& tipset);

/// A transaction in a tipset.
struct TransactionAt {
    chain::TipsetPtr tipset;
    Cid message;  // of the unsigned message
};
/// Finds a transaction that was executed; empty if there is none. Errors: not_found, in Lotus' words, for one that
/// waits; also if there may be one that the index does not have.
Result<std::optional<TransactionAt>> find_transaction(Context& context, const Hash256& hash);

}  // namespace strata::api
