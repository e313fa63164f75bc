#pragma once
// Ethereum blocks and receipts of tipsets, put together from the chain and its events. Source: lotus
// node/impl/eth/{utils,transaction}.go.
#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_transaction.hpp>

namespace strata::api {

/// Returns a tipset as an Ethereum block, with its transactions or only their hashes. The tipset is executed first if
/// that was not done yet.
Result<Json> block_json(chain::Chain& chain, const Options& options, const chain::TipsetPtr& tipset, bool full);
/// Returns the block for a null round.
Result<Json> null_block_json(Context& context, const BlockAt& block);

/// Returns the receipts of a tipset's messages in their order, or only that of the message at `position`. Errors: also
/// if an event cannot be read; a receipt never has a part of its logs.
Result<std::vector<Json>> receipts_of(Context& context, const chain::ExecutedTipset& executed,
                                      std::optional<std::uint64_t> position = std::nullopt);
/// Prints all receipts of a tipset.
Result<Text> block_receipts_text(Context& context, const chain::TipsetPtr& tipset);

}  // namespace strata::api
