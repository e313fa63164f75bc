#pragma once
// Translates messages with delegated signatures back to Ethereum transactions: the sender signed the RLP of the
// transaction, and the message is only its translation. Source: docs/protocol/fvm.md §3.1, docs/protocol/node.md §2.3,
// §29 (lotus chain/types/ethtypes); EIP-155, EIP-1559.
#include <strata/chain/ethereum_address.hpp>
#include <strata/types/message.hpp>

namespace strata::chain {

/// The signed bytes of an Ethereum transaction and their signature.
struct EthereumSigning {
    Bytes preimage;       // keccak-256 of this is signed
    Signature signature;  // r || s || v; the check of the signature refuses a v greater than 3
};

/// Translates a message back to the signed transaction. Errors: verification if the message is not a transaction of
/// this chain, or if the transaction would not translate to the same message again.
Result<EthereumSigning> ethereum_signing(const SignedMessage& message, std::uint64_t chain_id);

/// The first byte of a delegated signature of a legacy transaction, before and since EIP-155; that of an EIP-1559
/// transaction has none. Source: lotus chain/types/ethtypes (EthLegacyHomesteadTxSignaturePrefix,
/// EthLegacy155TxSignaturePrefix).
inline constexpr std::uint8_t kHomesteadPrefix = 1;
inline constexpr std::uint8_t kEip155Prefix = 2;

/// The forms of Ethereum transactions that a message can be. Their types in Ethereum are 0, 0 and 2.
enum class EthereumForm {
    homestead,  // legacy, without a chain ID
    eip155,     // legacy, with the chain ID in v
    eip1559,
};

/// The parts of an Ethereum transaction that its message has in a different form. Nonce, value, gas limit and prices
/// are those of the message.
struct EthereumTransaction {
    EthereumForm form = EthereumForm::eip1559;
    std::optional<EthereumAddress> to;  // empty for a creation
    Bytes input;
    BigInt v, r, s;
    Hash256 hash{};  // keccak-256 of the signed transaction
};

/// Translates a message back to the transaction. The signature itself is not checked. Errors: as ethereum_signing.
Result<EthereumTransaction> ethereum_transaction(const SignedMessage& message, std::uint64_t chain_id);

/// Returns the hash under which Ethereum clients know a message: that of its transaction for a delegated signature,
/// and otherwise the digest of its CID in blocks (the signed message's for secp256k1, the unsigned one's for BLS).
/// Errors: as ethereum_signing. Source: lotus node/impl/eth/utils.go (ethTxHashFromSignedMessage).
Result<Hash256> ethereum_hash(const SignedMessage& message, std::uint64_t chain_id);

}  // namespace strata::chain
