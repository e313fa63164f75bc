#pragma once
// Identifies the block that an Ethereum method is asked about. Source: lotus node/impl/eth/tipsetresolver.go and
// chain/types/ethtypes/eth_types.go (EthBlockNumberOrHash); EIP-1898 for the form as an object.
#include <strata/api/context.hpp>

namespace strata::api {

struct EthereumBlock {
    std::string tag;                      // "latest", "pending", "safe" or "finalized"
    std::optional<std::uint64_t> number;  // an epoch
    std::optional<Hash256> hash;          // the hash of a tipset's key
    bool must_be_canonical = false;       // with a hash: the block must be on the chain of the head

    static EthereumBlock tagged(std::string tag) { return {.tag = std::move(tag), .number = {}, .hash = {}}; }
};

/// Reads a tag, a number (hexadecimal after 0x, or decimal), a hash of 32 bytes, or EIP-1898's object.
Status read(const Json& from, EthereumBlock& to);

/// A block by its number or a tag, for methods that take no hash.
struct EthereumNumber {
    EthereumBlock block;
};
Status read(const Json& from, EthereumNumber& to);

/// Returns the tipset whose messages lead to the state that the question is about. A number whose epoch is a null round
/// names the tipset before it. "latest" is the head's parent, the newest tipset whose result is known; "safe" and
/// "finalized" are those of finality.hpp. Errors: malformed for "earliest", which Lotus does not answer;
/// out_of_range for a number after "latest"; not_found for a hash that this node does not know.
Result<chain::TipsetPtr> tipset_of(Context& context, const EthereumBlock& block);

/// A block for methods about the block itself.
struct BlockAt {
    chain::TipsetPtr tipset;
    /// For a block that stands for a null round (Options::empty_blocks): its epoch. `tipset` is then the one before it.
    std::optional<ChainEpoch> null_round;
};
/// Works like tipset_of, but a number whose epoch is a null round is the error null_round, or a block without messages
/// if the node serves these. Hashes of such blocks are known then, too.
Answered<BlockAt> block_of(Context& context, const EthereumBlock& block);

/// Returns the hash of the block that stands for a null round after the tipset: the epoch in the last eight bytes, so
/// that it can be found by its hash, and a digest of the epoch and the tipset's hash in the others.
Hash256 null_block_hash(const TipsetKey& before, ChainEpoch epoch);
/// Returns the hash of the block below the one at `epoch`, whose parents are `parents` at the epoch `parent_epoch`.
Hash256 parent_hash(const Options& options, const TipsetKey& parents, ChainEpoch parent_epoch, ChainEpoch epoch);

}  // namespace strata::api
