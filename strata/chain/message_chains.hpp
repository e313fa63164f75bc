#pragma once
// Groups one sender's pending messages into chains, runs of messages that pay alike; pruning and selection for a block
// treat a chain as a unit. Performance is an exact integer, so that two nodes choose the same. Source:
// docs/protocol/node.md §14.4 (lotus chain/messagepool/selection.go).
#include <map>
#include <memory>
#include <optional>

#include <strata/chain/pool_entry.hpp>

namespace strata::chain {

/// By key address of the sender, then by nonce.
using SenderMessages = std::map<Nonce, PoolEntryPtr>;
using PendingMessages = std::map<Address, SenderMessages>;

struct MessageChain {
    std::vector<PoolEntryPtr> messages;
    std::vector<TokenAmount> rewards;  // the reward of each message
    TokenAmount reward;                // sum
    std::int64_t gas = 0;              // sum of the limits
    BigInt performance;                // reward of a block full of such messages
    // The neighbours of the same sender, as indices into the vector of all chains.
    std::optional<std::size_t> previous, next;

    /// Drops messages from the end while the chain is over a limit or costs its miner money.
    void trim(std::int64_t gas_limit, std::size_t message_limit);
    bool valid() const { return !messages.empty(); }
    bool pays() const { return !performance.is_negative(); }
    void append(PoolEntryPtr message, TokenAmount message_reward);
};

/// Returns true if `a` comes before `b`: it has the higher performance or, if these are equal, the higher reward.
bool is_better(const MessageChain& a, const MessageChain& b);
/// Returns the indices of `chains`, best first; equal ones keep their order.
std::vector<std::size_t> best_first(const std::vector<MessageChain>& chains);

/// Returns the miner's reward for including a message. If the fee cap is below the base fee, it is negative: three
/// times the loss.
TokenAmount inclusion_reward(const Message& message, const TokenAmount& base_fee);

/// The nonce and the balance of a sender in the state on which chains are built.
struct SenderFunds {
    Nonce nonce = 0;
    TokenAmount balance;
};
/// Adds the chains of one sender to `chains`, linked and in nonce order, which is also best first. Messages after a
/// gap, without funds or too large for a block are left out.
void append_chains(std::vector<MessageChain>& chains, const SenderMessages& messages, const SenderFunds& funds,
                   const TokenAmount& base_fee);

}  // namespace strata::chain
