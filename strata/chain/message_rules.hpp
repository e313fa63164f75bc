#pragma once
// What the messages of a block must obey. Source: node.md §8.3, fvm.md §3.2 (lotus chain/types/message.go,
// chain/consensus/common.go).
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/vm/machine.hpp>

namespace strata::chain {

inline constexpr std::size_t kBlockMessageLimit = 10'000;

/// Rules for the fields alone, without what inclusion costs. Errors: verification.
Status check_message_fields(const Message& message);

/// Rules that need no state. `length`: bytes that inclusion is billed for. Errors: verification.
Status check_message_syntax(const Network& network, const Message& message, std::size_t length);

/// Signature of a message of the second list over what its kind signs. `key`: the sender's key address.
Status check_message_signature(const Network& network, const SignedMessage& message, const Address& key);

struct SenderAccount {
    ActorId id = 0;
    Nonce nonce = 0;
    Address key;  // f1, f3 or f4
    TokenAmount balance;
};
/// Resolves a sender that may send: account, Ethereum account, or an unused placeholder. Errors: verification if not.
Result<SenderAccount> sender_account(vm::StateTree& state, const vm::Manifest& manifest, const Address& from);

/// All rules for a block's messages, against the state after its parent. Errors: verification with the broken rule.
Status check_block_messages(const Network& network, const BlockHeader& block, const BlockMessages& messages,
                            vm::StateTree& state);

}  // namespace strata::chain
