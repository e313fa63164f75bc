#pragma once
// Translates messages with delegated signatures back to Ethereum transactions: the sender signed the RLP of the
// transaction, and the message is only its translation. Source: docs/protocol/fvm.md §3.1, docs/protocol/node.md §2.3,
// §29 (lotus chain/types/ethtypes); EIP-155, EIP-1559.
#include <strata/types/message.hpp>

namespace strata::chain {

/// The signed bytes of an Ethereum transaction and their signature.
struct EthereumSigning {
    Bytes preimage;       // keccak-256 of this is signed
    Signature signature;  // r || s || v; the check of the signature refuses a v greater than 3
};

/// Returns true for an Ethereum address (20 bytes) that stands for an actor's ID: 0xff, eleven zeros and the ID.
/// Source: lotus chain/types/ethtypes/eth_types.go (IsMaskedID).
bool is_masked_id(BytesView address);

/// Translates a message back to the signed transaction. Errors: verification if the message is not a transaction of
/// this chain, or if the transaction would not translate to the same message again.
Result<EthereumSigning> ethereum_signing(const SignedMessage& message, std::uint64_t chain_id);

}  // namespace strata::chain
