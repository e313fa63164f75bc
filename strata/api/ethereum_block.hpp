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

/// Returns the tipset whose messages lead to the state that the question is about. A number whose epoch is a null round
/// names the tipset before it. "latest" is the head's parent, the newest tipset whose result is known; "safe" and
/// "finalized" are those of finality.hpp. Errors: malformed for "earliest", which Lotus does not answer;
/// out_of_range for a number after "latest"; not_found for a hash that no tipset of the last 900 epochs has.
Result<chain::TipsetPtr> tipset_of(Context& context, const EthereumBlock& block);

}  // namespace strata::api
