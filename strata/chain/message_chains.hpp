#pragma once
// Runs of one sender's pending messages that pay alike: what pruning and selection for a block move around.
// Performance is an exact integer, so that two nodes choose the same. Source: node.md §14.4 (lotus
// chain/messagepool/selection.go).
#include <map>
#include <optional>

#include <strata/types/signed_message.hpp>

namespace strata::chain {

/// By key address of the sender, then by nonce.
using PendingMessages = std::map<Address, std::map<Nonce, SignedMessage>>;

struct MessageChain {
    std::vector<SignedMessage> messages;
    std::vector<TokenAmount> rewards;           // of each message
    TokenAmount reward;                         // sum
    std::int64_t gas = 0;                       // sum of the limits
    BigInt performance;                         // reward of a whole block of such messages
    std::optional<std::size_t> previous, next;  // of the same sender, in the vector of all chains

    /// Takes messages off the end while the chain is over a limit or costs its miner money.
    void trim(std::int64_t gas_limit, std::size_t message_limit);
    bool valid() const { return !messages.empty(); }
    bool pays() const { return !performance.is_negative(); }
    void append(SignedMessage message, TokenAmount message_reward);
};

/// Order of chains: higher performance, then higher reward.
bool is_better(const MessageChain& a, const MessageChain& b);
/// Places in `chains`, best first; equal ones as they stand.
std::vector<std::size_t> best_first(const std::vector<MessageChain>& chains);

/// What a miner gets for including a message; three times the loss where the fee cap is below the base fee.
TokenAmount inclusion_reward(const Message& message, const TokenAmount& base_fee);

/// Least gas limit with which the VM takes a message: the cost of its bytes on chain.
std::int64_t inclusion_gas(std::size_t chain_length);

struct SenderFunds {
    Nonce nonce = 0;
    TokenAmount balance;
};
/// Adds the chains of one sender to `chains`, best first and linked; messages behind a gap or without funds are left
/// out.
void append_chains(std::vector<MessageChain>& chains, const std::map<Nonce, SignedMessage>& messages,
                   const SenderFunds& funds, const TokenAmount& base_fee);

}  // namespace strata::chain
