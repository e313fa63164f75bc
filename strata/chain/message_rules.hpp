#pragma once
// What the messages of a block must obey. Source: docs/protocol/node.md §8.3, docs/protocol/fvm.md §3.2 (lotus
// chain/types/message.go, chain/consensus/common.go, chain/consensus/signatures.go, chain/consensus/utils.go). A
// refusal has the code verification and names the value and what is allowed.
#include <strata/chain/block_messages.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/vm/machine.hpp>

namespace strata::chain {

inline constexpr std::size_t kBlockMessageLimit = 10'000;

/// 2·10^9 FIL in atto: no message may carry more (lotus types.TotalFilecoinInt).
const TokenAmount& total_filecoin();

/// Checks the fields alone, without what inclusion costs. It covers the limits of the wire, too, for messages that no
/// decoder has seen. Errors: verification.
Status check_message_fields(const Message& message);

/// Checks everything that needs no state, for a block of `epoch`. `length`: the bytes that inclusion is billed for.
/// Errors: verification.
Status check_message_syntax(const Network& network, ChainEpoch epoch, const Message& message, std::size_t length);

/// The one place that decides whether a signature is good for its message: BLS and secp256k1 sign the CID, delegated
/// ones the Ethereum transaction. `key`: the sender's key address, f1, f3 or f4. Errors: verification.
Status check_message_signature(const Network& network, const SignedMessage& message, const Address& key);

struct SenderAccount {
    ActorId id = 0;
    Nonce nonce = 0;
    Address key;  // f1, f3 or f4
    TokenAmount balance;
};
/// Looks up a sender that may send: an account, an Ethereum account, or an unused placeholder. Errors: not_found if
/// there is no such actor, verification if it may not send.
Result<SenderAccount> sender_account(vm::StateTree& state, const vm::Manifest& manifest, const Address& from);

/// All rules for a block's messages, against the state after its parent. Errors: verification; missing_block and io
/// where this node cannot tell.
Status check_block_messages(const Network& network, const BlockHeader& block, const BlockMessages& messages,
                            vm::StateTree& state);

}  // namespace strata::chain
