#pragma once
// Tells how the index of a chain that was taken over is completed.
#include <optional>

#include <strata/chain/chain_store.hpp>

namespace strata::chain {

/// Returns the head from which the index is being completed, for ChainStore::index_down: the head when the chain was
/// taken over, not the present one. Empty if the index is complete. Errors: missing_block, io.
Result<std::optional<TipsetPtr>> head_of_indexing(ChainStore& chain);

}  // namespace strata::chain
