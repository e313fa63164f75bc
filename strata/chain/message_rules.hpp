#pragma once
// Checks the messages of a block. Source: docs/protocol/node.md §8.3, docs/protocol/fvm.md §3.2 (lotus
// chain/types/message.go, chain/consensus/common.go, chain/consensus/signatures.go, chain/consensus/utils.go). A
// refusal has the code verification and names the value and what is allowed.
#include <strata/chain/tipset.hpp>

namespace strata::vm {
class StateTree;
struct Manifest;
}  // namespace strata::vm

namespace strata::chain {

struct Network;

inline constexpr std::size_t kBlockMessageLimit = 10'000;

/// Returns 2·10^9 FIL in attoFIL, the greatest value of a message (lotus types.TotalFilecoinInt).
const TokenAmount& total_filecoin();

/// Checks the fields alone, without the cost of inclusion. This includes the size limits of the wire format, for
/// messages that never passed a decoder. Errors: verification.
Status check_message_fields(const Message& message);

/// Checks everything that needs no state, for a block of `epoch`. `length` is the number of bytes that inclusion is
/// billed for. Errors: verification.
Status check_message_syntax(const Network& network, ChainEpoch epoch, const Message& message, std::size_t length);

/// Checks whether a signature is valid for its message; no other code decides this. BLS and secp256k1 keys sign the
/// CID, delegated ones the Ethereum transaction. `key` is the sender's key address, f1, f3 or f4. Errors: verification.
Status check_message_signature(const Network& network, const SignedMessage& message, const Address& key);

/// An account that may send messages, as a state has it.
struct SenderAccount {
    ActorId id = 0;
    Nonce nonce = 0;
    Address key;  // f1, f3 or f4
    TokenAmount balance;
};
/// Looks up a sender that may send: an account, an Ethereum account, or an unused placeholder. Errors: not_found if
/// there is no such actor, verification if it may not send.
Result<SenderAccount> sender_account(vm::StateTree& state, const vm::Manifest& manifest, const Address& from);

/// Checks all rules for a block's messages against the state after its parents. Errors: verification; missing_block and
/// io if this node cannot tell.
Status check_block_messages(const Network& network, const BlockHeader& block, const BlockMessages& messages,
                            vm::StateTree& state);

}  // namespace strata::chain
