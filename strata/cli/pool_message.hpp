#pragma once
// The messages of a node's pool, and why each is there still. Source: lotus api/api_full.go (MpoolPending),
// chain/messagepool (the rules of nonces, funds and replacement).
#include <strata/cli/node_verb.hpp>
#include <strata/types/message.hpp>

namespace strata::cli {

struct PoolMessage {
    api::Json json;  // as the node prints it
    Cid cid;
    SignedMessage content;
    const Message& message() const { return content.message; }
};
/// Returns all messages of the pool. Errors: malformed; those of the node.
Result<std::vector<PoolMessage>> pool_messages(api::Client& node);
/// Returns the node's own addresses: those of its wallet.
Result<std::vector<Address>> own_addresses(api::Client& node);
/// Returns the base fee of the head, in attoFIL. Errors: malformed; those of the node.
Result<TokenAmount> base_fee_of_head(api::Client& node);

/// The cause that keeps a message from the next block.
struct Waiting {
    /// A name that stays: "block" (nothing but a block), "nonce" (a message of a lower nonce is missing), "earlier"
    /// (one before it waits), "base_fee", "balance".
    std::string_view cause;
    std::string text;  // a sentence for a person
};
/// Returns what each message of one sender waits for. The messages have the same sender and ascending nonces; the
/// sender has this balance, and this nonce is its next one.
std::vector<Waiting> waits_of(const std::vector<PoolMessage>& messages, Nonce next, const TokenAmount& balance,
                              const TokenAmount& base_fee);

/// Returns the least premium with which the pool takes a replacement. `ratio` is ReplaceByFeeRatio of MpoolGetConfig.
/// Source: lotus chain/messagepool/messagepool.go (ComputeRBF).
TokenAmount replacement_premium(const TokenAmount& premium, double ratio);

}  // namespace strata::cli
